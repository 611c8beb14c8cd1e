/** Run records with ordinary texts, and with texts from the server that the test makes up. */

import { ActionError } from '../../src/lib/errors.js';
import { oneLine, quote } from '../../src/lib/sanitize.js';
import type { TaskLog } from '../../src/model/failure.js';
import type { BuildStatus } from '../../src/model/snapshot.js';
import type { Conclusion } from '../../src/report/outcome.js';
import type { AcceptedRetries, RunRecord } from '../../src/report/record.js';
import { BUILD, buildStatus, failedTask, job, running, stage, stageStatus, taskError } from './builds.js';

export const CONSOLE = 'https://devops.example.com';

const WHOLE = 'the whole build, from its first stage';

/** One retry was accepted. */
export const ONCE: AcceptedRetries = { count: 1, startedByOther: false };

/** A build that was retried as a whole and failed again after four minutes. */
export function record(more: Partial<RunRecord> = {}): RunRecord {
  return {
    build: BUILD,
    buildNumber: 42,
    pipelineName: 'Nightly tests',
    consoleUrl: CONSOLE,
    executeCount: 2,
    statusBefore: buildStatus(),
    lastStatus: buildStatus({ executeCount: 2 }),
    phase: 'ended',
    accepted: ONCE,
    maxAttempts: 1,
    plan: { verb: 'Retry', description: WHOLE, target: WHOLE, parameters: {} },
    attempts: [],
    elapsedMs: 242_000,
    failedTasks: [failedTask()],
    logs: [],
    stages: [],
    username: 'ci-bot',
    ...more,
  };
}

/** A build that ended at the refused gate before Deploy. */
export function refusedAtDeploy(): BuildStatus {
  const passed = stageStatus({ status: 'SUCCEED' });
  const gate = { stageId: 'stage-4', name: 'Deploy' };
  return buildStatus({
    status: 'STAGE_SUCCESS',
    executeCount: 2,
    stages: [passed, gate, { stageId: 'stage-5', name: 'Tell' }],
  });
}

/** No build is known yet. */
export const NOTHING: RunRecord = {
  phase: 'idle',
  accepted: undefined,
  maxAttempts: 1,
  attempts: [],
  failedTasks: [],
  logs: [],
  stages: [],
};

export interface Shape {
  readonly tasks: number;
  readonly logs: number;
  readonly numbered: boolean;
  readonly candidates: number;
}

/** Characters that show nothing: a different number of them each time. */
function cyclingIds(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return '\u200b'.repeat(count);
  };
}

/** A record with `text()` in every place that may contain text from the server or its users. */
export function recordOf(text: () => string, { tasks, logs, numbered, candidates }: Shape): RunRecord {
  const ids = cyclingIds();
  const task = () =>
    failedTask({
      // No two failures are the same one, whatever the texts are.
      stageId: `${text()}${ids()}`,
      stageName: text(),
      containerId: text(),
      containerName: text(),
      // The `!` keeps it from looking like an id, which is shown in code font.
      taskId: `${text()}!`,
      taskName: text(),
      errorType: text(),
      errorMessage: text(),
    });
  const failedTasks = Array.from({ length: tasks }, task);
  const log = (at: number): TaskLog => ({ task: failedTasks[at] ?? task(), lines: [text(), text(), text()] });
  const parts = () => stage({ id: text(), name: text(), status: text(), jobs: [job({ name: text() })] });
  const status = {
    status: text(),
    startedBy: text(),
    stages: [stageStatus({ stageId: text(), name: text(), status: 'FAILED', showMsg: text() })],
    errors: [taskError({ taskName: text(), errorMessage: text() })],
  };
  // Names of candidates are one line already; a build without a console has no link.
  const candidate = (_: unknown, at: number) => ({
    ...BUILD,
    buildUrl: at % 2 === 0 ? `${CONSOLE}/x` : '',
    name: oneLine(text(), 200),
  });
  const attempt = () => ({ executeCount: 2, failedIn: text(), durationMs: 1000 });
  const { buildNumber: _, ...nameless } = record();
  return {
    ...(numbered ? record() : nameless),
    pipelineName: text(),
    statusBefore: buildStatus(status),
    lastStatus: running(status),
    firstStartedBy: text(),
    username: text(),
    plan: { verb: 'Retry', description: text(), target: text(), parameters: { taskId: text(), failedContainer: true } },
    failedTasks,
    logs: Array.from({ length: logs }, (__, at) => log(at)),
    stages: [parts(), parts()],
    attempts: [attempt(), attempt()],
    accepted: { count: 1, executeCount: 1, startedByOther: true },
    ...(candidates > 0 ? { candidates: Array.from({ length: candidates }, candidate) } : {}),
    workflowRun: 'https://github.com/o/r/actions/runs/1',
  };
}

/** Every kind of conclusion, with `text()` in every place that may contain text from the server. */
export function conclusionsOf(text: () => string): readonly (readonly [name: string, conclusion: Conclusion])[] {
  const stopFailed = { kind: 'failed', why: text() } as const;
  const response = { http: 400, status: 2101047, message: text(), requestId: text() };
  return [
    ['retried', { result: 'retried' }],
    ['not-needed', { result: 'not-needed', why: text() }],
    ['found', { result: 'found' }],
    ['succeeded', { result: 'succeeded' }],
    ['failed', { result: 'failed', gateRefused: false }],
    ['failed at a gate', { result: 'failed', gateRefused: true }],
    ['cancelled', { result: 'cancelled', hasRun: true }],
    ['cancelled in the queue', { result: 'cancelled', hasRun: false }],
    ['timed-out', { result: 'timed-out' }],
    ['timed-out, not stopped', { result: 'timed-out', stop: stopFailed }],
    ['stopped', { result: 'stopped' }],
    ['asked to stop, without an answer', { result: 'aborted', stop: { kind: 'unanswered', why: text() } }],
    ['aborted', { result: 'aborted', stop: stopFailed }],
    ['aborted, and left to post', { result: 'aborted', postLooks: true }],
    [
      'refused',
      new ActionError(
        'refused',
        { problem: `BK-CI refused: ${quote(text())}`, list: [quote(text())] },
        { response, request: 'POST https://h/x' },
      ),
    ],
  ];
}
