import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import process, { argv, stdout } from 'node:process';
import { type ActionFile, REPOSITORY, readAction, withDefaults } from '../runner/action.js';
import { runStep, type Step, startStep } from '../runner/runner.js';
import { type RunningScenario, type Scenario, startScenario } from '../scenarios/scenario.js';
import { DEFAULT_SCENARIO, SCENARIOS, scenario } from '../scenarios/scenarios.js';
import { sleep } from '../world/clock.js';
import { writePage } from './html-page.js';
import { differences, headingLines, inputLines, outcomeLines, type ScenarioResult } from './text.js';

/** `npm run demo [-- NAME | --list] [--html DIR]` */
interface Arguments {
  readonly list: boolean;
  readonly html: string | null;
  readonly names: readonly string[];
}

function parseArguments(words: readonly string[]): Arguments {
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

function scenarioList(): readonly string[] {
  const width = Math.max(...SCENARIOS.map((one) => one.name.length));
  const line = (one: Scenario) => `  ${one.name.padEnd(width)}  exit ${one.exitCode}  ${one.description}`;
  return ['Scenarios for npm run demo -- NAME:', '', ...SCENARIOS.map(line)];
}

/** Inputs of a scenario that action.yml does not have yet; reported instead of a confusing failure. */
function unknownInputs(action: ActionFile, inputs: Readonly<Record<string, string>>): readonly string[] {
  const known = new Set(Object.keys(action.inputs));
  return Object.keys(inputs).filter((name) => !known.has(name));
}

async function interrupt(running: RunningScenario, step: Step): Promise<void> {
  const { signal } = running;
  if (!signal) return;
  await Promise.race([running.standin.waitForRequest('retry'), step.done]);
  await sleep(signal.afterMs);
  step.signal(signal.name);
}

/** Prints lines as they arrive, below a heading that is omitted if there are no lines. */
function printer(heading: string): (line: string) => void {
  const before = [heading];
  return (line) => print([...before.splice(0), `  ${line}`]);
}

/** Runs main, then post, as the runner does. */
async function runMainAndPost(action: ActionFile, running: RunningScenario): Promise<ScenarioResult> {
  const inputs = withDefaults(action, running.inputs, running.githubToken);
  const secrets = running.githubToken === '' ? [] : [running.githubToken];
  const options = { inputs, ...running.stepOptions, secrets };
  const step = startStep({ entry: action.main, ...options, onLine: printer('Log') });
  const [main] = await Promise.all([step.done, interrupt(running, step)]);
  const after = { ...options, state: main.state, onLine: printer('Log of the post step') };
  const post = action.post === null ? null : await runStep({ entry: action.post, ...after });
  print(['']);
  const { standin, github } = running;
  return { main, post, requests: standin.requests, githubRequests: github?.requests ?? [], problems: standin.problems };
}

async function runScenario(action: ActionFile, one: Scenario, html: string | null): Promise<boolean> {
  print(headingLines(one));
  const running = await startScenario(one);
  try {
    const unknown = unknownInputs(action, running.inputs);
    if (unknown.length > 0) {
      print([`Not yet   action.yml has no input ${unknown.join(', ')}`]);
      return false;
    }
    print(inputLines(running.inputs));
    const result = await runMainAndPost(action, running);
    print(outcomeLines(result));
    if (html !== null) print([`Page      ${writePage(html, one, result)}`]);
    const differing = differences(one, result);
    print(['', differing.length === 0 ? 'As expected.' : `Not as expected: ${differing.join('; ')}.`]);
    return differing.length === 0;
  } finally {
    await running.close();
  }
}

async function main(): Promise<number> {
  const { list, html, names } = parseArguments(argv.slice(2));
  if (list) {
    print(scenarioList());
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
  for (const name of names) results.push(await runScenario(action, scenario(name), html));
  return results.every((good) => good) ? 0 : 1;
}

process.exitCode = await main();
