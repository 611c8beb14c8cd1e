import { describe, expect, test } from '@jest/globals';
import { initialState, onGateSearch, onStatus, type WatchState } from '../../../src/follow/watch.js';
import { buildStatus, running, stageStatus } from '../../support/builds.js';

const MIN = 60_000;
/** Followed from the start; the first look at 0 has notices what there was to tell. */
const SEEN: WatchState = onStatus(initialState(0, 2), running(), 0).state;

describe('a look at which nothing has changed', () => {
  const rows = [
    { name: 'soon after a line tells nothing', at: 29_999, notices: [], search: false },
    { name: 'after half a minute has the detail searched for a gate', at: 30_000, notices: [], search: true },
    { name: 'before ten minutes is silent', at: 10 * MIN - 1, notices: [], search: true },
    {
      name: 'after ten minutes says that it still runs',
      at: 10 * MIN,
      notices: [{ kind: 'line', state: 'still', text: 'Test, 10 min' }],
      search: true,
    },
  ];
  test.each(rows)('$name', ({ at, notices, search }) => {
    expect(onStatus(SEEN, running(), at)).toMatchObject({ notices, search });
  });

  test('counts the silence from the last line', () => {
    const { state } = onStatus(SEEN, running(), 10 * MIN);
    expect(onStatus(state, running(), 20 * MIN - 1).notices).toEqual([]);
    expect(onStatus(state, running(), 20 * MIN).notices).toHaveLength(1);
  });
});

describe('a first look that tells nothing', () => {
  const bare = running({ stages: [] });
  const first = onStatus(initialState(20 * MIN, 2), bare, 20 * MIN);
  test('leaves the silence to count from where the clock stood', () => {
    expect(first.notices).toEqual([]);
    expect(onStatus(first.state, bare, 30 * MIN - 1).notices).toEqual([]);
    expect(onStatus(first.state, bare, 30 * MIN).notices).toHaveLength(1);
  });
});

describe('the search for a gate', () => {
  test('comes ever more rarely, and every five minutes in the end', () => {
    const searches: number[] = [];
    let state = SEEN;
    for (let at = 0; at < 25 * MIN; at += 1000) {
      const next = onStatus(state, running(), at);
      if (next.search) searches.push(at / 1000);
      ({ state: state } = next);
    }
    expect(searches).toEqual([30, 60, 120, 240, 480, 780, 1080, 1380]);
  });

  test('is not begun within half a minute of a line', () => {
    const building = stageStatus({ stageId: 'stage-2', name: 'Build', status: 'RUNNING' });
    const { state } = onStatus(SEEN, running({ stages: [building] }), 20_000);
    const { search, state: then } = onStatus(state, running({ stages: [building] }), 49_999);
    expect([search, onStatus(then, running({ stages: [building] }), 50_000).search]).toEqual([false, true]);
  });

  test('is not begun at the end of the build', () => {
    expect(onStatus(SEEN, buildStatus({ executeCount: 2 }), MIN).search).toBe(false);
  });

  test('is not begun while the build itself waits at a gate', () => {
    const gate = running({ status: 'STAGE_SUCCESS', stages: [stageStatus({ name: 'Deploy', status: 'PAUSE' })] });
    const { state } = onStatus(SEEN, gate, 1000);
    expect(onStatus(state, gate, MIN).search).toBe(false);
  });

  test('announces a gate once, which breaks the silence', () => {
    const gate = { key: 'Test › Linux › Ask ops', name: 'Test › Linux › Ask ops', waitsFor: 'a person' } as const;
    const { notices, state } = onGateSearch(SEEN, gate, MIN);
    expect(notices).toMatchObject([{ kind: 'gate', gate }]);
    expect(onGateSearch(state, gate, 2 * MIN).notices).toEqual([]);
    expect(onStatus(state, running(), 11 * MIN - 1).notices).toEqual([]);
    expect(onGateSearch(SEEN, undefined, MIN)).toEqual({ state: SEEN, notices: [] });
  });
});

describe('a newer execution', () => {
  test('is notices with who started it, and its stages anew', () => {
    const third = running({ executeCount: 3, startedBy: 'ops' });
    expect(
      onStatus(SEEN, third, MIN).notices.map((it) => (it.kind === 'line' ? `${it.state}: ${it.text}` : it)),
    ).toEqual(['retried: execution 3 was started by ops and is followed now', 'running: Test']);
  });

  test('is notices without a name where the server tells none', () => {
    const { startedBy: _, ...third } = running({ executeCount: 3 });
    expect(onStatus(SEEN, third, MIN).notices).toContainEqual({
      kind: 'line',
      state: 'retried',
      text: 'execution 3 was started and is followed now',
    });
  });

  test('than the accepted one is notices at the first look', () => {
    expect(onStatus(initialState(0, 2), running({ executeCount: 3 }), 0).notices).toContainEqual(
      expect.objectContaining({ state: 'retried' }),
    );
    expect(onStatus(initialState(0, 3), running({ executeCount: 3 }), 0).notices).not.toContainEqual(
      expect.objectContaining({ state: 'retried' }),
    );
  });

  test('is none where the server does not count', () => {
    const { executeCount: _, ...uncounted } = running();
    expect(onStatus(SEEN, uncounted, MIN).notices).toEqual([]);
  });
});

describe('a status that nobody knows', () => {
  test('is warned of once, and again when it is another', () => {
    const first = onStatus(SEEN, running({ status: 'NEW' }), MIN);
    const again = onStatus(first.state, running({ status: 'NEW', stages: [stageStatus({ status: 'RUNNING' })] }), MIN);
    const other = onStatus(again.state, running({ status: 'NEWER' }), MIN);
    const warnings = [first, again, other].map(
      ({ notices }) => notices.filter(({ kind }) => kind === 'warning').length,
    );
    expect(warnings).toEqual([1, 0, 1]);
  });
});
