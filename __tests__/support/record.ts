/** Facts of a step, plain ones and ones in which every text of the server is made up by the test. */

import type { TaskLog } from '../../src/follow/failures.js';
import { ActionError } from '../../src/lib/errors.js';
import { oneLine, quote } from '../../src/lib/sanitize.js';
import type { Look } from '../../src/model/snapshot.js';
import type { Ending, Facts } from '../../src/report/outcome.js';
import { BUILD, failedTask, job, listedError, look, running, stage, stageLook } from './builds.js';

export const CONSOLE = 'https://devops.example.com';

const WHOLE = 'the whole build, from its first stage';

/** A build that was retried as a whole and failed again after four minutes. */
export function facts(more: Partial<Facts> = {}): Facts {
  return {
    build: BUILD,
    buildNumber: 42,
    pipelineName: 'Nightly tests',
    consoleUrl: CONSOLE,
    executeCount: 2,
    before: look(),
    look: look({ executeCount: 2 }),
    phase: 'ended',
    accepted: 1,
    maxAttempts: 1,
    plan: { word: 'Retry', intent: WHOLE, what: WHOLE, parameters: {} },
    attempts: [],
    took: 242_000,
    failedTasks: [failedTask()],
    logs: [],
    stages: [],
    username: 'ci-bot',
    ...more,
  };
}

/** A build that ended at the refused gate before Deploy. */
export function refusedAtDeploy(): Look {
  const passed = stageLook({ status: 'SUCCEED' });
  const gate = { stageId: 'stage-4', name: 'Deploy' };
  return look({
    status: 'STAGE_SUCCESS',
    executeCount: 2,
    stages: [passed, gate, { stageId: 'stage-5', name: 'Tell' }],
  });
}

/** Nothing is known yet. */
export const NOTHING: Facts = {
  phase: 'before',
  accepted: 0,
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

/** The same facts with `text()` wherever a server, or a person through it, can have written something. */
export function factsOf(text: () => string, { tasks, logs, numbered, candidates }: Shape): Facts {
  const task = () =>
    failedTask({
      stageId: text(),
      stageName: text(),
      containerId: text(),
      containerName: text(),
      // Never in the form of an id, which is shown in code font.
      taskId: `${text()}!`,
      taskName: text(),
      errorType: text(),
      errorMessage: text(),
    });
  const failedTasks = Array.from({ length: tasks }, task);
  const log = (at: number): TaskLog => ({ task: failedTasks[at] ?? task(), lines: [text(), text(), text()] });
  const parts = () => stage({ id: text(), name: text(), status: text(), jobs: [job({ name: text() })] });
  const seen = {
    status: text(),
    startedBy: text(),
    stages: [stageLook({ stageId: text(), name: text(), status: 'FAILED', showMsg: text() })],
    errors: [listedError({ taskName: text(), errorMessage: text() })],
  };
  // Names are one line wherever candidates come from; a build without a console has no link.
  const candidate = (_: unknown, at: number) => ({
    ...BUILD,
    buildUrl: at % 2 === 0 ? `${CONSOLE}/x` : '',
    name: oneLine(text(), 200),
  });
  const attempt = () => ({ executeCount: 2, failedIn: text(), took: 1000 });
  const { buildNumber: _, ...nameless } = facts();
  return {
    ...(numbered ? facts() : nameless),
    pipelineName: text(),
    before: look(seen),
    look: running(seen),
    firstStartedBy: text(),
    username: text(),
    plan: { word: 'Retry', intent: text(), what: text(), parameters: { taskId: text(), failedContainer: true } },
    failedTasks,
    logs: Array.from({ length: logs }, (__, at) => log(at)),
    stages: [parts(), parts()],
    attempts: [attempt(), attempt()],
    ours: { executeCount: 1, foreign: true },
    ...(candidates > 0 ? { candidates: Array.from({ length: candidates }, candidate) } : {}),
    workflowRun: 'https://github.com/o/r/actions/runs/1',
  };
}

/** One ending of every kind; `text()` where it can hold words of a server. */
export function endingsOf(text: () => string): readonly (readonly [name: string, ending: Ending])[] {
  const failed = { kind: 'failed', why: text() } as const;
  const answer = { http: 400, status: 2101047, message: text(), requestId: text() };
  return [
    ['retried', { result: 'retried' }],
    ['not-needed', { result: 'not-needed', why: text() }],
    ['found', { result: 'found' }],
    ['succeeded', { result: 'succeeded' }],
    ['failed', { result: 'failed', gateRefused: false }],
    ['failed at a gate', { result: 'failed', gateRefused: true }],
    ['cancelled', { result: 'cancelled' }],
    ['timed-out', { result: 'timed-out' }],
    ['timed-out, not stopped', { result: 'timed-out', stop: failed }],
    ['stopped', { result: 'stopped', stop: { kind: 'sent' } }],
    ['stopped, without an answer', { result: 'stopped', stop: { kind: 'unanswered', why: text() } }],
    ['aborted', { result: 'aborted', stop: failed }],
    ['aborted, and left to post', { result: 'aborted', postLooks: true }],
    [
      'refused',
      new ActionError('refused', `BK-CI refused: ${quote(text())}\n  ${quote(text())}`, {
        answer,
        request: 'POST https://h/x',
      }),
    ],
  ];
}
