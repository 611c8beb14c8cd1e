import { describe, expect, test } from '@jest/globals';
import type { HttpResponse } from '../../../src/http/http.js';
import { NetworkError } from '../../../src/http/network-error.js';
import { accepted, ends, failedIn, type Played, play, posts, runs } from '../../support/attempts.js';
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

const FOUND = [wireStatus()];

describe('the time is up and stopOnAbort is on:', () => {
  const overdue = (stop: Reply, ...looks: Reply[]) => {
    const many = Array.from({ length: 11 }, () => runs(2));
    const script = {
      ...executions([accepted(2)], FOUND, [...many, ...looks]),
      detail: () => failedIn(2),
      stop: [stop],
    };
    return play(script, { wait: 'true', stopOnAbort: 'true', timeoutMinutes: '0.3' });
  };

  test('the build is stopped, and a look shows that it took', async () => {
    const played = overdue(yes(true), ends(2, 'CANCELED'));
    expect(await played.outcome).toMatchObject({
      result: 'timed-out',
      status: { status: 'RUNNING' },
      stop: { kind: 'sent' },
      ended: { status: 'CANCELED' },
    });
    expect(played.recorder.recorded.outputs).toMatchObject({ buildStatus: 'CANCELED' });
    expect(posts(played)).toEqual(['POST retry', 'POST stop']);
    const stop = played.bkci.sent.find(({ url }) => url.pathname.endsWith('/stop'));
    expect(stop?.deadlineMs).toBe(20_000);
  });

  test('the stop did not take', async () => {
    const outcome = await overdue(yes(true), runs(2)).outcome;
    expect(outcome).toMatchObject({ result: 'timed-out', stop: { kind: 'sent' } });
    expect(outcome).not.toHaveProperty('ended');
  });

  test('the stop was refused', async () => {
    expect(await overdue(no(2101182)).outcome).toMatchObject({
      result: 'timed-out',
      stop: { kind: 'unnecessary', why: 'it has ended already' },
    });
  });

  test('an execution that somebody else started is not stopped', async () => {
    const script = { ...executions([accepted(2)], FOUND, [runs(2), runs(3)]), detail: () => failedIn(3) };
    const played = play(script, { wait: 'true', stopOnAbort: 'true', timeoutMinutes: '0.3' });
    expect(await played.outcome).toMatchObject({ result: 'timed-out', stop: { kind: 'unnecessary' } });
    expect(posts(played)).toEqual(['POST retry']);
  });
});

describe('what is saved for post', () => {
  const STOPPING = { wait: 'true', stopOnAbort: 'true', accessToken: 'hunter2hunter2' };
  const baseline = { status: 'FAILED', executeCount: 1, queueTime: 999_000, startTime: 1_000_000, endTime: 2_000_000 };
  const left = { build: BUILD, api: 'https://devops.example.com/ms/openapi/api/apigw/v3', baseline };
  const stateOf = ({ recorder }: ReturnType<typeof play>) => {
    const { phase, retry = '{}' } = recorder.recorded.state;
    return { phase, retry: JSON.parse(retry) as unknown };
  };

  /** What is saved at the look that shows the end of the accepted execution; post finds nothing after it. */
  const savedWhileFollowed = async (script: (look: (reply: Reply) => Reply) => Script) => {
    const saved: unknown[] = [];
    const played: Played = play(
      script((reply) => async () => {
        saved.push(stateOf(played));
        if (reply instanceof NetworkError) throw reply;
        return typeof reply === 'function' ? (reply() as Promise<HttpResponse>) : reply;
      }),
      STOPPING,
    );
    expect(await played.outcome).toEqual({ result: 'succeeded' });
    expect(stateOf(played).phase).toBe('over');
    return saved[0];
  };

  test('is on disk before the request is sent, and names what it may start', async () => {
    const saved: unknown[] = [];
    const send = () => {
      saved.push(stateOf(played));
      return unreached();
    };
    const played: Played = play({ ...executions([], FOUND), retry: () => send }, STOPPING);
    expect(await codeOf(() => played.outcome)).toBe('not-delivered');
    expect(saved).toEqual(Array.from({ length: 5 }, () => ({ phase: 'sending', retry: left })));
  });

  test('is the accepted execution, and what stood before it', async () => {
    const saved = await savedWhileFollowed((look) => executions([accepted(2)], FOUND, [look(ends(2, 'SUCCEED'))]));
    expect(saved).toEqual({ phase: 'running', retry: { ...left, executeCount: 2 } });
  });

  test('is a maybe when the request ends without an answer', async () => {
    const played = play(executions([lost()], FOUND), STOPPING);
    expect((await errorOf(() => played.outcome)).code).toBe('answer-lost');
    expect(stateOf(played)).toEqual({ phase: 'sending', retry: left });
  });

  test('is over when somebody else may have started what runs, though that is followed', async () => {
    const theirs = wireRunning({ userId: 'release-bot' });
    const played = play(executions([lost()], FOUND, [theirs, ends(2, 'SUCCEED')]), STOPPING);
    expect(await played.outcome).toEqual({ result: 'succeeded' });
    expect(stateOf(played).phase).toBe('over');
  });

  test('names the build of the answer, and nothing of the one that was asked for', async () => {
    const other = { id: 'b-2', executeCount: 1 };
    const saved = await savedWhileFollowed((look) => ({
      retry: [yes(other)],
      status: [wireStatus(), look(wireStatus({ ...other, status: 'SUCCEED' }))],
    }));
    const { baseline: _, ...ids } = left;
    const build = { ...BUILD, buildId: 'b-2' };
    expect(saved).toEqual({ phase: 'running', retry: { ...ids, build, executeCount: 1 } });
  });

  test('holds no baseline for a plug-in inside a running build, whose end needs no move', async () => {
    const first = { buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '0' }], queueTime: 999_000 };
    const running = wireRunning({ ...first, startTime: 1_000_000 });
    const ended = wireRunning({ ...first, startTime: 1_000_000, status: 'SUCCEED', endTime: 5_000_000 });
    const script = { retry: [accepted(1)], status: [running, running, ended], detail: () => wireDetail() };
    const played = play(script, { ...STOPPING, taskId: 'e-1' });
    expect(await played.outcome).toEqual({ result: 'succeeded' });
    const { baseline: _, ...ids } = left;
    expect(stateOf(played).retry).toEqual({ ...ids, executeCount: 1 });
  });

  test('is over when it is certain that nothing took effect', async () => {
    const refused = play(executions([no(2101047)], FOUND), STOPPING);
    const unsent = play({ ...executions([], FOUND), retry: () => unreached() }, STOPPING);
    expect([await codeOf(() => refused.outcome), await codeOf(() => unsent.outcome)]).toEqual([
      'refused',
      'not-delivered',
    ]);
    expect([stateOf(refused).phase, stateOf(unsent).phase]).toEqual(['over', 'over']);
  });

  test('is nothing when post may not stop the build', async () => {
    const played = play(executions([accepted(2)], FOUND, [ends(2, 'SUCCEED')]), { wait: 'true' });
    await played.outcome;
    expect(played.recorder.recorded.state).toEqual({});
  });

  test('never holds a credential', async () => {
    const played = play(executions([accepted(2)], FOUND, [ends(2, 'SUCCEED')]), STOPPING);
    await played.outcome;
    expect(JSON.stringify(played.recorder.recorded.state)).not.toContain('hunter2');
  });
});
