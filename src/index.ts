/** Entry of main, and of post when its own entry says so: exit code, signals, environment. Entries alone have effects. */

import * as core from '@actions/core';
import { createRunner } from './github/runner.js';
import { type StepContext, WorkflowCancelled } from './github/step.js';
import { createHttp } from './http/http.js';
import { systemClock } from './lib/clock.js';
import { asActionError } from './lib/errors.js';
import { errorAnnotation } from './report/annotations.js';
import { runPost } from './run/post.js';
import { run } from './run/run.js';
import { VERSION } from './version.js';

/** Red until proven green: whatever ends the process before its verdict ends it red. Post never fails a job. */
const isPost = process.argv[2] === 'post';
process.exitCode = isPost ? 0 : 1;
// `tunnel`, below @actions/http-client, uses `new Buffer`; Node would print a warning about it into the log.
process.noDeprecation = true;

/** The runner sends SIGINT, 7.5 s later SIGTERM, 2.5 s later it kills (actions/runner: ProcessInvoker.cs). */
const EXIT_AFTER_SIGNAL_MS = 5_500;

const runner = createRunner(core, process.env);
const cancel = new AbortController();
const step: StepContext = { runner, clock: systemClock, cancelled: cancel.signal };

/** What is written to a pipe is still on its way when `process.exit` is called. */
async function exit(): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map((out) => new Promise((flushed) => out.write('', flushed))));
  process.exit();
}

async function crash(error: unknown): Promise<void> {
  process.exitCode = isPost ? 0 : 1;
  runner.annotate(isPost ? 'warning' : 'error', errorAnnotation(asActionError(error)).message);
  await exit();
}

function cancelStep(): void {
  if (cancel.signal.aborted) return;
  systemClock.timer(EXIT_AFTER_SIGNAL_MS, () => process.exit());
  cancel.abort(new WorkflowCancelled('the workflow was cancelled'));
}

/** The second signal of the runner ends the step at once. */
function signals(): () => void {
  let signalled = false;
  return () => {
    if (signalled) process.exit();
    signalled = true;
    cancelStep();
  };
}

process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);
const onSignal = signals();
// Windows has no SIGTERM: there the second signal is SIGBREAK.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) process.on(signal, onSignal);
// Nobody reads any more: the runner is gone, which no signal tells. Unhandled it would be a crash at each line of a crash.
for (const out of [process.stdout, process.stderr]) out.on('error', cancelStep);

/** Not awaited at the top level: the bundler would have to keep all modules apart for that, and the bundle grow by a tenth. */
async function main(): Promise<void> {
  const http = createHttp(`retry-bk-ci-build/${VERSION}`, systemClock);
  if (isPost) await runPost(step, http);
  else if (await run(step, http)) process.exitCode = 0;
  await exit();
}

main().catch(crash);
