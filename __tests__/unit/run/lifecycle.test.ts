import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  atExit,
  IDLE,
  type Lifecycle,
  type LifecycleEvent,
  leftForPost,
  next,
  type Running,
} from '../../../src/run/lifecycle.js';
import { BUILD, buildStatus } from '../../support/builds.js';

const RUNNING: Running = {
  accepted: { build: BUILD, executeCount: 2, ownership: 'ours', at: 0 },
  baseline: buildStatus(),
};
const STARTED_BY_OTHER: Running = { accepted: { ...RUNNING.accepted, ownership: 'other' }, baseline: buildStatus() };
const SEND: LifecycleEvent = { kind: 'send', build: BUILD, baseline: buildStatus() };

const stateAfter = (...events: readonly LifecycleEvent[]): Lifecycle => events.reduce(next, IDLE);

describe('what is left for post', () => {
  const stopFailed: LifecycleEvent = { kind: 'stop-failed', ...RUNNING };
  const sent = { phase: 'sending', build: BUILD, baseline: buildStatus() };
  const accepted = { phase: 'running', build: BUILD, baseline: buildStatus(), executeCount: 2 };
  const rows: readonly { name: string; events: readonly LifecycleEvent[]; left: unknown }[] = [
    { name: 'is nothing before a request is sent', events: [], left: undefined },
    { name: 'is a request that is under way', events: [SEND], left: sent },
    { name: 'is nothing after a request without effect', events: [SEND, { kind: 'send-failed' }], left: undefined },
    { name: 'is an accepted retry', events: [SEND, { kind: 'accept', ...RUNNING }], left: accepted },
    {
      name: 'is nothing when somebody else may have started the execution',
      events: [SEND, { kind: 'accept', ...STARTED_BY_OTHER }],
      left: undefined,
    },
    {
      name: 'is nothing after the build has ended or a stop was sent',
      events: [SEND, { kind: 'accept', ...RUNNING }, { kind: 'end' }],
      left: undefined,
    },
    {
      name: 'is an accepted retry whose stop did not arrive',
      events: [SEND, { kind: 'accept', ...RUNNING }, { kind: 'end' }, stopFailed],
      left: accepted,
    },
    {
      name: 'is the request of a further attempt that is under way',
      events: [SEND, { kind: 'accept', ...RUNNING }, { kind: 'end' }, SEND],
      left: sent,
    },
  ];
  test.each(rows)('$name', ({ events, left }) => {
    expect(leftForPost(stateAfter(...events))).toEqual(left);
  });

  test('after requests without effect, the lifecycle is the one before them', () => {
    const ended = stateAfter(SEND, { kind: 'accept', ...RUNNING }, { kind: 'end' });
    expect([SEND, SEND, { kind: 'send-failed' } as const].reduce(next, ended)).toEqual(ended);
  });
});

describe('when main exits', () => {
  const rows: readonly { name: string; now: Lifecycle; cancelled: boolean; isLeft: boolean }[] = [
    {
      name: 'a request with unknown outcome is left if the workflow was cancelled',
      now: stateAfter(SEND),
      cancelled: true,
      isLeft: true,
    },
    {
      name: 'a request with unknown outcome is not left otherwise',
      now: stateAfter(SEND),
      cancelled: false,
      isLeft: false,
    },
    {
      name: 'a running build is not left, since main decided not to stop it',
      now: stateAfter(SEND, { kind: 'accept', ...RUNNING }),
      cancelled: true,
      isLeft: false,
    },
    {
      name: 'a stop that did not arrive is left',
      now: stateAfter(SEND, { kind: 'accept', ...RUNNING }, { kind: 'end' }, { kind: 'stop-failed', ...RUNNING }),
      cancelled: false,
      isLeft: true,
    },
    { name: 'nothing is left if nothing was sent', now: IDLE, cancelled: true, isLeft: false },
  ];
  test.each(rows)('$name', ({ now, cancelled, isLeft }) => {
    expect(leftForPost(atExit(now, cancelled)) !== undefined).toBe(isLeft);
  });
});

describe('in every run', () => {
  /** An attempt of main: sends, the last one with an outcome, an acceptance, an end, and maybe a stop. */
  const attempt = fc.record({
    failedSends: fc.nat({ max: 4 }),
    outcome: fc.constantFrom('unknown', 'accepted', 'refused'),
    running: fc.constantFrom(RUNNING, STARTED_BY_OTHER),
    end: fc.constantFrom('ended', 'followed', 'stop-arrived', 'stop-undelivered'),
  });
  const events = fc.array(attempt, { maxLength: 4 }).map((attempts) => {
    const run: LifecycleEvent[] = [];
    for (const { failedSends, outcome, running, end } of attempts) {
      for (let sent = 0; sent < failedSends; sent += 1) run.push(SEND, { kind: 'send-failed' });
      run.push(SEND);
      if (outcome === 'unknown') return run;
      if (outcome === 'refused') return [...run, { kind: 'send-failed' } as const];
      run.push({ kind: 'accept', ...running });
      if (end === 'followed') return run;
      run.push({ kind: 'end' });
      if (end === 'stop-undelivered' && running.accepted.ownership !== 'other')
        run.push({ kind: 'stop-failed', ...running });
      if (end !== 'ended') return run;
    }
    return run;
  });
  const states = (run: readonly LifecycleEvent[]) => run.map((_, at) => stateAfter(...run.slice(0, at + 1)));

  test('nothing is left after a request without effect, an end, or no request at all', () => {
    fc.assert(
      fc.property(events, (run) => {
        const after = run.map(({ kind }, at) => ({ kind, now: stateAfter(...run.slice(0, at + 1)) }));
        const withoutRetry = after.filter(({ kind }) => kind === 'send-failed' || kind === 'end');
        expect(withoutRetry.map(({ now }) => leftForPost(now))).toEqual(withoutRetry.map(() => undefined));
        expect(leftForPost(atExit(IDLE, true))).toBeUndefined();
      }),
    );
  });

  test('a stop that is under way is never left, so it is never sent twice', () => {
    fc.assert(
      fc.property(events, fc.boolean(), (run, cancelled) => {
        for (const now of states(run).filter(({ kind }) => kind === 'ended')) {
          expect([leftForPost(now), leftForPost(atExit(now, cancelled))]).toEqual([undefined, undefined]);
        }
      }),
    );
  });

  test('a request with unknown outcome is left when the workflow was cancelled', () => {
    fc.assert(
      fc.property(events, (run) => {
        for (const now of states(run).filter(({ kind }) => kind === 'sending')) {
          expect(leftForPost(atExit(now, true))).toEqual({ phase: 'sending', build: BUILD, baseline: buildStatus() });
        }
      }),
    );
  });

  test('an execution that somebody else may have started is never left', () => {
    fc.assert(
      fc.property(events, fc.boolean(), (run, cancelled) => {
        const startedByOther = states(run).filter(
          (now) => now.kind === 'running' && now.accepted.ownership === 'other',
        );
        expect(startedByOther.flatMap((now) => leftForPost(atExit(now, cancelled)) ?? [])).toEqual([]);
      }),
    );
  });
});
