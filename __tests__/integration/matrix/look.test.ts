import { describe, expect, test } from '@jest/globals';
import { answer, dependencyFailed, type FaultAction, json, loginPage } from '../../standin/http/faults.js';
import { withHarness } from '../harness.js';

const on = (operation: 'status' | 'detail', action: FaultAction) =>
  [{ on: operation, count: Infinity, action }] as const;
const text = (body: string, status: number) => answer({ status, body, headers: { 'content-type': 'text/plain' } });

const NOT_UNDERSTOOD: readonly [string, FaultAction][] = [
  ['an empty object', json({})],
  ['ok', text('ok', 200)],
  ['404', json({ status: 404, message: 'not found' }, 404)],
  ['405', text('', 405)],
  ['418', text('teapot', 418)],
  ['501', json({ status: 501 }, 501)],
  ['an unknown number', json({ status: 2109999, message: '?' }, 400)],
  ['a 403 of a firewall', text('RBAC: access denied', 403)],
  ['a login page', loginPage()],
];

describe('a look that is not understood', () => {
  test.each(NOT_UNDERSTOOD)('%s sends nothing, also in a dry run', async (_, action) => {
    await withHarness({ faults: on('status', action) }, async (harness) => {
      for (const inputs of [{}, { taskId: 'stage-3' }, { dryRun: 'true' }]) {
        const step = await harness.run({ inputs });
        expect([step.green, step.outputs.retried]).toEqual([false, 'false']);
        expect(step.annotations.map(({ level }) => level)).toEqual(['error']);
      }
      expect(harness.standin.requestsOf('retry')).toEqual([]);
      expect(await harness.effects()).toMatchObject({ retries: [], wipes: [] });
    });
  });
});

describe('a look that BK-CI refuses', () => {
  test.each(['code', 'rbac'] as const)('is passed over by a plain retry, in the edition %s', async (edition) => {
    const access = { users: { 'execute-only': ['EXECUTE'] }, edition } as const;
    const full = { tokenRequired: false, tokens: {}, apps: {}, ...access };
    await withHarness({ access: full }, async (harness) => {
      const step = await harness.run({ inputs: { username: 'execute-only' } });
      expect([step.green, step.outputs.result]).toEqual([true, 'retried']);
      const dry = await harness.run({ inputs: { username: 'execute-only', dryRun: 'true' } });
      expect([dry.green, dry.outputs.reason]).toEqual([false, 'forbidden']);
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
    });
  });
});

describe('a detail that fails at every try', () => {
  const faults = on('detail', dependencyFailed());

  test('lets a certain taskId go on, with a warning', async () => {
    await withHarness({ faults }, async (harness) => {
      const step = await harness.run({ inputs: { taskId: 'stage-3' } });
      expect([step.green, step.outputs.result]).toEqual([true, 'retried']);
      expect(step.annotations).toEqual([
        expect.objectContaining({ level: 'warning', message: expect.stringContaining('could not be read (HTTP 500)') }),
      ]);
    });
  });

  test('ends with an error for a step id', async () => {
    await withHarness({ faults }, async (harness) => {
      const step = await harness.run({ inputs: { taskId: 'report' } });
      expect([step.green, step.outputs.reason]).toEqual([false, 'not-delivered']);
      expect(harness.standin.requestsOf('retry')).toEqual([]);
    });
  });

  test('leaves a dry run green, with a warning', async () => {
    await withHarness({ faults }, async (harness) => {
      const step = await harness.run({ inputs: { dryRun: 'true' } });
      expect([step.green, step.outputs.result]).toEqual([true, 'found']);
      expect(step.annotations).toEqual([
        expect.objectContaining({ level: 'warning', message: expect.stringContaining('It was not checked that') }),
      ]);
    });
  });
});
