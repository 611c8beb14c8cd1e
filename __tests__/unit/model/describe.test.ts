import { describe, expect, test } from '@jest/globals';
import { ago } from '../../../src/lib/format.js';
import { below, change, fact } from '../../../src/lib/log-line.js';
import { buildName, describeLook, stateOf } from '../../../src/model/describe.js';
import type { Look } from '../../../src/model/snapshot.js';
import { refusedAnswer } from '../../../src/report/publish.js';
import { look, NOON, running, stageLook } from '../../support/builds.js';

describe('the column of ten', () => {
  test('holds a word, a time, or nothing', () => {
    expect([
      fact('Build', 'x'),
      fact('Succeeded', 'x'),
      below('x'),
      change(14_000, 'running', 'x'),
      change(3_723_000, 'queued', ''),
    ]).toEqual(['Build     x', 'Succeeded x', '          x', '    0:14  running    x', ' 1:02:03  queued']);
  });
});

describe('a build in words', () => {
  const MIN = 60_000;
  const gate = [stageLook({ name: 'Deploy', status: 'PAUSE' })];
  const bare: Look = { status: 'NEW', stages: [], errors: [] };
  const rows: readonly { name: string; look: Look; words: string }[] = [
    { name: 'failed', look: look(), words: 'FAILED in stage Test, execution 1, started by ci-bot, ended 2 h ago' },
    {
      name: 'succeeded',
      look: look({ status: 'SUCCEED', endTime: NOON - 5 * MIN }),
      words: 'SUCCEED, execution 1, started by ci-bot, ended 5 min ago',
    },
    {
      name: 'running',
      look: running({ startTime: NOON, serverTime: NOON + 6 * MIN }),
      words: 'RUNNING in stage Test, execution 2, started by ci-bot, for 6 min',
    },
    {
      name: 'at a gate',
      look: running({ status: 'STAGE_SUCCESS', stages: gate, startTime: NOON, serverTime: NOON + MIN }),
      words: 'STAGE_SUCCESS, waiting for approval, in stage Deploy, execution 2, started by ci-bot, for 1 min',
    },
    {
      name: 'refused at a gate',
      look: look({ status: 'STAGE_SUCCESS', stages: [] }),
      words: 'STAGE_SUCCESS, its gate was refused, execution 1, started by ci-bot, ended 2 h ago',
    },
    {
      name: 'refused at a gate that is known',
      look: look({
        status: 'STAGE_SUCCESS',
        stages: [stageLook({ status: 'SUCCEED' }), { stageId: 'stage-4', name: 'Deploy' }],
      }),
      words: 'STAGE_SUCCESS, its gate was refused, in stage Deploy, execution 1, started by ci-bot, ended 2 h ago',
    },
    {
      name: 'queued, whose stages are still those of the execution before',
      look: running({ status: 'QUEUE', stages: [stageLook()], startTime: NOON, serverTime: NOON + MIN }),
      words: 'QUEUE, execution 2, started by ci-bot, for 1 min',
    },
    { name: 'hardly known', look: bare, words: 'NEW' },
    {
      name: 'hostile',
      look: { ...bare, status: 'A\n::error::B', startedBy: 'x\r##[group]y' },
      words: 'A ::error::B, started by x ##\\[group]y',
    },
  ];
  test.each(rows)('$name', ({ look: seen, words }) => {
    expect(describeLook(seen)).toBe(words);
  });

  test('stands in the last stage that tells', () => {
    const stages = [
      stageLook(),
      stageLook({ name: 'Deploy', status: 'CANCELED' }),
      stageLook({ name: 'Later', status: 'UNEXEC' }),
    ];
    expect(stateOf(look({ stages }))).toBe('FAILED in stage Deploy');
  });

  test('is called by its number, else its id', () => {
    expect([buildName(42, 'b-1'), buildName(undefined, 'b-1')]).toEqual(['#42', 'b-1']);
  });

  test.each([
    [0, '0 s ago'],
    [59_000, '59 s ago'],
    [7_500_000, '2 h ago'],
    [200_000_000, '2 d ago'],
    [-1000, '0 s ago'],
  ])('%d ms are %s', (ms, words) => {
    expect(ago(ms)).toBe(words);
  });
});

describe('a refused answer', () => {
  test('is the request, the numbers and the words on lines of their own', () => {
    expect(
      refusedAnswer(['Look', 'Refused'], 'GET https://h/x', {
        http: 400,
        requestId: '5f1c',
        message: 'no\n::error::x',
      }),
    ).toEqual([
      'Look      GET https://h/x',
      'Refused   HTTP 400, request id 5f1c',
      '          | no',
      '          | ::error::x',
    ]);
  });
  test('without words is two lines', () => {
    expect(refusedAnswer(['Sent', 'Answer'], 'POST https://h/x', { http: 404 })).toEqual([
      'Sent      POST https://h/x',
      'Answer    HTTP 404',
    ]);
  });
});
