import { describe, expect, test } from '@jest/globals';
import type { Client } from '../../../src/bkci/client.js';
import type { Clock } from '../../../src/lib/clock.js';
import { type Answer, type Framing, rawResponse } from '../../standin/http/answer.js';
import { cutAt, type Mischief, stallAt } from '../../standin/http/faults.js';
import type { Standin } from '../../standin/http/server.js';
import { nightlyBuild, nightlyPipeline } from '../../standin/scenarios/nightly.js';
import type { Build } from '../../standin/world/build.js';
import { sleep } from '../../standin/world/clock.js';
import { type Scene, withScene } from '../harness.js';
import { clientOf } from '../support/client.js';
import { fastClock } from '../support/fast-clock.js';

const FRAMINGS: readonly Framing[] = ['length', 'chunked', 'close'];
/** As many connections as no machine minds. */
const AT_ONCE = 160;
/** Hundreds of requests on a machine that has other things to do. */
const LIMIT_MS = 180_000;
const of = nightlyPipeline();
/** One for each byte of an answer: each is retried once. */
const buildsFor = (bytes: number) =>
  Array.from({ length: bytes }, (_, index) => nightlyBuild(of, { num: 1000 + index }));

interface Damage {
  readonly operation: 'retry' | 'status';
  readonly framing: Framing;
  readonly at: (byte: number) => Mischief;
  /** Every byte, or every so many. */
  readonly step?: number;
  /** Those of the client, where only they end a request. */
  readonly deadlines?: Deadlines;
}

/** Deadlines that are over when the test says so: until then the bytes have all the time that they need. */
interface Deadlines {
  readonly clock: Clock;
  ring(): void;
}

function heldDeadlines(): Deadlines {
  const due = new Set<() => void>();
  const alarm = (_: number, ring: () => void) => {
    due.add(ring);
    return { dispose: () => void due.delete(ring) };
  };
  return {
    clock: { ...fastClock(), timer: alarm },
    ring: () => {
      for (const ring of due) ring();
    },
  };
}

const refOf = ({ id, pipeline }: Build) => ({ projectId: pipeline.projectId, pipelineId: pipeline.id, buildId: id });

const SENDING = {
  retry: async (client: Client, build: Build) => (await client.retryBuild(refOf(build), {})).kind,
  status: (client: Client, build: Build) =>
    client.buildStatus(refOf(build)).then(
      ({ buildNumber }) => (buildNumber === build.num ? 'seen' : 'another build'),
      (error: Error) => error.name,
    ),
};

/** How a request ends for each number of bytes of its answer that arrive: all but the last byte, and all. */
async function endings(scene: Scene, client: Client, { operation, framing, at, step = 1, deadlines }: Damage) {
  const { standin } = scene;
  const { builds } = standin.world;
  const send = (build: Build) => SENDING[operation](client, build);
  const whole = await wholeAnswer(scene, operation, () => send(builds[0] as Build));
  const size = rawResponse(whole, framing).length;
  const bytes = Array.from({ length: size + 1 }, (_, byte) => byte).filter(
    (byte) => byte % step === 0 || byte === size,
  );
  bytes.forEach((byte, index) => {
    standin.inject({ on: operation, nth: index + 1, what: at(byte) });
  });

  const kinds = new Map<string, string>();
  const sendAll = async (some: readonly Build[], { isSilent }: { isSilent: boolean }) => {
    const reached = standin.requests.length + some.length;
    const sends = some.map(async (build) => kinds.set(build.id, await send(build)));
    if (isSilent) await answered(standin, reached);
    if (isSilent) deadlines?.ring();
    await Promise.all(sends);
  };
  const cutOnes = builds.slice(1, bytes.length);
  for (let from = 0; from < cutOnes.length; from += AT_ONCE) {
    await sendAll(cutOnes.slice(from, from + AT_ONCE), { isSilent: deadlines !== undefined });
  }
  // Where only the end of the connection ends a body, an open connection never does.
  const endless = deadlines !== undefined && framing === 'close';
  await sendAll(builds.slice(bytes.length, bytes.length + 1), { isSilent: endless });
  const byByte = new Map<number, string>();
  for (const { outcome, path } of standin.requests.slice(1)) {
    const byte = Number(/ at byte (\d+)$/.exec(outcome)?.[1]);
    byByte.set(byte, kinds.get(/\/builds\/([^/]+)\//.exec(path)?.[1] ?? '') ?? 'never sent');
  }
  const cut = [...byByte].filter(([byte]) => byte < size).map(([, kind]) => kind);
  return { tried: byByte.size === bytes.length, whenCut: [...new Set(cut)], whenWhole: byByte.get(size) };
}

/** As soon as so many requests have been dealt with, and a little later, when what was sent has come. */
async function answered(standin: Standin, requests: number): Promise<void> {
  while (standin.requests.filter(({ outcome }) => outcome !== '').length < requests) await sleep(10);
  await sleep(50);
}

async function wholeAnswer({ standin }: Scene, operation: Damage['operation'], send: () => unknown): Promise<Answer> {
  const seen: Answer[] = [];
  const rewrite = (answer: Answer) => {
    seen.push(answer);
    return answer;
  };
  standin.inject({ on: operation, what: { kind: 'rewrite', acts: 'first', rewrite } });
  await send();
  const [answer] = seen;
  if (!answer) throw new Error('no answer');
  return answer;
}

describe.each(FRAMINGS)('the end of an answer is told by its %s', (framing) => {
  test(
    'a retry whose answer is cut, at any byte, is not taken for accepted',
    async () => {
      await withScene({ builds: buildsFor(700) }, async (scene) => {
        const damage = { operation: 'retry', framing, at: (byte: number) => cutAt(byte, framing) } as const;
        const ended = await endings(scene, clientOf(scene.standin.url), damage);
        expect(ended).toEqual({ tried: true, whenCut: ['answer-lost'], whenWhole: 'accepted' });
      });
    },
    LIMIT_MS,
  );

  test(
    'nor is one whose answer stalls, at any byte',
    async () => {
      const deadlines = heldDeadlines();
      await withScene({ builds: buildsFor(700) }, async (scene) => {
        const step = framing === 'length' ? 1 : 4;
        const damage = {
          operation: 'retry',
          framing,
          step,
          deadlines,
          at: (byte: number) => stallAt(byte, 'first', framing),
        } as const;
        const ended = await endings(scene, clientOf(scene.standin.url, { clock: deadlines.clock }), damage);
        const whenWhole = framing === 'close' ? 'answer-lost' : 'accepted';
        expect(ended).toEqual({ tried: true, whenCut: ['answer-lost'], whenWhole });
      });
    },
    LIMIT_MS,
  );

  test(
    'a look whose answer is cut, at any byte, shows nothing',
    async () => {
      await withScene({ builds: buildsFor(2000) }, async (scene) => {
        const step = framing === 'length' ? 1 : 9;
        const damage = { operation: 'status', framing, step, at: (byte: number) => cutAt(byte, framing) } as const;
        const ended = await endings(scene, clientOf(scene.standin.url), damage);
        expect(ended).toMatchObject({ tried: true, whenWhole: 'seen' });
        expect(ended.whenCut).not.toContain('seen');
      });
    },
    LIMIT_MS,
  );
});
