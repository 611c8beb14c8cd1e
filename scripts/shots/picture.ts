/**
 * The page of the picture in the READMEs, build/shots/pages/picture.html: a build that is retried and recovers, and one
 * that fails again. Action and stand-in share one clock, so that the times of both agree, and nothing is waited for.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { fastClock } from '../../__tests__/integration/support/fast-clock.js';
import { box, htmlPage, logPart, summaryPart } from '../../__tests__/standin/demo/html-page.js';
import { parseLog } from '../../__tests__/standin/runner/log.js';
import { runnerVariables } from '../../__tests__/standin/runner/variables.js';
import { startScenario } from '../../__tests__/standin/scenarios/scenario.js';
import { scenario } from '../../__tests__/standin/scenarios/scenarios.js';
import { recordActions } from '../../__tests__/support/actions.js';
import { createRunner } from '../../src/github/runner.js';
import { createHttp } from '../../src/http/http.js';
import { run } from '../../src/run/run.js';

const CONSOLE = 'https://devops.example.com';
/** Ids are shortened, and the stand-in's address is replaced, since both would fill the picture. */
const readable = (text: string) =>
  text.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, CONSOLE).replaceAll(/\b([pbe]-[0-9a-f]{4})[0-9a-f]{28}\b/g, '$1…');

async function play(name: string): Promise<{ log: readonly string[]; summary: string }> {
  const clock = fastClock();
  const running = await startScenario(scenario(name), clock.world);
  try {
    const variables = runnerVariables({ inputs: { ...running.inputs, pollSeconds: '5' } });
    const recorder = recordActions(variables);
    const cancelled = new AbortController().signal;
    await run({ runner: createRunner(recorder.core, variables), clock, cancelled }, createHttp('picture', clock));
    const { recorded } = recorder;
    return { log: parseLog(recorded.stdout).log.map(readable), summary: readable(recorded.summary) };
  } finally {
    await running.close();
  }
}

const recovered = await play('passes-after-retry');
const failed = await play('fails-again');
const parts = [
  logPart('The log', recovered.log),
  summaryPart('The job summary', recovered.summary),
  summaryPart('The job summary if the build fails again', failed.summary),
];
const directory = new URL('../../build/shots/pages/', import.meta.url);
mkdirSync(directory, { recursive: true });
writeFileSync(new URL('picture.html', directory), htmlPage('picture', parts.map(box)));
