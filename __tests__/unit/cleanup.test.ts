import { describe, expect, test } from '@jest/globals';
import { cleanUp } from '../../src/cleanup.js';
import { createRunner } from '../../src/github/runner.js';
import { Handover, type SavedRetry } from '../../src/github/state.js';
import { runnerVariables } from '../standin/runner-variables.js';
import { recordActions } from '../support/actions.js';
import { fakeBkci, lost, no, type Script, wireRunning, wireStatus, yes } from '../support/bkci.js';
import { BUILD, look } from '../support/builds.js';
import { environmentOf, REQUIRED } from '../support/inputs.js';
import { fakeStep } from '../support/step.js';

const STOPPING = { ...REQUIRED, wait: 'true', stopOnAbort: 'true' };
const BASELINE = look({ startTime: 1_000_000, endTime: 2_000_000, queueTime: 999_000 });

const LEFT: SavedRetry = {
  phase: 'running',
  build: BUILD,
  api: 'https://devops.example.com/ms/openapi/api/apigw/v3',
  baseline: BASELINE,
};
const { baseline: _, ...BLIND } = LEFT;

/** Post, as the runner starts it after main left `saved`. */
async function post(
  script: Script,
  saved?: SavedRetry,
  given: Readonly<Record<string, string | undefined>> = STOPPING,
) {
  const main = recordActions();
  if (saved) new Handover(createRunner(main.core, {}), saved.api).save(saved);
  const fake = fakeStep({ ...environmentOf(given), ...runnerVariables({ state: main.recorded.state }) });
  const { http, requests } = fakeBkci(script);
  await cleanUp(fake.step, http);
  return { log: fake.log(), requests, at: fake.clock.now() };
}

describe('post does nothing', () => {
  test('when main saved nothing', async () => {
    expect(await post({})).toEqual({ log: [], requests: [], at: 0 });
  });
  test('when stopOnAbort is not on', async () => {
    expect(await post({}, LEFT, { ...STOPPING, stopOnAbort: 'false' })).toEqual({ log: [], requests: [], at: 0 });
  });
});

describe('a retry that was accepted', () => {
  test('is looked at, then stopped, once', async () => {
    expect(await post({ status: [wireRunning()], stop: [yes(true)] }, LEFT)).toEqual({
      requests: ['GET status', 'POST stop'],
      at: 0,
      log: ['Stopped   build #42 was asked to stop, since the step ended before it'],
    });
  });

  test('is left alone when it has ended', async () => {
    const ended = wireRunning({ status: 'SUCCEED', endTime: 4_000_000 });
    expect(await post({ status: [ended] }, LEFT)).toEqual({
      requests: ['GET status'],
      at: 0,
      log: ['Done      build #42 has ended already (SUCCEED)'],
    });
  });

  test('is not taken for ended by a look that still shows the execution before', async () => {
    const { requests } = await post({ status: [wireStatus(), wireStatus(), wireRunning()], stop: [yes(true)] }, LEFT);
    expect(requests).toEqual(['GET status', 'GET status', 'GET status', 'POST stop']);
  });

  test('is stopped by a look that comes through late', async () => {
    const { requests, at } = await post({ status: [lost(), lost(), wireRunning()], stop: [yes(true)] }, LEFT);
    expect([requests.at(-1), at]).toEqual(['POST stop', 5000]);
  });

  const stops = [
    { name: 'ended meanwhile', reply: no(2101182), log: 'Done      build #42 was not stopped: it has ended already' },
    {
      name: 'is stopped by somebody else',
      reply: no(2101019),
      log: 'Done      build #42 was not stopped: it is being stopped already',
    },
    {
      name: 'may not be stopped',
      reply: no(2101008, 'm'),
      log: expect.stringMatching(/^::warning::Build #42 could not be stopped: ci-bot may not execute/),
    },
    { name: 'does not answer', reply: lost(), log: expect.stringMatching(/^::warning::.*#42.*connection reset/) },
  ];
  test.each(stops)('that $name is told, and the job does not fail', async ({ reply, log }) => {
    expect((await post({ status: [wireRunning()], stop: [reply] }, LEFT)).log).toEqual([log]);
  });
});

describe('a retry of which nobody knows', () => {
  test('is settled first, then stopped', async () => {
    const { requests, at } = await post(
      { status: [wireStatus(), lost(), wireRunning()], stop: [yes(true)] },
      { ...LEFT, phase: 'maybe' },
    );
    expect([requests, at]).toEqual([['GET status', 'GET status', 'GET status', 'POST stop'], 5000]);
  });

  test('that does not show in time is not stopped: it may be somebody else’s', async () => {
    const { requests, log, at } = await post({ status: () => wireStatus() }, { ...LEFT, phase: 'maybe' });
    expect([requests.includes('POST stop'), log, at]).toEqual([
      false,
      [
        '::warning::Whether build b-1 was retried is not known, so it was not stopped. Look at it in BK-CI: https://devops.example.com/console/pipeline/demo/p-1/detail/b-1',
      ],
      42_000,
    ]);
  });

  test('and of which nobody knew before is not stopped', async () => {
    const { requests } = await post({ status: () => wireRunning() }, { ...BLIND, phase: 'maybe' });
    expect(requests.includes('POST stop')).toBe(false);
  });
});

describe('what somebody else did', () => {
  const third = wireRunning({ buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '2' }], userId: 'release-bot' });
  const rows = [
    { name: 'a later execution than the one that was accepted', saved: { ...LEFT, executeCount: 2 }, status: third },
    { name: 'a later execution than one retry makes', saved: LEFT, status: third },
    {
      name: 'an execution that names another starter, while ours is not certain',
      saved: { ...LEFT, phase: 'maybe' },
      status: wireRunning({ userId: 'release-bot' }),
    },
  ] as const;
  test.each(rows)('is not stopped: $name', async ({ saved, status }) => {
    const { requests, log } = await post({ status: [status] }, saved);
    expect([requests, log]).toEqual([
      ['GET status'],
      [
        '::warning::Build #42 was not stopped: release-bot has started the execution that runs. Look at it in BK-CI: https://devops.example.com/console/pipeline/demo/p-1/detail/b-1',
      ],
    ]);
  });

  test('does not matter where the execution is the one that was accepted', async () => {
    const { requests } = await post({ status: [third], stop: [yes(true)] }, { ...LEFT, executeCount: 3 });
    expect(requests).toEqual(['GET status', 'POST stop']);
  });
});

describe('inputs that changed since', () => {
  test('send no credential to another address', async () => {
    const { requests, log } = await post({}, LEFT, {
      ...STOPPING,
      apiUrl: 'https://evil.example',
      accessToken: 'hunter2hunter2',
    });
    expect([requests, log]).toEqual([
      [],
      ['::warning::Build b-1 may still run: apiUrl is another one than when the retry was sent [input-invalid]'],
    ]);
  });

  test('to what can’t be are a warning', async () => {
    const { log } = await post({}, LEFT, { ...STOPPING, username: '' });
    expect(log).toEqual([expect.stringMatching(/^::warning::Build b-1 may still run: 1 input needs a change/)]);
  });

  test('do not matter where they only say which build', async () => {
    const { requests } = await post({ status: [wireRunning()], stop: [yes(true)] }, LEFT, {
      ...STOPPING,
      buildId: '',
      projectId: '',
      pipelineId: '',
    });
    expect(requests).toEqual(['GET status', 'POST stop']);
  });
});
