/** Entry of main, and of post if its own entry says so: exit code, signals, environment. */

import * as core from '@actions/core';
import { createRunner } from './github/runner.js';
import { type StepContext, WorkflowCancelled } from './github/step.js';
import { createHttp } from './http/http.js';
import { systemClock } from './lib/clock.js';
import { ActionError, asActionError, NOTHING_SENT } from './lib/errors.js';
import { errorAnnotation } from './report/annotations.js';
import { publish } from './report/publish.js';
import { runPost } from './run/post.js';
import { run } from './run/run.js';
import { RunState } from './run/state.js';
import { VERSION } from './version.js';

/** The exit code is 1 until the run has proven its success, whatever ends the process before. Post never fails a job. */
const isPost = process.argv[2] === 'post';
process.exitCode = isPost ? 0 : 1;
// `tunnel`, below @actions/http-client, uses `new Buffer`; Node would print a warning about it into the log.
process.noDeprecation = true;

/** The runner sends SIGINT, 7.5 s later SIGTERM, 2.5 s later it kills (actions/runner: ProcessInvoker.cs). */
const EXIT_AFTER_SIGNAL_MS = 5_500;

const runner = createRunner(core, process.env);
const cancel = new AbortController();
const step: StepContext = { runner, clock: systemClock, cancelled: cancel.signal };

/** `process.exit` drops what was written to a pipe and has not been flushed. */
async function exit(): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map((out) => new Promise((flushed) => out.write('', flushed))));
  process.exit();
}

async function crash(error: unknown): Promise<void> {
  process.exitCode = isPost ? 0 : 1;
  runner.annotate(isPost ? 'warning' : 'error', errorAnnotation(asActionError(error).redacted(runner.redact)).message);
  await exit();
}

function cancelStep(): void {
  if (cancel.signal.aborted) return;
  systemClock.timer(EXIT_AFTER_SIGNAL_MS, () => process.exit());
  cancel.abort(new WorkflowCancelled('the workflow was cancelled'));
}

/** The first signal cancels the step, the second one ends it at once. */
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
// The reader of our output is gone, so the runner is: it sends no signal then. Without a handler each line would crash.
for (const out of [process.stdout, process.stderr]) out.on('error', cancelStep);

/** Runners other than GitHub's take `node` from the PATH. An older one would fail in the middle of a run. */
const OLDEST_NODE = 20;

async function refuseNode(): Promise<void> {
  const error = new ActionError('input-invalid', {
    problem: `This action needs Node ${OLDEST_NODE} or newer, and this runner has Node ${process.versions.node}`,
    consequence: NOTHING_SENT,
    remedy: 'Put a newer node first in the PATH, or run the job in an image that has one.',
  });
  const { outputs, record } = new RunState(step);
  await publish({ runner, outputs }, error, record);
}

/** Not awaited at the top level, which the bundle, a CommonJS module, does not have. */
async function main(): Promise<void> {
  const http = createHttp(`retry-bk-ci-build/${VERSION}`, systemClock, runner.environment);
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) await refuseNode();
  else if (isPost) await runPost(step, http);
  else if (await run(step, http)) process.exitCode = 0;
  await exit();
}

main().catch(crash);
