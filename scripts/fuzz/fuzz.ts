/**
 * A longer run of the property tests of the sanitisers: hostile strings, made of the pieces that the tests use, are
 * printed, written and rendered, and must never act. `npm run fuzz -- --runs 1000000 --seed 7`; the same seed makes the
 * same strings. Prints every string that acts, and ends with 1 if there is one.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MARKUP } from '../../__tests__/support/markdown.js';
import { ATOMS, VECTORS } from '../../__tests__/support/runner-vectors.js';
import { CHECKS } from './checks.js';

interface Progress {
  readonly runs: number;
  readonly failures: readonly string[];
}

/** After so many strings a worker reports. */
const BATCH = 2_000;

/** Mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * One to ten pieces. Of ten, one is any character of the first plane, which includes lone surrogates, and two are whole
 * commands: they would hardly ever come together by chance.
 */
function hostileText(random: () => number): string {
  const below = (count: number) => Math.floor(random() * count);
  const piece = () => {
    const kind = below(10);
    if (kind === 0) return String.fromCharCode(below(0x10000));
    if (kind < 3) return VECTORS[below(VECTORS.length)]?.text ?? '';
    const pieces = kind < 6 ? ATOMS : MARKUP;
    return pieces[below(pieces.length)] ?? '';
  };
  return Array.from({ length: 1 + below(10) }, piece).join('');
}

function checkTexts(runs: number, seed: number): void {
  const random = randomFrom(seed);
  let failures: string[] = [];
  for (let done = 1; done <= runs; done += 1) {
    const text = hostileText(random);
    const failed = CHECKS.filter(({ holds }) => !holds(text));
    failures.push(...failed.map(({ name }) => `${name}: ${JSON.stringify(text)}`));
    if (done % BATCH !== 0 && done !== runs) continue;
    process.send?.({ runs: done % BATCH || BATCH, failures } satisfies Progress);
    failures = [];
  }
}

/** Shares the strings out to one process for each core. */
async function shareOut(runs: number, seed: number): Promise<void> {
  const processes = availableParallelism();
  const start = performance.now();
  let done = 0;
  let failed = 0;
  const ends = Array.from({ length: processes }, async (_, index) => {
    const share = ['--share', String(index), '--runs', String(Math.ceil(runs / processes)), '--seed', String(seed)];
    const child = fork(fileURLToPath(import.meta.url), share, { execArgv: ['--import', 'tsx'] });
    child.on('message', ({ runs: more, failures }: Progress) => {
      for (const failure of failures) console.log(failure);
      done += more;
      failed += failures.length;
      if (done % (BATCH * 25) < BATCH) console.log(`${done} strings, ${failed} failures`);
    });
    await once(child, 'exit');
  });
  await Promise.all(ends);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`${done} strings, seed ${seed}: ${failed} failures, ${seconds} s. Checks of each string:`);
  for (const { name } of CHECKS) console.log(`  ${name}`);
  process.exitCode = failed > 0 || done < runs ? 1 : 0;
}

const OPTIONS = {
  runs: { type: 'string', default: '100000' },
  seed: { type: 'string', default: '1' },
  /** Given by the script to its own processes. */
  share: { type: 'string' },
} as const;
const { runs, seed, share } = parseArgs({ options: OPTIONS }).values;
if (share === undefined) await shareOut(Number(runs), Number(seed));
else {
  checkTexts(Number(runs), Number(seed) * 1_000 + Number(share));
  process.disconnect();
}
