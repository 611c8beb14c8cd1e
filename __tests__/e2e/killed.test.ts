import { describe, expect } from '@jest/globals';
import { actsLate, delayed, reset } from '../standin/http/faults.js';
import { nightlyWorld } from '../standin/scenarios/nightly.js';
import type { Server } from '../support/standin.js';
import { withServer } from './harness.js';
import {
  type Interruption,
  interrupted,
  whileLooking,
  whilePosting,
  whileSettling,
  whileWaiting,
} from './support/interrupted.js';
import { sideBySide } from './support/side-by-side.js';

const together = sideBySide();

/** A job in a container, or a runner out of patience: no signal, main is gone, and post is all there is. */
const killed = (draft: Omit<Interruption, 'signal'>) => interrupted({ ...draft, signal: 'SIGKILL' });

function stoppedBySomebody({ standin, ids }: Server): void {
  standin.world.stop({ ...ids, user: 'ops-lead' });
}

describe('main is killed', () => {
  together('before the retry was sent: post does nothing', async () => {
    const faults = [{ on: 'status', what: delayed(30_000) }] as const;
    const end = await killed({ faults, at: whileLooking });
    expect(end).toMatchObject({ askedByPost: [], retries: 0, stops: [] });
    expect(end.main.state).toEqual({});
  });

  together('while it waits: post looks, then sends exactly one stop', async () => {
    const end = await killed({ at: whileWaiting });
    expect(end.askedByPost).toEqual(['status', 'stop']);
    expect(end.stops).toMatchObject([{ forced: false }]);
    expect(end.post.log).toEqual(['Stopped   build #42 was asked to stop, since the step ended before it']);
  });

  together('while it waits without stopOnAbort: post does nothing', async () => {
    const end = await killed({ at: whileWaiting, inputs: { wait: 'true' } });
    expect(end).toMatchObject({ askedByPost: [], stops: [] });
  });

  together('while the retry is in flight, and BK-CI has acted: post settles it and stops the build', async () => {
    const faults = [{ on: 'retry', what: { kind: 'stall', acts: 'first', atByte: 0, framing: 'length' } }] as const;
    const end = await killed({ faults: [...faults], at: whilePosting });
    expect(end).toMatchObject({ askedByPost: ['status', 'stop'], retries: 1 });
    expect(end.stops).toHaveLength(1);
  });

  together('while the retry is in flight, and BK-CI acts only later: post waits for it, then stops it', async () => {
    const end = await killed({ faults: [{ on: 'retry', what: delayed(9000) }], at: whilePosting });
    expect(end.retries).toBe(1);
    expect(end.askedByPost.join(' ')).toMatch(/^(?:status ){2,}stop$/);
    expect(end.stops).toHaveLength(1);
  });

  together('while it settles a lost answer: post goes on settling, and stops the build', async () => {
    const end = await killed({ faults: [{ on: 'retry', what: actsLate(1500) }], at: whileSettling });
    expect(end.retries).toBe(1);
    expect(end.stops).toHaveLength(1);
  });

  together('and the build has ended before post: no stop', async () => {
    const world = nightlyWorld({ stopSeconds: 0 });
    const end = await killed({ world, at: whileWaiting, between: stoppedBySomebody });
    expect(end.askedByPost).toEqual(['status']);
    expect(end.post.log).toEqual(['Done      build #42 has ended already (CANCELED)']);
  });

  together('and somebody has stopped the build already: one request, and no force', async () => {
    // However long post takes to start, the build is still being stopped.
    const world = nightlyWorld({ stopSeconds: 3600 });
    const end = await killed({ world, at: whileWaiting, between: stoppedBySomebody });
    expect(end.stopsOfPost).toBe(1);
    expect(end.stops).toMatchObject([{ user: 'ops-lead', forced: false }]);
    expect(end.post.log).toEqual(['Done      build #42 was not stopped: it is being stopped already']);
  });

  together('and the stop fails: a warning, and the job is not failed', async () => {
    const end = await killed({ faults: [{ on: 'stop', what: reset() }], at: whileWaiting });
    expect(end.stopsOfPost).toBe(1);
    expect(end.post.annotations).toMatchObject([{ level: 'warning', message: expect.stringContaining('#42') }]);
  });

  together('and the credentials are wrong by now: a warning', async () => {
    const end = await killed({ at: whileWaiting, postInputs: { username: 'stranger' } });
    expect(end).toMatchObject({ askedByPost: ['status'], stops: [] });
    expect(end.post.annotations).toMatchObject([{ level: 'warning', message: expect.stringContaining('stranger') }]);
  });

  together('and apiUrl is another one by now: nothing is sent there', async () => {
    await withServer({}, async ({ standin }) => {
      const end = await killed({ at: whileWaiting, postInputs: { apiUrl: standin.url } });
      expect(end.post.annotations.map(({ level }) => level)).toEqual(['warning']);
      expect({ asked: end.askedByPost, elsewhere: standin.lines() }).toEqual({ asked: [], elsewhere: [] });
    });
  });
});
