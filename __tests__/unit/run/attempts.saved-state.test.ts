import { describe, expect, test } from '@jest/globals';
import type { HttpResponse } from '../../../src/http/http.js';
import { NetworkError } from '../../../src/http/network-error.js';
import { acceptedAs, endedIn, type StartedAttempts, startAttempts } from '../../support/attempts.js';
import {
  executions,
  lost,
  no,
  type Reply,
  type Script,
  unreached,
  wireDetail,
  wireRunning,
  wireStatus,
  yes,
} from '../../support/bkci.js';
import { BUILD } from '../../support/builds.js';
import { codeOf, errorOf } from '../../support/errors.js';

const FAILED_BUILD = [wireStatus()];

describe('what is saved for post', () => {
  const STOP_INPUTS = { wait: 'true', stopOnAbort: 'true', accessToken: 'hunter2hunter2' };
  const baseline = { status: 'FAILED', executeCount: 1, queueTime: 999_000, startTime: 1_000_000, endTime: 2_000_000 };
  const savedRetry = {
    build: BUILD,
    api: 'https://devops.example.com/ms/openapi/api/apigw/v3',
    username: 'ci-bot',
    consoleUrl: 'https://devops.example.com',
    credentials: ['accessToken'],
    baseline,
  };
  const savedState = ({ recorder }: StartedAttempts) => {
    const { phase, retry = '{}' } = recorder.recorded.state;
    return { phase, retry: JSON.parse(retry) as unknown };
  };

  /** What is saved at the read that `recordAt` marks. When the run ends, nothing may be left for post. */
  const savedWhileFollowed = async (script: (recordAt: (reply: Reply) => Reply) => Script) => {
    const saved: unknown[] = [];
    const run: StartedAttempts = startAttempts(
      script((reply) => async () => {
        saved.push(savedState(run));
        if (reply instanceof NetworkError) throw reply;
        return typeof reply === 'function' ? (reply() as Promise<HttpResponse>) : reply;
      }),
      STOP_INPUTS,
    );
    expect(await run.outcome).toEqual({ result: 'succeeded' });
    expect(savedState(run).phase).toBe('over');
    return saved[0];
  };

  test('is on disk before the request is sent, with the build and its baseline', async () => {
    const saved: unknown[] = [];
    const send = () => {
      saved.push(savedState(run));
      return unreached();
    };
    const run: StartedAttempts = startAttempts({ ...executions([], FAILED_BUILD), retry: () => send }, STOP_INPUTS);
    expect(await codeOf(() => run.outcome)).toBe('not-delivered');
    expect(saved).toEqual(Array.from({ length: 5 }, () => ({ phase: 'sending', retry: savedRetry })));
  });

  test('is the accepted execution and its baseline after the acceptance', async () => {
    const saved = await savedWhileFollowed((recordAt) =>
      executions([acceptedAs(2)], FAILED_BUILD, [recordAt(endedIn(2, 'SUCCEED'))]),
    );
    expect(saved).toEqual({ phase: 'running', retry: { ...savedRetry, executeCount: 2 } });
  });

  test('keeps the phase “sending” when the answer is lost', async () => {
    const run = startAttempts(executions([lost()], FAILED_BUILD), STOP_INPUTS);
    expect((await errorOf(() => run.outcome)).code).toBe('answer-lost');
    expect(savedState(run)).toEqual({ phase: 'sending', retry: savedRetry });
  });

  test('has the phase “over” when somebody else may have started the execution that is followed', async () => {
    const startedByOther = wireRunning({ userId: 'release-bot' });
    const run = startAttempts(executions([lost()], FAILED_BUILD, [startedByOther, endedIn(2, 'SUCCEED')]), STOP_INPUTS);
    expect(await run.outcome).toEqual({ result: 'succeeded' });
    expect(savedState(run).phase).toBe('over');
  });

  test('is the build of the answer, without a baseline, when the answer names another build', async () => {
    const other = { id: 'b-2', executeCount: 1 };
    const saved = await savedWhileFollowed((recordAt) => ({
      retry: [yes(other)],
      status: [wireStatus(), recordAt(wireStatus({ ...other, status: 'SUCCEED' }))],
    }));
    const { baseline: _, ...ids } = savedRetry;
    const build = { ...BUILD, buildId: 'b-2' };
    expect(saved).toEqual({ phase: 'running', retry: { ...ids, build, executeCount: 1 } });
  });

  test('has no baseline for a plug-in inside a running build', async () => {
    const first = { buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '0' }], queueTime: 999_000 };
    const running = wireRunning({ ...first, startTime: 1_000_000 });
    const ended = wireRunning({ ...first, startTime: 1_000_000, status: 'SUCCEED', endTime: 5_000_000 });
    const script = { retry: [acceptedAs(1)], status: [running, running, ended], detail: () => wireDetail() };
    const run = startAttempts(script, { ...STOP_INPUTS, taskId: 'e-1' });
    expect(await run.outcome).toEqual({ result: 'succeeded' });
    const { baseline: _, ...ids } = savedRetry;
    expect(savedState(run).retry).toEqual({ ...ids, executeCount: 1 });
  });

  test('has the phase “over” when the retry is known to have had no effect', async () => {
    const refused = startAttempts(executions([no(2101047)], FAILED_BUILD), STOP_INPUTS);
    const unsent = startAttempts({ ...executions([], FAILED_BUILD), retry: () => unreached() }, STOP_INPUTS);
    expect([await codeOf(() => refused.outcome), await codeOf(() => unsent.outcome)]).toEqual([
      'refused',
      'not-delivered',
    ]);
    expect([savedState(refused).phase, savedState(unsent).phase]).toEqual(['over', 'over']);
  });

  test('is empty without stopOnAbort', async () => {
    const run = startAttempts(executions([acceptedAs(2)], FAILED_BUILD, [endedIn(2, 'SUCCEED')]), { wait: 'true' });
    await run.outcome;
    expect(run.recorder.recorded.state).toEqual({});
  });

  test('contains no credential', async () => {
    const run = startAttempts(executions([acceptedAs(2)], FAILED_BUILD, [endedIn(2, 'SUCCEED')]), STOP_INPUTS);
    await run.outcome;
    expect(JSON.stringify(run.recorder.recorded.state)).not.toContain('hunter2');
  });
});
