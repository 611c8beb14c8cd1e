/**
 * Sends a signal at every moment of a run, runs the post step behind each, and counts broken promises. Needs `dist/`.
 *
 *     npm run try:signals -- --every 20 --until 3000 --signal SIGINT --at-once 6
 *
 * The build runs far longer than that, so no step may end green, and each build that was retried has to be stopped.
 */

import { parseArgs } from 'node:util';
import { mapConcurrently } from '../../__tests__/e2e/support/pool.js';
import { delayed, type Fault, resetThenHandle } from '../../__tests__/standin/http/faults.js';
import { startStandin } from '../../__tests__/standin/http/server.js';
import { readAction, withDefaults } from '../../__tests__/standin/runner/action.js';
import { runStep, startStep } from '../../__tests__/standin/runner/runner.js';
import { nightlyWorld } from '../../__tests__/standin/scenarios/nightly.js';
import { idsOf } from '../../__tests__/standin/scenarios/scenario.js';
import { scaledClock, sleep } from '../../__tests__/standin/world/clock.js';

const ACTION = readAction();
const FOLLOW = { wait: 'true', pollSeconds: '1', stopOnAbort: 'true' };
/** The runner sends its next signal 7.5 s after the first one (actions/runner: ProcessInvoker.cs). */
const NEXT_SIGNAL_MS = 7_500;

/** How BK-CI answers the retry. */
const ANSWERS: Readonly<Record<string, readonly Fault[]>> = {
  'at once': [],
  'after 0.5 s': [{ on: 'retry', action: delayed(500) }],
  'never, and acts 0.5 s later': [{ on: 'retry', action: resetThenHandle(500) }],
};

interface Run {
  readonly answer: string;
  readonly atMs: number;
}

interface RunResult extends Run {
  /** How main ended: its output `result`, or that it wrote none. */
  readonly end: string;
  readonly retries: number;
  readonly broken: readonly string[];
}

async function interrupted({ answer, atMs }: Run, signal: NodeJS.Signals): Promise<RunResult> {
  const world = nightlyWorld({ clock: scaledClock(1) });
  const standin = await startStandin({ world, faults: ANSWERS[answer] ?? [] });
  try {
    const ids = idsOf(world, standin.url);
    const inputs = withDefaults(ACTION, { ...ids, ...FOLLOW });
    const step = startStep({ entry: ACTION.main, inputs });
    await sleep(atMs);
    const signalled = Date.now();
    step.signal(signal);
    const main = await step.done;
    const tookMs = Date.now() - signalled;
    const post = await runStep({ entry: ACTION.post ?? '', inputs, state: main.state });
    const { retries, stops } = world.effects(ids.buildId);
    const broken: readonly [boolean, string][] = [
      [retries.length > 1, `${retries.length} retries took effect`],
      [standin.requestsOf('stop').length > 1, `${standin.requestsOf('stop').length} stops were sent`],
      [retries.length > 0 && stops.length === 0, `a build of the step is left running; post: ${post.log.join(' / ')}`],
      [stops.some(({ forced }) => forced), 'a stop forced the end of the build'],
      [main.green, 'main is green'],
      [signal !== 'SIGKILL' && tookMs > NEXT_SIGNAL_MS, `main took ${tookMs} ms to end`],
      [post.exitCode !== 0, `post ended with ${post.exitCode}`],
      [main.stderr + post.stderr !== '', `stderr: ${main.stderr}${post.stderr}`],
      [standin.problems.length > 0, `requests against the API: ${standin.problems.join()}`],
    ];
    return {
      answer,
      atMs,
      end: main.outputs.result || 'no result',
      retries: retries.length,
      broken: broken.flatMap(([isBroken, what]) => (isBroken ? [what] : [])),
    };
  } finally {
    await standin.close();
  }
}

const { values } = parseArgs({
  options: {
    every: { type: 'string', default: '20' },
    until: { type: 'string', default: '3000' },
    signal: { type: 'string', default: 'SIGINT' },
    'at-once': { type: 'string', default: '6' },
  },
});
const moments = Array.from({ length: Math.ceil(Number(values.until) / Number(values.every)) }, (_, index) => index);
const runs = Object.keys(ANSWERS).flatMap((answer) =>
  moments.map((index): Run => ({ answer, atMs: index * Number(values.every) })),
);
const results = await mapConcurrently(Number(values['at-once']), runs, (run) =>
  interrupted(run, values.signal as NodeJS.Signals),
);

console.log(`${values.signal} at every ${values.every} ms of ${values.until} ms, post behind each\n`);
for (const answer of Object.keys(ANSWERS)) {
  const own = results.filter((result) => result.answer === answer);
  const ends = [...new Set(own.map(({ end }) => end))].map(
    (end) => `${own.filter((r) => r.end === end).length} ${end}`,
  );
  const retried = own.filter(({ retries }) => retries > 0).length;
  console.log(`BK-CI answers ${answer}: ${own.length} runs, ${retried} retried; main ended ${ends.sort().join(', ')}`);
}
const failed = results.filter(({ broken }) => broken.length > 0);
console.log(`\n${results.length} runs, ${failed.length} broke a promise`);
for (const { answer, atMs, broken } of failed) console.log(`  ${atMs} ms, ${answer}: ${broken.join('; ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
