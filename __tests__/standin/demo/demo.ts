import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import process, { argv, stdout } from 'node:process';
import { type ActionFile, REPOSITORY, readAction, withDefaults } from '../runner/action.js';
import { runStep, type Step, startStep } from '../runner/runner.js';
import { type Scenario, type Stage, stage } from '../scenarios/scenario.js';
import { DEFAULT_SCENARIO, SCENARIOS, scenario } from '../scenarios/scenarios.js';
import { sleep } from '../world/clock.js';
import { writePage } from './page.js';
import { headLines, inputLines, outcomeLines, type Shown, surprises } from './text.js';

/** `npm run demo [-- NAME | --list] [--html DIR]` */
interface Wanted {
  readonly list: boolean;
  readonly html: string | null;
  readonly names: readonly string[];
}

function wanted(words: readonly string[]): Wanted {
  const html = words.indexOf('--html');
  const names = words.filter((word, index) => !word.startsWith('--') && (html < 0 || index !== html + 1));
  const all = words.includes('--all') ? SCENARIOS.map((one) => one.name) : names;
  return {
    list: words.includes('--list'),
    html: html < 0 ? null : (words[html + 1] ?? 'demo'),
    names: all.length > 0 ? all : [DEFAULT_SCENARIO],
  };
}

function print(lines: readonly string[]): void {
  stdout.write(`${lines.join('\n')}\n`);
}

function listed(): readonly string[] {
  const width = Math.max(...SCENARIOS.map((one) => one.name.length));
  const line = (one: Scenario) => `  ${one.name.padEnd(width)}  exit ${one.exitCode}  ${one.about}`;
  return ['Scenarios for npm run demo -- NAME:', '', ...SCENARIOS.map(line)];
}

/** A scenario may be ahead of the action; saying so beats a failure that looks like the action's. */
function missing(action: ActionFile, inputs: Readonly<Record<string, string>>): readonly string[] {
  const known = new Set(Object.keys(action.inputs));
  return Object.keys(inputs).filter((name) => !known.has(name));
}

async function interrupt(set: Stage, step: Step): Promise<void> {
  const { signal } = set;
  if (!signal) return;
  await Promise.race([set.standin.seen('retry'), step.done]);
  await sleep(signal.afterMs);
  step.signal(signal.name);
}

/** Prints lines as they come, under a heading that a silent step does not need. */
function printer(heading: string): (line: string) => void {
  const before = [heading];
  return (line) => print([...before.splice(0), `  ${line}`]);
}

/** Runs main, then post, as the runner does. */
async function perform(action: ActionFile, set: Stage): Promise<Shown> {
  const inputs = withDefaults(action, set.inputs, set.githubToken);
  const secrets = set.githubToken === '' ? [] : [set.githubToken];
  const options = { inputs, ...set.around, secrets };
  const step = startStep({ entry: action.main, ...options, onLine: printer('Log') });
  const [main] = await Promise.all([step.done, interrupt(set, step)]);
  const after = { ...options, state: main.state, onLine: printer('Log of the post step') };
  const post = action.post === null ? null : await runStep({ entry: action.post, ...after });
  print(['']);
  const { standin, github } = set;
  return { main, post, requests: standin.requests, githubRequests: github?.requests ?? [], problems: standin.problems };
}

async function play(action: ActionFile, one: Scenario, html: string | null): Promise<boolean> {
  print(headLines(one));
  const set = await stage(one);
  try {
    const ahead = missing(action, set.inputs);
    if (ahead.length > 0) {
      print([`Not yet   action.yml has no input ${ahead.join(', ')}`]);
      return false;
    }
    print(inputLines(set.inputs));
    const shown = await perform(action, set);
    print(outcomeLines(shown));
    if (html !== null) print([`Page      ${writePage(html, one, shown)}`]);
    const wrong = surprises(one, shown);
    print(['', wrong.length === 0 ? 'As expected.' : `Not as expected: ${wrong.join('; ')}.`]);
    return wrong.length === 0;
  } finally {
    await set.close();
  }
}

async function main(): Promise<number> {
  const { list, html, names } = wanted(argv.slice(2));
  if (list) {
    print(listed());
    return 0;
  }
  const unknown = names.filter((name) => !SCENARIOS.some((one) => one.name === name));
  if (unknown.length > 0) {
    print([`No scenario ${unknown.join(', ')}; npm run demo -- --list names them.`]);
    return 2;
  }
  const action = readAction();
  if (!existsSync(action.main)) {
    print([`${relative(REPOSITORY, action.main)} is missing: npm run build`]);
    return 2;
  }
  const results: boolean[] = [];
  for (const name of names) results.push(await play(action, scenario(name), html));
  return results.every((good) => good) ? 0 : 1;
}

process.exitCode = await main();
