import { expect } from '@jest/globals';
import type { Fault } from '../../standin/http/faults.js';
import type { Step, StepResult } from '../../standin/runner/runner.js';
import { sleep } from '../../standin/world/clock.js';
import type { World } from '../../standin/world/world.js';
import type { Server } from '../../support/standin.js';
import { runPost, startMain, waitForOutput, withServer } from '../harness.js';

export const FOLLOW = { wait: 'true', pollSeconds: '1', stopOnAbort: 'true' };

/** Waits until a step has reached some moment. */
export type Moment = (server: Server, step: Step) => Promise<unknown>;

export const whileReading: Moment = ({ standin }) => standin.waitForRequest('status');
export const whileSendingRetry: Moment = ({ standin }) => standin.waitForRequest('retry');
export const whileReconciling: Moment = (_, step) => waitForOutput(step, /^Lost /m);
export const whilePolling: Moment = async (_, step) => {
  await waitForOutput(step, /queued/);
  // Now the status read that showed this is over, and the pause after it has begun.
  await sleep(300);
};

export interface Interruption {
  readonly world?: World;
  readonly faults?: readonly Fault[];
  readonly inputs?: Readonly<Record<string, string>>;
  readonly signal: NodeJS.Signals;
  readonly at: Moment;
  /** Called between main and post. */
  readonly beforePostStep?: (server: Server) => unknown;
  readonly postInputs?: Readonly<Record<string, string>>;
}

export interface InterruptedRun {
  readonly main: StepResult;
  /** From the signal to the end of main. */
  readonly tookMs: number;
  readonly post: StepResult;
  /** Operations that post has requested. */
  readonly operationsOfPost: readonly string[];
  readonly retries: number;
  /** Numbers of stops requested by main and by post. */
  readonly stopsOfMain: number;
  readonly stopsOfPost: number;
  /** All stops that BK-CI has accepted. */
  readonly stops: ReturnType<Server['effects']>['stops'];
}

/** Runs main, sends it a signal at some moment, then runs post, which must succeed without an error. */
export async function runInterrupted(interruption: Interruption): Promise<InterruptedRun> {
  const { world, faults = [], inputs = FOLLOW, signal, at, beforePostStep, postInputs = {} } = interruption;
  return withServer({ ...(world ? { world } : {}), faults }, async (server) => {
    const all = { ...server.ids, ...inputs };
    const step = startMain({ inputs: all });
    await at(server, step);
    const began = Date.now();
    step.signal(signal);
    const main = await step.done;
    const tookMs = Date.now() - began;
    const stopsOfMain = server.standin.requestsOf('stop').length;
    await beforePostStep?.(server);
    const before = server.standin.requests.length;
    const post = await runPost({ inputs: { ...all, ...postInputs }, state: main.state });
    expect(post).toMatchObject({ exitCode: 0, stderr: '' });
    expect(post.annotations.filter(({ level }) => level === 'error')).toEqual([]);
    const operationsOfPost = server.standin.requests.slice(before).map(({ operation }) => operation);
    const stopsOfPost = operationsOfPost.filter((operation) => operation === 'stop').length;
    const { retries, stops } = server.effects();
    return { main, tookMs, post, operationsOfPost, retries: retries.length, stopsOfMain, stopsOfPost, stops };
  });
}
