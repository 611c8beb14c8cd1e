import { describe, expect, test } from '@jest/globals';
import { initialState, onGateSearch, onStatus, type WatchState } from '../../../src/follow/watch.js';
import { buildStatus, running, stageStatus } from '../../support/builds.js';

const MIN = 60_000;
/** After the first status, at 0, has been reported. */
const FIRST_REPORTED: WatchState = onStatus(initialState(0, 2), running(), 0).state;

describe('a status without changes', () => {
  const rows = [
    { name: 'soon after a line has no notices', at: 29_999, notices: [], search: false },
    { name: 'starts the search for a gate after half a minute', at: 30_000, notices: [], search: true },
    { name: 'has no notices for ten minutes', at: 10 * MIN - 1, notices: [], search: true },
    {
      name: 'after ten minutes is reported as still running',
      at: 10 * MIN,
      notices: [{ kind: 'line', state: 'still', text: 'Test, 10 min' }],
      search: true,
    },
  ];
  test.each(rows)('$name', ({ at, notices, search }) => {
    expect(onStatus(FIRST_REPORTED, running(), at)).toMatchObject({ notices, search });
  });

  test('is reported ten minutes after the last line', () => {
    const { state } = onStatus(FIRST_REPORTED, running(), 10 * MIN);
    expect(onStatus(state, running(), 20 * MIN - 1).notices).toEqual([]);
    expect(onStatus(state, running(), 20 * MIN).notices).toHaveLength(1);
  });
});

describe('a first status without notices', () => {
  const bare = running({ stages: [] });
  const first = onStatus(initialState(20 * MIN, 2), bare, 20 * MIN);
  test('starts the ten minutes of silence', () => {
    expect(first.notices).toEqual([]);
    expect(onStatus(first.state, bare, 30 * MIN - 1).notices).toEqual([]);
    expect(onStatus(first.state, bare, 30 * MIN).notices).toHaveLength(1);
  });
});

describe('the search for a gate', () => {
  test('has growing pauses of up to five minutes', () => {
    const searches: number[] = [];
    let state = FIRST_REPORTED;
    for (let at = 0; at < 25 * MIN; at += 1000) {
      const next = onStatus(state, running(), at);
      if (next.search) searches.push(at / 1000);
      ({ state } = next);
    }
    expect(searches).toEqual([30, 60, 120, 240, 480, 780, 1080, 1380]);
  });

  test('does not start within half a minute after a line', () => {
    const building = stageStatus({ stageId: 'stage-2', name: 'Build', status: 'RUNNING' });
    const { state } = onStatus(FIRST_REPORTED, running({ stages: [building] }), 20_000);
    const { search, state: later } = onStatus(state, running({ stages: [building] }), 49_999);
    expect([search, onStatus(later, running({ stages: [building] }), 50_000).search]).toEqual([false, true]);
  });

  test('does not start at the end of the build', () => {
    expect(onStatus(FIRST_REPORTED, buildStatus({ executeCount: 2 }), MIN).search).toBe(false);
  });

  test('does not start while the build itself waits at a gate', () => {
    const gate = running({ status: 'STAGE_SUCCESS', stages: [stageStatus({ name: 'Deploy', status: 'PAUSE' })] });
    const { state } = onStatus(FIRST_REPORTED, gate, 1000);
    expect(onStatus(state, gate, MIN).search).toBe(false);
  });

  test('announces a gate once, which ends the silence', () => {
    const gate = { key: 'Test › Linux › Ask ops', name: 'Test › Linux › Ask ops', waitsFor: 'a person' } as const;
    const { notices, state } = onGateSearch(FIRST_REPORTED, gate, MIN);
    expect(notices).toMatchObject([{ kind: 'gate', gate }]);
    expect(onGateSearch(state, gate, 2 * MIN).notices).toEqual([]);
    expect(onStatus(state, running(), 11 * MIN - 1).notices).toEqual([]);
    expect(onGateSearch(FIRST_REPORTED, undefined, MIN)).toEqual({ state: FIRST_REPORTED, notices: [] });
  });
});

describe('a newer execution', () => {
  test('is reported with who started it, and with all its stages', () => {
    const third = running({ executeCount: 3, startedBy: 'ops' });
    expect(
      onStatus(FIRST_REPORTED, third, MIN).notices.map((notice) =>
        notice.kind === 'line' ? `${notice.state}: ${notice.text}` : notice,
      ),
    ).toEqual(['retried: execution 3 was started by ops and is followed now', 'running: Test']);
  });

  test('is reported without a name if the server names none', () => {
    const { startedBy: _, ...third } = running({ executeCount: 3 });
    expect(onStatus(FIRST_REPORTED, third, MIN).notices).toContainEqual({
      kind: 'line',
      state: 'retried',
      text: 'execution 3 was started and is followed now',
    });
  });

  test('than the accepted one is reported at the first status', () => {
    expect(onStatus(initialState(0, 2), running({ executeCount: 3 }), 0).notices).toContainEqual(
      expect.objectContaining({ state: 'retried' }),
    );
    expect(onStatus(initialState(0, 3), running({ executeCount: 3 }), 0).notices).not.toContainEqual(
      expect.objectContaining({ state: 'retried' }),
    );
  });

  test('is not recognised if the server does not count executions', () => {
    const { executeCount: _, ...uncounted } = running();
    expect(onStatus(FIRST_REPORTED, uncounted, MIN).notices).toEqual([]);
  });
});

describe('an unknown status', () => {
  test('has one warning, and another one when it changes', () => {
    const first = onStatus(FIRST_REPORTED, running({ status: 'NEW' }), MIN);
    const same = onStatus(first.state, running({ status: 'NEW', stages: [stageStatus({ status: 'RUNNING' })] }), MIN);
    const other = onStatus(same.state, running({ status: 'NEWER' }), MIN);
    const warnings = [first, same, other].map(({ notices }) => notices.filter(({ kind }) => kind === 'warning').length);
    expect(warnings).toEqual([1, 0, 1]);
  });
});
