import { describe, expect } from '@jest/globals';
import { delayed } from '../standin/http/faults.js';
import { nightlyWorld } from '../standin/scenarios/nightly.js';
import { scaledClock } from '../standin/world/clock.js';
import { runMain, startMain, waitForOutput, withServer } from './harness.js';
import { concurrentTests } from './support/concurrent-tests.js';
import { FOLLOW } from './support/interrupted.js';
import { endingWorld } from './support/worlds.js';

const concurrentTest = concurrentTests();

describe('the runner has died, and nobody reads the output of the step', () => {
  const ends: [string, { stopOnAbort: string; stops: number; result: string }][] = [
    ['with stopOnAbort the build is stopped', { stopOnAbort: 'true', stops: 1, result: 'stopped' }],
    ['without stopOnAbort the build continues', { stopOnAbort: 'false', stops: 0, result: 'aborted' }],
  ];
  concurrentTest.each(
    ends,
    (name) => `${name}, and the process ends as after a cancelled workflow`,
    async ({ stopOnAbort, stops, result }) => {
      await withServer({}, async ({ ids, standin }) => {
        const step = startMain({ inputs: { ...ids, ...FOLLOW, stopOnAbort } });
        await waitForOutput(step, /queued/);
        step.closeOutput();
        const { exitCode, outputs } = await step.done;
        expect({ exitCode, result: outputs.result }).toEqual({ exitCode: 1, result });
        expect(standin.requestsOf('stop')).toHaveLength(stops);
      });
    },
  );
});

describe('the runner has died, and a signal arrives afterwards', () => {
  concurrentTest('the build is still stopped, since it is the first signal', async () => {
    await withServer({}, async ({ ids, standin }) => {
      const step = startMain({ inputs: { ...ids, ...FOLLOW } });
      await waitForOutput(step, /queued/);
      step.closeOutput();
      const looks = standin.requestsOf('status').length;
      await standin.waitForRequest('status', looks + 1);
      step.signal('SIGINT');
      expect((await step.done).exitCode).toBe(1);
      expect(standin.requestsOf('stop')).toHaveLength(1);
    });
  });
});

describe('a runner that takes an old node from its PATH', () => {
  concurrentTest.each(
    ['16.20.2', '18.20.8', '19.9.0'].map((version) => [version, version] as const),
    (version) => `${version}: one error says so, and nothing is read or sent`,
    async (version) => {
      const versions = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
      await withServer({}, async ({ ids, standin }) => {
        const nodeArguments = ['--import', `data:text/javascript,${versions}`];
        const main = await runMain({ inputs: ids, nodeArguments });
        expect({ exitCode: main.exitCode, stderr: main.stderr }).toEqual({ exitCode: 1, stderr: '' });
        expect(main.outputs).toMatchObject({ result: 'error', reason: 'input-invalid', retried: 'false' });
        expect(main.annotations).toEqual([
          expect.objectContaining({
            level: 'error',
            message: expect.stringContaining(
              `needs Node 20 or newer, and this runner has Node ${version}; nothing was sent`,
            ),
          }),
        ]);
        expect(standin.requestLines()).toEqual([]);
      });
    },
  );
});

describe('the event file', () => {
  const comment = 'issue_comment';
  const events: [string, { payload: unknown; name: string }][] = [
    ['is not valid JSON', { name: comment, payload: '{"issue":' }],
    ['is empty', { name: 'pull_request', payload: '' }],
  ];
  concurrentTest.each(
    events,
    (name) => `${name}, and is needed to find the build: the step fails with one error of its own`,
    async (event) => {
      await withServer({}, async ({ ids, standin }) => {
        const { buildId: _, ...inputs } = ids;
        const main = await runMain({ inputs, event });
        expect({ exitCode: main.exitCode, stderr: main.stderr }).toEqual({ exitCode: 1, stderr: '' });
        expect(main.outputs).toMatchObject({ result: 'error', reason: 'input-invalid' });
        expect(main.annotations).toHaveLength(1);
        expect(main.annotations[0]?.message).toContain('GITHUB_EVENT_PATH');
        expect(standin.requestLines()).toEqual([]);
      });
    },
  );

  concurrentTest.each(
    events,
    (name) => `${name}, but the build is given: the retry is sent`,
    async (event) => {
      await withServer({}, async ({ ids, effects }) => {
        const main = await runMain({ inputs: ids, event });
        expect({ exitCode: main.exitCode, result: main.outputs.result }).toEqual({ exitCode: 0, result: 'retried' });
        expect(effects().retries).toHaveLength(1);
      });
    },
  );
});

/** Node's server closes an idle connection after five seconds, so a process that waits for this takes longer. */
const IDLE_CONNECTION_MS = 4_500;

describe('the end of the step', () => {
  const ends: [string, { status: 'SUCCEED' | 'FAILED' | 'CANCELED'; exitCode: number; result: string }][] = [
    ['after a successful build', { status: 'SUCCEED', exitCode: 0, result: 'succeeded' }],
    ['after a failed build', { status: 'FAILED', exitCode: 1, result: 'failed' }],
    ['after a cancelled build', { status: 'CANCELED', exitCode: 1, result: 'cancelled' }],
  ];
  concurrentTest.each(
    ends,
    (name) => `${name}: no open connection keeps the process running after it has printed the result`,
    async (end) => {
      await withServer({ world: endingWorld(end.status) }, async ({ ids }) => {
        const step = startMain({ inputs: { ...ids, wait: 'true', pollSeconds: '1' } });
        await waitForOutput(step, /^(?:Succeeded|::error)/m);
        const verdict = Date.now();
        const { exitCode, outputs, stderr } = await step.done;
        expect(Date.now() - verdict).toBeLessThan(IDLE_CONNECTION_MS);
        expect({ exitCode, result: outputs.result, stderr }).toEqual({
          exitCode: end.exitCode,
          result: end.result,
          stderr: '',
        });
      });
    },
  );

  concurrentTest('after a retry without wait: no open connection keeps the process running', async () => {
    await withServer({}, async ({ ids }) => {
      const step = startMain({ inputs: ids });
      await waitForOutput(step, /^Done/m);
      const verdict = Date.now();
      expect((await step.done).exitCode).toBe(0);
      expect(Date.now() - verdict).toBeLessThan(IDLE_CONNECTION_MS);
    });
  });

  concurrentTest('a log of thousands of lines is printed completely', async () => {
    await withServer({ world: endingWorld('FAILED') }, async ({ ids }) => {
      const main = await runMain({ inputs: { ...ids, wait: 'true', pollSeconds: '1', logLines: '1000' } });
      expect(main.log.at(-1)).toMatch(/^Failed {4}Build #42 failed again/);
    });
  });

  concurrentTest('a killed step does not succeed', async () => {
    const world = nightlyWorld({ clock: scaledClock(1) });
    await withServer({ world, faults: [{ on: 'retry', action: delayed(20_000) }] }, async ({ ids, standin }) => {
      const step = startMain({ inputs: ids });
      await standin.waitForRequest('retry');
      step.signal('SIGKILL');
      const { exitCode, green } = await step.done;
      expect({ exitCode, green }).toEqual({ exitCode: null, green: false });
    });
  });
});
