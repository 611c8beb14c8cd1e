import { describe, expect } from '@jest/globals';
import { delayed } from '../standin/http/faults.js';
import { nightlyBuild, nightlyPipeline, nightlyWorld, testsFail } from '../standin/scenarios/nightly.js';
import { scaledClock } from '../standin/world/clock.js';
import type { Server } from '../support/standin.js';
import { runMain, runPost, startMain, waitForOutput, withServer } from './harness.js';
import { type BreakableFile, REASONS, withBreakableFile } from './support/breakable-file.js';
import { concurrentTests } from './support/concurrent-tests.js';
import { FOLLOW, type Moment, whilePolling, whileReading, whileSendingRetry } from './support/interrupted.js';
import { endingWorld, lockedWorld } from './support/worlds.js';

const concurrentTest = concurrentTests();

/** The build of `endingWorld` may end before a read shows that it is queued. */
const onAccepted: Moment = (_, step) => waitForOutput(step, /^Accepted /m);

const retriesOf = ({ standin }: Server) => standin.requestsOf('retry').length;
const stopsOf = ({ standin }: Server) => standin.requestsOf('stop').length;

/** Runs `use` with a stand-in and a file that can be broken. */
const withFile = (
  options: Parameters<typeof withServer>[0],
  use: (server: Server, file: BreakableFile) => Promise<void>,
) => withServer(options, (server) => withBreakableFile((file) => use(server, file)));

