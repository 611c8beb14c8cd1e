import { describe, expect } from '@jest/globals';
import { sleep } from '../standin/clock.js';
import { actsLate, delayed, type Fault, reset } from '../standin/faults.js';
import type { Step } from '../standin/runner.js';
import { sideBySide } from './support/side-by-side.js';
import { printed, runPost, type Server, startMain, withServer } from './support/step.js';

const together = sideBySide();

/** A job in a container, or a runner out of patience: no signal, main is gone, and post is all there is. */
const FOLLOW = { wait: 'true', pollSeconds: '1', stopOnAbort: 'true' };

type Moment = (server: Server, step: Step) => Promise<unknown>;

interface Draft {
  readonly faults?: readonly Fault[];
  readonly inputs?: Readonly<Record<string, string>>;
  readonly at: Moment;
  /** What happens between the kill and post. */
  readonly between?: (server: Server) => unknown;
  readonly postInputs?: Readonly<Record<string, string>>;
}

async function killed({ faults = [], inputs = FOLLOW, at, between, postInputs = {} }: Draft) {
  return withServer({ faults }, async (server) => {
    const all = { ...server.ids, ...inputs };
    const step = startMain({ inputs: all });
    await at(server, step);
    step.signal('SIGKILL');
    const main = await step.done;
    await between?.(server);
    const before = server.standin.requests.length;
    const post = await runPost({ inputs: { ...all, ...postInputs }, state: main.state });
    const { retries, stops } = server.truth();
    const asked = server.standin.requests.slice(before).map(({ operation }) => operation);
    expect(post).toMatchObject({ exitCode: 0, stderr: '' });
    expect(post.annotations.filter(({ level }) => level === 'error')).toEqual([]);
    return { main, post, asked, retries: retries.length, stops };
  });
}

const waiting: Moment = async (_, step) => {
  await printed(step, /queued/);
  await sleep(300);
};
const posting: Moment = ({ standin }) => standin.seen('retry');

describe('main is killed', () => {
  together('before the retry was sent: post does nothing', async () => {
    const faults = [{ on: 'status', what: delayed(30_000) }] as const;
    const end = await killed({ faults, at: ({ standin }) => standin.seen('status') });
    expect(end).toMatchObject({ asked: [], retries: 0, stops: [] });
    expect(end.main.state).toEqual({});
  });

  together('while it waits: post looks, then sends exactly one stop', async () => {
    const end = await killed({ at: waiting });
    expect(end.asked).toEqual(['status', 'stop']);
    expect(end.stops).toMatchObject([{ forced: false }]);
    expect(end.post.log).toEqual(['Stopped   build #42 was asked to stop, since the step ended before it']);
  });

  together('while it waits without stopOnAbort: post does nothing', async () => {
    const end = await killed({ at: waiting, inputs: { wait: 'true' } });
    expect(end).toMatchObject({ asked: [], stops: [] });
  });

  together('while the retry is in flight, and BK-CI has acted: post settles it and stops the build', async () => {
    const faults = [{ on: 'retry', what: { kind: 'stall', acts: 'first', atByte: 0, framing: 'length' } }] as const;
    const end = await killed({ faults: [...faults], at: posting });
    expect(end).toMatchObject({ asked: ['status', 'stop'], retries: 1 });
    expect(end.stops).toHaveLength(1);
  });

  together('while the retry is in flight, and BK-CI acts only later: post waits for it, then stops it', async () => {
    const end = await killed({ faults: [{ on: 'retry', what: delayed(9000) }], at: posting });
    expect(end.retries).toBe(1);
    expect(end.asked.join(' ')).toMatch(/^(?:status ){2,}stop$/);
    expect(end.stops).toHaveLength(1);
  });

  together('while it settles a lost answer: post goes on settling, and stops the build', async () => {
    const at: Moment = (_, step) => printed(step, /^Lost /m);
    const end = await killed({ faults: [{ on: 'retry', what: actsLate(1500) }], at });
    expect(end.retries).toBe(1);
    expect(end.stops).toHaveLength(1);
  });

  together('and the build has ended before post: no stop', async () => {
    const between = async ({ standin, ids }: Server) => {
      const { buildId = '' } = ids;
      standin.world.stop({ user: 'ops-lead', projectId: 'demo', pipelineId: String(ids.pipelineId), buildId });
      await sleep(3200);
    };
    const end = await killed({ at: waiting, between });
    expect(end.asked).toEqual(['status']);
    expect(end.post.log).toEqual(['Done      build #42 has ended already (CANCELED)']);
  });

  together('and somebody has stopped the build already: one request, and no force', async () => {
    const between = ({ standin, ids }: Server) => {
      const { buildId = '' } = ids;
      standin.world.stop({ user: 'ops-lead', projectId: 'demo', pipelineId: String(ids.pipelineId), buildId });
    };
    const end = await killed({ at: waiting, between });
    expect(end.stops).toMatchObject([{ user: 'ops-lead', forced: false }]);
    expect(end.post.log).toEqual(['Done      build #42 was not stopped: it is being stopped already']);
  });

  together('and the stop fails: a warning, and the job is not failed', async () => {
    const end = await killed({ faults: [{ on: 'stop', what: reset() }], at: waiting });
    expect(end.asked.filter((operation) => operation === 'stop')).toHaveLength(1);
    expect(end.post.annotations).toMatchObject([{ level: 'warning', message: expect.stringContaining('#42') }]);
  });

  together('and the credentials are wrong by now: a warning', async () => {
    const end = await killed({ at: waiting, postInputs: { username: 'stranger' } });
    expect(end.stops).toEqual([]);
    expect(end.post.annotations).toMatchObject([{ level: 'warning', message: expect.stringContaining('stranger') }]);
    expect(end.post.ms).toBeLessThan(5000);
  });

  together('and apiUrl is another one by now: nothing is sent there', async () => {
    await withServer({}, async ({ standin }) => {
      const end = await killed({ at: waiting, postInputs: { apiUrl: standin.url } });
      expect(end.post.annotations.map(({ level }) => level)).toEqual(['warning']);
      expect({ asked: end.asked, elsewhere: standin.lines() }).toEqual({ asked: [], elsewhere: [] });
    });
  });
});
