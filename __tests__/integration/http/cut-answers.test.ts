import { describe, expect, test } from '@jest/globals';
import type { Client } from '../../../src/bkci/client.js';
import type { Clock } from '../../../src/lib/clock.js';
import { type Answer, type Framing, rawResponse } from '../../standin/http/answer.js';
import { cutAt, type FaultAction, stallAt } from '../../standin/http/faults.js';
import type { Standin } from '../../standin/http/server.js';
import { nightlyBuild, nightlyPipeline } from '../../standin/scenarios/nightly.js';
import type { Build } from '../../standin/world/build.js';
import { sleep } from '../../standin/world/clock.js';
import { type Harness, withHarness } from '../harness.js';
import { clientOf } from '../support/client.js';
import { fastClock } from '../support/fast-clock.js';

const FRAMINGS: readonly Framing[] = ['length', 'chunked', 'close'];
/** A number of simultaneous connections that every machine allows. */
const CONCURRENCY = 160;
/** Enough for hundreds of requests on a busy machine. */
const TIMEOUT_MS = 180_000;
const pipeline = nightlyPipeline();
/** One build for each byte of an answer; each is retried once. */
const buildsFor = (bytes: number) =>
  Array.from({ length: bytes }, (_, index) => nightlyBuild(pipeline, { num: 1000 + index }));

interface DamageOptions {
  readonly operation: 'retry' | 'status';
  readonly framing: Framing;
  readonly at: (byte: number) => FaultAction;
  /** Tests every nth byte; every byte by default. */
  readonly everyNth?: number;
  /** The deadlines of the client, if only they end a request. */
  readonly deadlines?: Deadlines;
}

/** Deadlines that expire only when the test calls `expire`, so that all bytes can arrive before. */
interface Deadlines {
  readonly clock: Clock;
  expire(): void;
}

function manualDeadlines(): Deadlines {
  const due = new Set<() => void>();
  const timer = (_: number, callback: () => void) => {
    due.add(callback);
    return { dispose: () => void due.delete(callback) };
  };
  return {
    clock: { ...fastClock(), timer },
    expire: () => {
      for (const callback of due) callback();
    },
  };
}

const refOf = ({ id, pipeline }: Build) => ({ projectId: pipeline.projectId, pipelineId: pipeline.id, buildId: id });

const SEND = {
  retry: async (client: Client, build: Build) => (await client.retryBuild(refOf(build), {})).kind,
  status: (client: Client, build: Build) =>
    client.buildStatus(refOf(build)).then(
      ({ buildNumber }) => (buildNumber === build.num ? 'seen' : 'another build'),
      (error: Error) => error.name,
    ),
};

