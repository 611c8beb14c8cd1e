import { describe, expect, test } from '@jest/globals';
import { ago } from '../../../src/lib/format.js';
import { continuation, logLine, timedLine } from '../../../src/lib/log-line.js';
import { buildName, describeStatus, stateOf } from '../../../src/model/describe.js';
import type { BuildStatus } from '../../../src/model/snapshot.js';
import { responseLines } from '../../../src/report/publish.js';
import { buildStatus, NOON, running, stageStatus } from '../../support/builds.js';

describe('the column of ten', () => {
  test('holds a word, a time, or nothing', () => {
    expect([
      logLine('Build', 'x'),
      logLine('Succeeded', 'x'),
      continuation('x'),
      timedLine(14_000, 'running', 'x'),
      timedLine(3_723_000, 'queued', ''),
    ]).toEqual(['Build     x', 'Succeeded x', '          x', '    0:14  running    x', ' 1:02:03  queued']);
  });
});

describe('a build in words', () => {
  const MIN = 60_000;
  const gate = [stageStatus({ name: 'Deploy', status: 'PAUSE' })];
  const bare: BuildStatus = { status: 'NEW', stages: [], errors: [] };
  const rows: readonly { name: string; status: BuildStatus; words: string }[] = [
    {
      name: 'failed',
      status: buildStatus(),
      words: 'FAILED in stage Test, execution 1, started by ci-bot, ended 2 h ago',
    },
    {
      name: 'succeeded',
      status: buildStatus({ status: 'SUCCEED', endTime: NOON - 5 * MIN }),
      words: 'SUCCEED, execution 1, started by ci-bot, ended 5 min ago',
    },
    {
      name: 'running',
      status: running({ startTime: NOON, serverTime: NOON + 6 * MIN }),
      words: 'RUNNING in stage Test, execution 2, started by ci-bot, for 6 min',
    },
    {
      name: 'at a gate',
      status: running({ status: 'STAGE_SUCCESS', stages: gate, startTime: NOON, serverTime: NOON + MIN }),
      words: 'STAGE_SUCCESS, waiting for approval, in stage Deploy, execution 2, started by ci-bot, for 1 min',
    },
    {
      name: 'refused at a gate',
      status: buildStatus({ status: 'STAGE_SUCCESS', stages: [] }),
      words: 'STAGE_SUCCESS, its gate was refused, execution 1, started by ci-bot, ended 2 h ago',
    },
    {
      name: 'refused at a gate that is known',
      status: buildStatus({
        status: 'STAGE_SUCCESS',
        stages: [stageStatus({ status: 'SUCCEED' }), { stageId: 'stage-4', name: 'Deploy' }],
      }),
      words: 'STAGE_SUCCESS, its gate was refused, in stage Deploy, execution 1, started by ci-bot, ended 2 h ago',
    },
    {
      name: 'queued, whose stages are still those of the execution before',
      status: running({ status: 'QUEUE', stages: [stageStatus()], startTime: NOON, serverTime: NOON + MIN }),
      words: 'QUEUE, execution 2, started by ci-bot, for 1 min',
    },
    { name: 'hardly known', status: bare, words: 'NEW' },
    {
      name: 'hostile',
      status: { ...bare, status: 'A\n::error::B', startedBy: 'x\r##[group]y' },
      words: 'A ::error::B, started by x ##\\[group]y',
    },
  ];
  test.each(rows)('$name', ({ status: seen, words }) => {
    expect(describeStatus(seen)).toBe(words);
  });

  test('stands in the last stage that tells', () => {
    const stages = [
      stageStatus(),
      stageStatus({ name: 'Deploy', status: 'CANCELED' }),
      stageStatus({ name: 'Later', status: 'UNEXEC' }),
    ];
    expect(stateOf(buildStatus({ stages }))).toBe('FAILED in stage Deploy');
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
      responseLines(['Look', 'Refused'], 'GET https://h/x', {
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
    expect(responseLines(['Sent', 'Answer'], 'POST https://h/x', { http: 404 })).toEqual([
      'Sent      POST https://h/x',
      'Answer    HTTP 404',
    ]);
  });
});
