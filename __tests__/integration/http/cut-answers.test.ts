import { describe, expect, test } from '@jest/globals';
import type { Client } from '../../../src/bkci/client.js';
import { type Answer, type Framing, rawResponse } from '../../standin/answer.js';
import type { Build } from '../../standin/build.js';
import { cutAt, type Mischief, stallAt } from '../../standin/faults.js';
import { nightlyBuild, nightlyPipeline } from '../../standin/nightly.js';
import { clientOf } from '../support/client.js';
import { fastClock } from '../support/fast-clock.js';
import { type Scene, withScene } from '../support/step.js';

const FRAMINGS: readonly Framing[] = ['length', 'chunked', 'close'];
/** Together, so that hundreds of silent answers are over within one deadline. */
const AT_ONCE = 160;
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
async function endings(scene: Scene, client: Client, { operation, framing, at, step = 1 }: Damage) {
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
  const chosen = builds.slice(1, bytes.length + 1);
  for (let from = 0; from < chosen.length; from += AT_ONCE) {
    const some = chosen.slice(from, from + AT_ONCE);
    await Promise.all(some.map(async (build) => kinds.set(build.id, await send(build))));
  }
  const byByte = new Map<number, string>();
  for (const { outcome, path } of standin.requests.slice(1)) {
    const byte = Number(/ at byte (\d+)$/.exec(outcome)?.[1]);
    byByte.set(byte, kinds.get(/\/builds\/([^/]+)\//.exec(path)?.[1] ?? '') ?? 'never sent');
  }
  const cut = [...byByte].filter(([byte]) => byte < size).map(([, kind]) => kind);
  return { tried: byByte.size === bytes.length, whenCut: [...new Set(cut)], whenWhole: byByte.get(size) };
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
  test('a retry whose answer is cut, at any byte, is not taken for accepted', async () => {
    await withScene({ builds: buildsFor(700) }, async (scene) => {
      const damage = { operation: 'retry', framing, at: (byte: number) => cutAt(byte, framing) } as const;
      const ended = await endings(scene, clientOf(scene.standin.url), damage);
      expect(ended).toEqual({ tried: true, whenCut: ['answer-lost'], whenWhole: 'accepted' });
    });
  });

  test('nor is one whose answer stalls, at any byte', async () => {
    const clock = fastClock({ deadlines: { 75000: 1500 } });
    await withScene({ clock, builds: buildsFor(700) }, async (scene) => {
      const step = framing === 'length' ? 1 : 4;
      const damage = {
        operation: 'retry',
        framing,
        step,
        at: (byte: number) => stallAt(byte, 'first', framing),
      } as const;
      const ended = await endings(scene, clientOf(scene.standin.url, { clock }), damage);
      // Where only the end of the connection ends a body, an open connection never does.
      const whenWhole = framing === 'close' ? 'answer-lost' : 'accepted';
      expect(ended).toEqual({ tried: true, whenCut: ['answer-lost'], whenWhole });
    });
  });

  test('a look whose answer is cut, at any byte, shows nothing', async () => {
    await withScene({ builds: buildsFor(2000) }, async (scene) => {
      const step = framing === 'length' ? 1 : 9;
      const damage = { operation: 'status', framing, step, at: (byte: number) => cutAt(byte, framing) } as const;
      const ended = await endings(scene, clientOf(scene.standin.url), damage);
      expect(ended).toMatchObject({ tried: true, whenWhole: 'seen' });
      expect(ended.whenCut).not.toContain('seen');
    });
  });
});
