import { describe, expect, test } from '@jest/globals';
import { failedBuild, WAIT } from '../support/builds.js';
import { type Scene, withScene } from '../support/step.js';

const STOP = { ...WAIT, stopOnAbort: 'true' };
/** Queue, start, each stage, and the seconds around its end, 1119 s after the retry. */
const MOMENTS = [0, 1, 7, 13, 14, 60, 110, 200, 349, 350, 700, 1110, 1117, 1118, 1119, 1120, 1125];

async function cancelledAt(scene: Scene, seconds: number, inputs: Readonly<Record<string, string>>) {
  scene.clock.at(seconds * 1000, () => scene.cancel());
  const ended = await scene.run({ inputs });
  return { ended, stops: scene.standin.of('stop').length, truth: await scene.truth() };
}

describe('the workflow is cancelled while the build is followed', () => {
  test.each(MOMENTS)('%i s after the retry: the build is stopped once, or had ended', async (seconds) => {
    await withScene({ builds: failedBuild({}) }, async (scene) => {
      const { ended, stops, truth } = await cancelledAt(scene, seconds, STOP);
      expect(truth.retries).toHaveLength(1);
      expect(truth.stops.length).toBeLessThan(2);
      expect(ended.state.phase).toBe('over');
      if (truth.stops.length === 1) {
        expect(ended.outputs).toMatchObject({ result: 'stopped', retried: 'true' });
        expect({ green: ended.green, stops, status: truth.status }).toEqual({
          green: false,
          stops: 1,
          status: 'CANCELED',
        });
      } else {
        expect(truth.status).toBe('SUCCEED');
        expect(ended.outputs.result).toMatch(/^(?:succeeded|aborted)$/);
        expect(ended.green).toBe(ended.outputs.result === 'succeeded');
      }
      expect(await scene.post(ended.state, { inputs: STOP })).toMatchObject({ log: [], annotations: [] });
      expect(scene.standin.of('stop')).toHaveLength(stops);
    });
  });

  test.each([0, 60, 700])(
    '%i s after the retry, without stopOnAbort: no sleep is slept out, and the build goes on',
    async (seconds) => {
      await withScene({ builds: failedBuild({}) }, async (scene) => {
        scene.clock.at(seconds * 1000, () => scene.cancel());
        const ended = await scene.run({ inputs: WAIT });
        expect(scene.clock.now()).toBe(seconds * 1000);
        expect(ended.outputs).toMatchObject({ result: 'aborted', retried: 'true', attempts: '1' });
        expect((await scene.truth()).stops).toEqual([]);
        expect(ended.state).toEqual({});
      });
    },
  );

  test('between two attempts: only what runs is stopped', async () => {
    const fails = { ending: { status: 'FAILED', afterSeconds: 100 } };
    for (const seconds of [99, 101, 105, 150]) {
      await withScene({ builds: failedBuild(fails, fails, {}) }, async (scene) => {
        const { truth } = await cancelledAt(scene, seconds, { ...STOP, maxAttempts: '3' });
        expect(truth.stops.length).toBeLessThan(2);
        expect(truth.status).not.toBe('RUNNING');
      });
    }
  });
});

describe('the workflow is cancelled before the retry', () => {
  test('while a look is sent again: nothing is sent, nothing is stopped', async () => {
    await withScene({}, async (scene) => {
      await scene.standin.suspend();
      scene.clock.at(3000, () => scene.cancel());
      const ended = await scene.run({ inputs: STOP });
      expect(ended.outputs).toMatchObject({ result: 'aborted', retried: 'false', attempts: '0' });
      expect(ended.state.phase).toMatch(/^(?:over)?$/);
    });
  });

  test('while a retry that was not delivered waits for its next send: not sent again, nothing to stop', async () => {
    const what = { kind: 'answer', acts: 'never', answer: { status: 429, headers: {}, body: '' } } as const;
    await withScene({ faults: [{ on: 'retry', count: Infinity, what }] }, async (scene) => {
      scene.clock.at(1000, () => scene.cancel());
      const ended = await scene.run({ inputs: STOP });
      expect(ended.outputs).toMatchObject({ result: 'aborted', retried: 'false' });
      expect(scene.standin.of('retry')).toHaveLength(1);
      // The last send is known not to have arrived, so post has nothing to find out.
      expect(await scene.post(ended.state, { inputs: STOP })).toMatchObject({ log: [], annotations: [] });
      expect((await scene.truth()).stops).toEqual([]);
    });
  });
});
