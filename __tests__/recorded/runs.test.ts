/** The recorded runs of version 1.0.0, run again with the present sources against the recorded answers. */

import { describe, expect, test } from '@jest/globals';
import { recordedPosts, recordedRuns } from '../support/recordings.js';
import { replay } from '../support/replay.js';

interface Row {
  /** Besides those that the requests show: addresses, ids, user, and the query of the retry. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly result: string;
  readonly reason?: string;
  readonly green?: boolean;
  /** Every POST, as operation and query without ids. */
  readonly posts?: readonly string[];
  /** The length of failedTasks. */
  readonly failed?: number;
  /** What the log must not say any more. */
  readonly unsaid?: RegExp;
  /** How the recorded run ended, where that is no longer right. Its POSTs are in the recording. */
  readonly recordedEnd?: string;
}

const WAIT = { wait: 'true' };
const DRY_RUN = { dryRun: 'true' };
const UNIT_TEST = 'e-259e04a4c34547c6a57017b4ab298220';
const RETRIED = { result: 'retried', green: true } as const;
const SUCCEEDED = { result: 'succeeded', green: true } as const;
const FOUND = { result: 'found', green: true } as const;
const NOT_FOUND = { result: 'refused', reason: 'not-found' } as const;
const RUNNING = { result: 'refused', reason: 'already-running' } as const;
const UNDELIVERED = { result: 'error', reason: 'not-delivered' } as const;
const SENT = 'refused by BK-CI after a retry that should not have been sent';

