import { describe, expect, test } from '@jest/globals';
import { afterLook, afterSearch, beginWatch, type Watched } from '../../../src/follow/watch.js';
import { look, running, stageLook } from '../../support/builds.js';

const MIN = 60_000;
/** Followed from the start; the first look at 0 has told what there was to tell. */
const SEEN: Watched = afterLook(beginWatch(0, 2), running(), 0).watched;

describe('a look at which nothing has changed', () => {
  const rows = [
    { name: 'soon after a line tells nothing', at: 29_999, told: [], search: false },
    { name: 'after half a minute has the detail searched for a gate', at: 30_000, told: [], search: true },
    { name: 'before ten minutes is silent', at: 10 * MIN - 1, told: [], search: true },
    {
      name: 'after ten minutes says that it still runs',
      at: 10 * MIN,
      told: [{ kind: 'line', state: 'still', text: 'Test, 10 min' }],
      search: true,
    },
  ];
  test.each(rows)('$name', ({ at, told, search }) => {
    expect(afterLook(SEEN, running(), at)).toMatchObject({ told, search });
  });

  test('counts the silence from the last line', () => {
    const { watched } = afterLook(SEEN, running(), 10 * MIN);
    expect(afterLook(watched, running(), 20 * MIN - 1).told).toEqual([]);
    expect(afterLook(watched, running(), 20 * MIN).told).toHaveLength(1);
  });
});

describe('a first look that tells nothing', () => {
  const bare = running({ stages: [] });
  const first = afterLook(beginWatch(20 * MIN, 2), bare, 20 * MIN);
  test('leaves the silence to count from where the clock stood', () => {
    expect(first.told).toEqual([]);
    expect(afterLook(first.watched, bare, 30 * MIN - 1).told).toEqual([]);
    expect(afterLook(first.watched, bare, 30 * MIN).told).toHaveLength(1);
  });
});

describe('the search for a gate', () => {
  test('comes ever more rarely, and every five minutes in the end', () => {
    const searches: number[] = [];
    let watched = SEEN;
    for (let at = 0; at < 25 * MIN; at += 1000) {
      const next = afterLook(watched, running(), at);
      if (next.search) searches.push(at / 1000);
      ({ watched } = next);
    }
    expect(searches).toEqual([30, 60, 120, 240, 480, 780, 1080, 1380]);
  });

  test('is not begun within half a minute of a line', () => {
    const building = stageLook({ stageId: 'stage-2', name: 'Build', status: 'RUNNING' });
    const { watched } = afterLook(SEEN, running({ stages: [building] }), 20_000);
    const { search, watched: then } = afterLook(watched, running({ stages: [building] }), 49_999);
    expect([search, afterLook(then, running({ stages: [building] }), 50_000).search]).toEqual([false, true]);
  });

  test('is not begun at the end of the build', () => {
    expect(afterLook(SEEN, look({ executeCount: 2 }), MIN).search).toBe(false);
  });

  test('is not begun while the build itself waits at a gate', () => {
    const gate = running({ status: 'STAGE_SUCCESS', stages: [stageLook({ name: 'Deploy', status: 'PAUSE' })] });
    const { watched } = afterLook(SEEN, gate, 1000);
    expect(afterLook(watched, gate, MIN).search).toBe(false);
  });

  test('announces a gate once, which breaks the silence', () => {
    const gate = { key: 'Test › Linux › Ask ops', name: 'Test › Linux › Ask ops', waitsFor: 'a person' } as const;
    const { told, watched } = afterSearch(SEEN, gate, MIN);
    expect(told).toMatchObject([{ kind: 'gate', gate }]);
    expect(afterSearch(watched, gate, 2 * MIN).told).toEqual([]);
    expect(afterLook(watched, running(), 11 * MIN - 1).told).toEqual([]);
    expect(afterSearch(SEEN, undefined, MIN)).toEqual({ watched: SEEN, told: [] });
  });
});

describe('a newer execution', () => {
  test('is told with who started it, and its stages anew', () => {
    const third = running({ executeCount: 3, startedBy: 'ops' });
    expect(afterLook(SEEN, third, MIN).told.map((it) => (it.kind === 'line' ? `${it.state}: ${it.text}` : it))).toEqual(
      ['retried: execution 3 was started by ops and is followed now', 'running: Test'],
    );
  });

  test('is told without a name where the server tells none', () => {
    const { startedBy: _, ...third } = running({ executeCount: 3 });
    expect(afterLook(SEEN, third, MIN).told).toContainEqual({
      kind: 'line',
      state: 'retried',
      text: 'execution 3 was started and is followed now',
    });
  });

  test('than the accepted one is told at the first look', () => {
    expect(afterLook(beginWatch(0, 2), running({ executeCount: 3 }), 0).told).toContainEqual(
      expect.objectContaining({ state: 'retried' }),
    );
    expect(afterLook(beginWatch(0, 3), running({ executeCount: 3 }), 0).told).not.toContainEqual(
      expect.objectContaining({ state: 'retried' }),
    );
  });

  test('is none where the server does not count', () => {
    const { executeCount: _, ...uncounted } = running();
    expect(afterLook(SEEN, uncounted, MIN).told).toEqual([]);
  });
});

describe('a status that nobody knows', () => {
  test('is warned of once, and again when it is another', () => {
    const first = afterLook(SEEN, running({ status: 'NEW' }), MIN);
    const again = afterLook(first.watched, running({ status: 'NEW', stages: [stageLook({ status: 'RUNNING' })] }), MIN);
    const other = afterLook(again.watched, running({ status: 'NEWER' }), MIN);
    const warnings = [first, again, other].map(({ told }) => told.filter(({ kind }) => kind === 'warning').length);
    expect(warnings).toEqual([1, 0, 1]);
  });
});