describe.each(REASONS)('a file that is %s', (reason, shown) => {
  describe('GITHUB_OUTPUT', () => {
    concurrentTest('from the beginning: nothing is sent, and one error says why', async () => {
      await withFile({}, async ({ ids, standin }, file) => {
        file.breakAs(reason);
        const main = await runMain({ inputs: ids, env: { GITHUB_OUTPUT: file.path } });
        expect({ exitCode: main.exitCode, stderr: main.stderr }).toEqual({ exitCode: 1, stderr: '' });
        expect(standin.requestLines()).toEqual([]);
        expect(main.annotations.map(({ level }) => level)).toEqual(['error']);
        expect(main.log.at(-1)).toMatch(
          new RegExp(
            `^Error: The outputs of this step can't be written \\(GITHUB_OUTPUT: ${shown}.*\\); nothing was sent\\. .*\\[input-invalid\\]$`,
          ),
        );
      });
    });

    concurrentTest('while the build is read: no retry is sent', async () => {
      await withFile({ faults: [{ on: 'status', action: delayed(1000) }] }, async (server, file) => {
        const step = startMain({ inputs: server.ids, env: { GITHUB_OUTPUT: file.path } });
        await whileReading(server, step);
        file.breakAs(reason);
        const main = await step.done;
        expect([main.exitCode, retriesOf(server)]).toEqual([1, 0]);
        expect(main.log.at(-1)).toMatch(/^Error: The outputs .*; the build was not retried\. .*\[input-invalid\]$/);
      });
    });

    const late: [string, { at: Moment; inputs: Readonly<Record<string, string>> }][] = [
      ['while the retry is in flight', { at: whileSendingRetry, inputs: {} }],
      ['while the build is followed', { at: onAccepted, inputs: { wait: 'true', pollSeconds: '1' } }],
    ];
    concurrentTest.each(
      late,
      (name) => `${name}: the step ends red and says that the retry was accepted`,
      async ({ at, inputs }) => {
        const faults = [{ on: 'retry', action: delayed(1000) }] as const;
        await withFile({ world: endingWorld('SUCCEED'), faults }, async (server, file) => {
          const step = startMain({ inputs: { ...server.ids, ...inputs }, env: { GITHUB_OUTPUT: file.path } });
          await at(server, step);
          file.breakAs(reason);
          const main = await step.done;
          expect([main.exitCode, main.stderr, retriesOf(server)]).toEqual([1, '', 1]);
          const [error, ...others] = main.annotations.filter(({ level }) => level === 'error');
          expect(others).toEqual([]);
          expect(error?.message).toMatch(/^The retry of build #42 was accepted\. The outputs .*don't get .*result/);
          expect(error?.message).toContain(`(GITHUB_OUTPUT: ${shown}`);
          expect(error?.message).toContain(`/detail/${server.ids.buildId}/executeDetail/2 [input-invalid]`);
          expect(main.summary).toMatch(/^## \S+ BK-CI build/);
        });
      },
    );

    concurrentTest('between two attempts: the second one is not sent, and the step ends red', async () => {
      const pipeline = nightlyPipeline();
      const fails = testsFail(pipeline, { forcedEnd: { status: 'FAILED', afterSeconds: 30 } });
      const world = nightlyWorld({ clock: scaledClock(30), builds: [nightlyBuild(pipeline, { scripts: [fails] })] });
      await withFile({ world }, async (server, file) => {
        const inputs = { ...server.ids, wait: 'true', pollSeconds: '1', maxAttempts: '2' };
        const step = startMain({ inputs, env: { GITHUB_OUTPUT: file.path } });
        await onAccepted(server, step);
        file.breakAs(reason);
        const main = await step.done;
        expect([main.exitCode, retriesOf(server)]).toEqual([1, 1]);
        expect(main.annotations.find(({ level }) => level === 'warning')?.message).toMatch(
          /^The build is not retried again: The outputs of this step can't be written/,
        );
        expect(main.log.at(-1)).toMatch(/^Failed {4}Build #42 failed again/);
      });
    });

    concurrentTest('while the build is followed: a cancelled step still stops it once', async () => {
      await withFile({}, async (server, file) => {
        const step = startMain({ inputs: { ...server.ids, ...FOLLOW }, env: { GITHUB_OUTPUT: file.path } });
        await whilePolling(server, step);
        file.breakAs(reason);
        step.signal('SIGINT');
        const main = await step.done;
        expect([main.exitCode, main.state.phase, stopsOf(server)]).toEqual([1, 'over', 1]);
        expect(main.log.at(-1)).toMatch(/^Error: The step was cancelled and BK-CI was asked to stop build #42/);
      });
    });
  });

  describe('GITHUB_STATE', () => {
    concurrentTest('from the beginning, with stopOnAbort: no retry is sent', async () => {
      await withFile({}, async (server, file) => {
        file.breakAs(reason);
        const main = await runMain({ inputs: { ...server.ids, ...FOLLOW }, env: { GITHUB_STATE: file.path } });
        expect([main.exitCode, main.stderr, retriesOf(server)]).toEqual([1, '', 0]);
        expect(main.outputs).toMatchObject({ result: 'error', reason: 'input-invalid', retried: 'false' });
        expect(main.log.at(-1)).toMatch(
          /^Error: The state for the post step of this action can't be written \(GITHUB_STATE: .*\); the build was not retried\. /,
        );
      });
    });

    concurrentTest('from the beginning, without stopOnAbort: it is not needed', async () => {
      await withFile({ world: endingWorld('SUCCEED') }, async ({ ids }, file) => {
        file.breakAs(reason);
        const inputs = { ...ids, wait: 'true', pollSeconds: '1' };
        const main = await runMain({ inputs, env: { GITHUB_STATE: file.path } });
        expect([main.exitCode, main.outputs.result, main.annotations]).toEqual([0, 'succeeded', []]);
      });
    });

    const ends: [string, { signal?: NodeJS.Signals; inputs: Readonly<Record<string, string>>; result: string }][] = [
      ['and the workflow is cancelled', { signal: 'SIGINT', inputs: {}, result: 'aborted' }],
      ['and time is up', { inputs: { timeoutMinutes: '0.1' }, result: 'timed-out' }],
    ];
    concurrentTest.each(
      ends,
      (name) => `while the build is followed, ${name}: main leaves the only stop to post`,
      async ({ signal, inputs, result }) => {
        const world = nightlyWorld({ clock: scaledClock(1) });
        await withFile({ world }, async (server, file) => {
          const all = { ...server.ids, ...FOLLOW, ...inputs };
          const step = startMain({ inputs: all, env: { GITHUB_STATE: file.path } });
          await whilePolling(server, step);
          file.breakAs(reason);
          if (signal) step.signal(signal);
          const main = await step.done;
          expect([main.exitCode, main.outputs.result, stopsOf(server)]).toEqual([1, result, 0]);
          expect(main.log.at(-1)).toMatch(
            /nothing was sent: the state .*; the post step of this action tries once more/,
          );
          const post = await runPost({ inputs: all, state: file.read() });
          expect([post.exitCode, stopsOf(server)]).toEqual([0, 1]);
          expect(post.log).toEqual(['Stopped   build #42, since the step ended before it; it has ended']);
        });
      },
    );

    concurrentTest('while the retry is in flight: post finds it as unanswered, and sends the only stop', async () => {
      const faults = [{ on: 'retry', action: delayed(1000) }] as const;
      await withFile({ world: nightlyWorld({ clock: scaledClock(1) }), faults }, async (server, file) => {
        const inputs = { ...server.ids, ...FOLLOW };
        const step = startMain({ inputs, env: { GITHUB_STATE: file.path } });
        await whileSendingRetry(server, step);
        file.breakAs(reason);
        await whilePolling(server, step);
        step.signal('SIGINT');
        expect([(await step.done).exitCode, stopsOf(server), file.read().phase]).toEqual([1, 0, 'sending']);
        const post = await runPost({ inputs, state: file.read() });
        expect([post.exitCode, stopsOf(server), retriesOf(server)]).toEqual([0, 1, 1]);
      });
    });

    concurrentTest('while the build is followed to a good end: the step is green, and post sends no stop', async () => {
      await withFile({ world: endingWorld('SUCCEED') }, async (server, file) => {
        const inputs = { ...server.ids, ...FOLLOW };
        const step = startMain({ inputs, env: { GITHUB_STATE: file.path } });
        await onAccepted(server, step);
        file.breakAs(reason);
        expect((await step.done).exitCode).toBe(0);
        const post = await runPost({ inputs, state: file.read() });
        expect([post.log, stopsOf(server)]).toEqual([['Done      build #42 has ended already (SUCCEED)'], 0]);
      });
    });
  });

  describe('GITHUB_STEP_SUMMARY', () => {
    concurrentTest('is a warning, and the step is green', async () => {
      await withFile({}, async ({ ids }, file) => {
        file.breakAs(reason);
        const main = await runMain({ inputs: ids, env: { GITHUB_STEP_SUMMARY: file.path } });
        expect([main.exitCode, main.outputs.result]).toEqual([0, 'retried']);
        expect(main.annotations).toMatchObject([
          {
            level: 'warning',
            message: expect.stringMatching(/^The job summary could not be written \(GITHUB_STEP_SUMMARY: /),
          },
        ]);
      });
    });

    concurrentTest('is a warning beside the error of a refused retry', async () => {
      await withFile({ world: lockedWorld() }, async ({ ids }, file) => {
        file.breakAs(reason);
        const main = await runMain({ inputs: ids, env: { GITHUB_STEP_SUMMARY: file.path } });
        expect([main.exitCode, main.stderr, main.outputs.reason]).toEqual([1, '', 'refused']);
        expect(main.annotations.map(({ level }) => level)).toEqual(['error', 'warning']);
      });
    });

    concurrentTest('does not keep a cancelled step from its one stop', async () => {
      await withFile({}, async (server, file) => {
        const step = startMain({ inputs: { ...server.ids, ...FOLLOW }, env: { GITHUB_STEP_SUMMARY: file.path } });
        await whilePolling(server, step);
        file.breakAs(reason);
        step.signal('SIGINT');
        const main = await step.done;
        expect([main.exitCode, main.outputs.result, stopsOf(server)]).toEqual([1, 'stopped', 1]);
      });
    });
  });
});

describe('files that the runner does not give', () => {
  concurrentTest('are not needed: outputs and state are printed as commands, and there is no summary', async () => {
    const env = { GITHUB_OUTPUT: '', GITHUB_STATE: '', GITHUB_STEP_SUMMARY: '' };
    await withServer({ world: endingWorld('SUCCEED') }, async ({ ids }) => {
      const main = await runMain({ inputs: { ...ids, ...FOLLOW }, env });
      expect([main.exitCode, main.outputs.result, main.annotations]).toEqual([0, 'succeeded', []]);
      expect(main.setByCommand.state.phase).toBe('over');
    });
  });
});