/** The outcome of a request for each number of bytes of its answer that arrive, separately for a partial and the whole answer. */
async function requestOutcomes(
  harness: Harness,
  client: Client,
  { operation, framing, at, everyNth = 1, deadlines }: DamageOptions,
) {
  const { standin } = harness;
  const { builds } = standin.world;
  const send = (build: Build) => SEND[operation](client, build);
  const whole = await wholeAnswer(harness, operation, () => send(builds[0] as Build));
  const size = rawResponse(whole, framing).length;
  const bytes = Array.from({ length: size + 1 }, (_, byte) => byte).filter(
    (byte) => byte % everyNth === 0 || byte === size,
  );
  bytes.forEach((byte, index) => {
    standin.inject({ on: operation, nth: index + 1, action: at(byte) });
  });

  const kindByBuild = new Map<string, string>();
  const sendAll = async (batch: readonly Build[], { expectSilence }: { expectSilence: boolean }) => {
    const reached = standin.requests.length + batch.length;
    const sends = batch.map(async (build) => kindByBuild.set(build.id, await send(build)));
    if (expectSilence) await waitUntilAnswered(standin, reached);
    if (expectSilence) deadlines?.expire();
    await Promise.all(sends);
  };
  const cutBuilds = builds.slice(1, bytes.length);
  for (let from = 0; from < cutBuilds.length; from += CONCURRENCY) {
    await sendAll(cutBuilds.slice(from, from + CONCURRENCY), { expectSilence: deadlines !== undefined });
  }
  // If only the end of the connection ends a body, the body never ends while the connection stays open.
  const neverEnds = deadlines !== undefined && framing === 'close';
  await sendAll(builds.slice(bytes.length, bytes.length + 1), { expectSilence: neverEnds });
  const byByte = new Map<number, string>();
  for (const { outcome, path } of standin.requests.slice(1)) {
    const byte = Number(/ at byte (\d+)$/.exec(outcome)?.[1]);
    byByte.set(byte, kindByBuild.get(/\/builds\/([^/]+)\//.exec(path)?.[1] ?? '') ?? 'never sent');
  }
  const cut = [...byByte].filter(([byte]) => byte < size).map(([, kind]) => kind);
  return { tried: byByte.size === bytes.length, whenCut: [...new Set(cut)], whenWhole: byByte.get(size) };
}

/** Waits until so many requests have been handled, and a little longer for the sent bytes to arrive. */
async function waitUntilAnswered(standin: Standin, requests: number): Promise<void> {
  while (standin.requests.filter(({ outcome }) => outcome !== '').length < requests) await sleep(10);
  await sleep(50);
}

async function wholeAnswer(
  { standin }: Harness,
  operation: DamageOptions['operation'],
  send: () => unknown,
): Promise<Answer> {
  const answers: Answer[] = [];
  const rewrite = (answer: Answer) => {
    answers.push(answer);
    return answer;
  };
  standin.inject({ on: operation, action: { kind: 'rewrite', handled: 'first', rewrite } });
  await send();
  const [answer] = answers;
  if (!answer) throw new Error('no answer');
  return answer;
}

describe.each(FRAMINGS)('an answer whose end is marked by: %s', (framing) => {
  test(
    'a retry whose answer is cut at any byte does not count as accepted',
    async () => {
      await withHarness({ builds: buildsFor(700) }, async (harness) => {
        const damage = { operation: 'retry', framing, at: (byte: number) => cutAt(byte, framing) } as const;
        const outcomes = await requestOutcomes(harness, clientOf(harness.standin.url), damage);
        expect(outcomes).toEqual({ tried: true, whenCut: ['answer-lost'], whenWhole: 'accepted' });
      });
    },
    TIMEOUT_MS,
  );

  test(
    'a retry whose answer stalls at any byte does not count as accepted',
    async () => {
      const deadlines = manualDeadlines();
      await withHarness({ builds: buildsFor(700) }, async (harness) => {
        const everyNth = framing === 'length' ? 1 : 4;
        const damage = {
          operation: 'retry',
          framing,
          everyNth,
          deadlines,
          at: (byte: number) => stallAt(byte, 'first', framing),
        } as const;
        const outcomes = await requestOutcomes(
          harness,
          clientOf(harness.standin.url, { clock: deadlines.clock }),
          damage,
        );
        const whenWhole = framing === 'close' ? 'answer-lost' : 'accepted';
        expect(outcomes).toEqual({ tried: true, whenCut: ['answer-lost'], whenWhole });
      });
    },
    TIMEOUT_MS,
  );

  test(
    'a status read whose answer is cut at any byte returns no status',
    async () => {
      await withHarness({ builds: buildsFor(2000) }, async (harness) => {
        const everyNth = framing === 'length' ? 1 : 9;
        const damage = { operation: 'status', framing, everyNth, at: (byte: number) => cutAt(byte, framing) } as const;
        const outcomes = await requestOutcomes(harness, clientOf(harness.standin.url), damage);
        expect(outcomes).toMatchObject({ tried: true, whenWhole: 'seen' });
        expect(outcomes.whenCut).not.toContain('seen');
      });
    },
    TIMEOUT_MS,
  );
});