const TABLE: Readonly<Record<string, Row>> = {
  action_always_fail: { inputs: WAIT, result: 'failed', posts: ['retry'], failed: 1 },
  action_always_fail_v4: { inputs: WAIT, result: 'failed', posts: ['build_retry'], failed: 1 },
  action_build_url: { inputs: DRY_RUN, ...FOUND },
  action_channel: { ...RETRIED, posts: ['retry?channelCode=BS'] },
  action_denied: { result: 'refused', reason: 'forbidden', posts: ['retry'] },
  action_f_gateway_502: UNDELIVERED,
  action_f_inner_absent: UNDELIVERED,
  action_f_inner_empty503: { ...UNDELIVERED, recordedEnd: SENT },
  action_f_inner_html200: UNDELIVERED,
  action_f_inner_html502: UNDELIVERED,
  action_f_inner_refused: UNDELIVERED,
  action_f_inner_refused_v4: { ...UNDELIVERED, recordedEnd: SENT },
  action_failedContainer_notask: {
    inputs: { ...WAIT, taskId: '' },
    ...SUCCEEDED,
    posts: ['retry?taskId=stage-2&failedContainer=true'],
  },
  action_gate_onlyIfFailed: {
    inputs: { ...WAIT, onlyIfFailed: 'true', timeoutMinutes: '0.5' },
    result: 'timed-out',
  },
  action_gate_refused_onlyIfFailed: { inputs: { onlyIfFailed: 'true' }, ...RETRIED, posts: ['retry'] },
  action_gate_refused_retry_wait: { inputs: WAIT, ...RUNNING },
  action_gate_running_retry: RUNNING,
  action_job1: {
    inputs: WAIT,
    result: 'failed',
    posts: [`retry?taskId=${UNIT_TEST}`],
    failed: 1,
    recordedEnd: 'failed, without a word about why: BK-CI reran only the first plug-in, which had succeeded',
  },
  action_lab_noproject: NOT_FOUND,
  action_latest: { inputs: { ...DRY_RUN, buildNumber: 'latest' }, ...FOUND },
  action_maxexec: { inputs: { maxExecuteCount: '2' }, result: 'refused', reason: 'too-many-executions' },
  action_number_unknown_v3: { inputs: { buildNumber: '999' }, ...NOT_FOUND },
  action_number_unknown_v4: {
    inputs: { buildNumber: '999' },
    ...NOT_FOUND,
    unsaid: /alone/,
    recordedEnd: 'not found, with “build 12 alone” from a page of one',
  },
  action_number_v3: { inputs: { ...DRY_RUN, buildNumber: '3' }, ...FOUND },
  action_number_v4: { inputs: { ...DRY_RUN, buildNumber: '3' }, ...FOUND },
  action_partial_running: {
    inputs: WAIT,
    result: 'failed',
    posts: ['retry?taskId=e-aace86da72af4eb28b4419cbee42ef1c'],
    failed: 1,
  },
  action_plain: { ...RETRIED, posts: ['retry'] },
  action_skip_task: { inputs: WAIT, ...SUCCEEDED, posts: [`retry?taskId=${UNIT_TEST}&skip=true`] },
  action_stage_failed: { inputs: WAIT, ...SUCCEEDED, posts: ['retry?taskId=stage-2&failedContainer=true'] },
  action_success_task: {
    inputs: WAIT,
    result: 'refused',
    reason: 'task-unknown',
    recordedEnd: 'failed, without a word about why: BK-CI left the failed plug-in as it was',
  },
  action_task_step: { inputs: { ...WAIT, taskId: 'unit' }, ...SUCCEEDED, posts: [`retry?taskId=${UNIT_TEST}`] },
  action_timeout_nostop: { inputs: { ...WAIT, timeoutMinutes: '0.2' }, result: 'timed-out', posts: ['retry'] },
  action_timeout_stop: {
    inputs: { ...WAIT, timeoutMinutes: '0.4', stopOnAbort: 'true' },
    result: 'timed-out',
    posts: ['retry', 'stop'],
  },
  action_token_off: { inputs: { accessToken: 'abc+def' }, result: 'error', reason: 'unauthorized' },
  action_twice_attempts: { inputs: { ...WAIT, maxAttempts: '2' }, ...SUCCEEDED, posts: ['retry', 'retry'] },
  action_unknown_build: NOT_FOUND,
  action_unknown_build_v4: { ...NOT_FOUND, recordedEnd: SENT },
  action_unknown_task: { inputs: { taskId: 'nope' }, result: 'refused', reason: 'task-unknown' },
  action_v4_task: { inputs: WAIT, ...SUCCEEDED, posts: [`build_retry?taskId=${UNIT_TEST}`] },
  action_v4_wait: { inputs: WAIT, ...RUNNING },
  action_v4_wait2: { inputs: WAIT, ...SUCCEEDED, posts: ['build_retry?taskId=stage-2&failedContainer=true'] },
  action_wait_whole: { inputs: WAIT, ...SUCCEEDED, posts: ['retry'] },
  action_wrong_pipeline: { ...NOT_FOUND, posts: ['retry'] },
  action_wrong_pipeline_v4: { ...NOT_FOUND, recordedEnd: SENT },
};

const rows = Object.entries(TABLE);

describe('a recorded run', () => {
  test('is in the table, and nothing else is', () => {
    expect(recordedRuns()).toEqual(Object.keys(TABLE));
  });

  test.each(rows.filter(([, row]) => row.recordedEnd === undefined))('%s sent the same', (name, { posts = [] }) => {
    expect(recordedPosts(name)).toEqual(posts);
  });

  test.each(rows)('%s', async (name, row) => {
    const { inputs = {}, result, reason = '', green = false, posts = [], failed = 0, unsaid } = row;
    const now = await replay(name, inputs);
    const unwanted = unsaid ? now.log.filter((line) => unsaid.test(line)) : [];
    const seen = {
      result: now.outputs.result,
      reason: now.outputs.reason,
      green: now.green,
      posts: now.posts,
      failed: (JSON.parse(now.outputs.failedTasks ?? '[]') as readonly unknown[]).length,
      unwanted,
    };
    expect(seen).toEqual({ result, reason, green, posts, failed, unwanted: [] });
  });
});
