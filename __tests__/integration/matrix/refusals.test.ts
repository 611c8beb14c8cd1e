import { describe, expect, test } from '@jest/globals';
import { FAILED_TESTS, nightlyBuild, nightlyPipeline, pluginId } from '../../standin/scenarios/nightly.js';
import { ACCESS } from '../../standin/world/access.js';
import { BK_CI_1_5 } from '../../standin/world/release.js';
import { type HarnessOptions, withHarness } from '../harness.js';

const pipeline = nightlyPipeline();
const DAY = 86_400;
const reportFails = { plugins: { [pluginId(pipeline, 'Publish report')]: FAILED_TESTS } };

interface Case {
  readonly name: string;
  readonly options?: HarnessOptions;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly result?: string;
  readonly says: RegExp;
  /** Number of POSTs that are sent. */
  readonly posts: 0 | 1;
}

const CASES: readonly Case[] = [
  {
    name: 'the pipeline is locked',
    options: { builds: [nightlyBuild(nightlyPipeline({ locked: true }))] },
    reason: 'refused',
    says: /2101047/,
    posts: 1,
  },
  {
    name: 'the queue is full',
    options: { builds: [nightlyBuild(nightlyPipeline({ startRefusal: 2101049 }))] },
    reason: 'refused',
    says: /2101049/,
    posts: 1,
  },
  {
    name: 'the build is older than 28 days',
    options: { builds: [nightlyBuild(pipeline, { endedSecondsAgo: 30 * DAY })] },
    reason: 'refused',
    says: /2101258.*28/,
    posts: 1,
  },
  {
    name: 'the user may view but not execute',
    inputs: { username: 'view-only' },
    reason: 'forbidden',
    says: /view-only may not .*2101008.*EXECUTE/,
    posts: 1,
  },
  {
    name: 'the same, with the message of another edition',
    options: { access: { ...ACCESS, edition: 'rbac' } },
    inputs: { username: 'view-only' },
    reason: 'forbidden',
    says: /EXECUTE/,
    posts: 1,
  },
  {
    name: 'the user may not view either: the retry is sent and refused',
    inputs: { username: 'stranger' },
    reason: 'forbidden',
    says: /stranger/,
    posts: 1,
  },
  {
    name: 'the build does not exist',
    inputs: { buildId: 'b-0' },
    reason: 'not-found',
    says: /buildId/,
    posts: 0,
  },
  {
    name: 'the build is in another pipeline',
    inputs: { pipelineId: 'p-0' },
    reason: 'not-found',
    says: /2101058.*pipelineId|pipelineId.*2101058/,
    posts: 1,
  },
  {
    name: 'the plug-in may not be skipped',
    options: { builds: [nightlyBuild(pipeline, { scripts: [reportFails] })] },
    inputs: { taskId: 'report', skip: 'true' },
    reason: 'task-unknown',
    says: /2101221/,
    posts: 1,
  },
  {
    name: 'the plug-in is not what failed',
    inputs: { taskId: 'report' },
    reason: 'task-unknown',
    says: /Publish report \(not run\) is not what failed .* Give what failed: e-\w+ \(Test › Linux › Run tests\)/,
    posts: 0,
  },
  {
    name: 'the stage has not failed',
    inputs: { taskId: 'stage-2' },
    reason: 'task-unknown',
    says: /^Stage Build \(stage-2\) of build #42 has not failed \(SUCCEED\).* What can be retried: stage-3 \(Test\), /,
    posts: 0,
  },
  {
    name: 'the name of a plug-in instead of its id',
    inputs: { taskId: 'run  TESTS' },
    reason: 'task-unknown',
    says: /^taskId “run TESTS” is the name of the plug-in Test › Linux › Run tests of build #42.* Give its id, e-\w+\. /,
    posts: 0,
  },
  {
    name: 'the database rows of the build are deleted',
    options: { builds: [nightlyBuild(pipeline, { taskRecordsDeleted: true })] },
    inputs: { taskId: 'stage-3' },
    reason: 'refused',
    says: /2101081/,
    posts: 1,
  },
  {
    name: 'skip is set for a job, which would rerun the job',
    inputs: { taskId: '2', skip: 'true' },
    reason: 'task-unknown',
    says: /rerun it instead of skipping/,
    posts: 0,
  },
  {
    name: 'taskId is not in the build, which would rerun everything',
    inputs: { taskId: 'e-unknown' },
    reason: 'task-unknown',
    says: /stage-3 .*Run tests/,
    posts: 0,
  },
  {
    name: 'the build has reached maxExecuteCount',
    options: { builds: [nightlyBuild(pipeline, { executions: 3 })] },
    inputs: { maxExecuteCount: '3' },
    reason: 'too-many-executions',
    says: /3 times/,
    posts: 0,
  },
  {
    name: 'an old server has no v4',
    options: { release: BK_CI_1_5 },
    inputs: { apiUrl: '/ms/openapi/api/apigw-user/v4' },
    reason: 'unexpected-answer',
    result: 'error',
    says: /apiUrl/,
    posts: 0,
  },
  {
    name: 'the address has no such API',
    inputs: { apiUrl: '/elsewhere/apigw/v3' },
    reason: 'unexpected-answer',
    result: 'error',
    says: /apiUrl/,
    posts: 0,
  },
  {
    name: 'a token is required and none is given',
    options: { access: { ...ACCESS, tokenRequired: true } },
    reason: 'unauthorized',
    result: 'error',
    says: /accessToken/,
    posts: 0,
  },
  {
    name: 'the token is invalid',
    options: { access: { ...ACCESS, tokenRequired: true } },
    inputs: { accessToken: 'no-such-token-at-all' },
    reason: 'unauthorized',
    result: 'error',
    says: /20 characters/,
    posts: 0,
  },
];

describe('BK-CI refuses the retry, or would retry something else', () => {
  test.each(CASES)('$name', async ({ options = {}, inputs = {}, reason, result = 'refused', says, posts }) => {
    await withHarness(options, async (harness) => {
      const { apiUrl } = inputs;
      const step = await harness.run({
        inputs: { ...inputs, ...(apiUrl ? { apiUrl: `${harness.standin.url}${apiUrl}` } : {}) },
      });
      expect(step.green).toBe(false);
      expect(step.outputs).toMatchObject({ result, reason, retried: 'false', attempts: '0' });
      const errors = step.annotations.filter(({ level }) => level === 'error');
      expect(errors.map(({ message }) => message)).toEqual([expect.stringMatching(says)]);
      expect(errors[0]?.message).toMatch(new RegExp(`\\[${reason}\\]$`));
      const sent = harness.standin.requests.filter(({ method }) => method === 'POST');
      expect(sent).toHaveLength(posts);
      expect(await harness.effects()).toMatchObject({ retries: [], wipes: [] });
    });
  });
});
