/**
 * The stand-in against the recordings: HTTP status, content type, which members there are, of which types, and what the
 * action reads in them.
 */

import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../standin/http/answer.js';
import {
  badGateway,
  dependencyFailed,
  type FaultAction,
  innerEmpty,
  innerPage,
  innerTimeout,
  lookupUnreachable,
  lookupWithoutProvider,
  notParsable,
  providerMissing,
} from '../standin/http/faults.js';
import { readRecording } from '../support/read-recording.js';
import { type RecordedExchange, recordedExchanges } from '../support/recordings.js';
import { play, type State } from './play.js';

/** Recordings that the stand-in does not play, by the start of their names, and why. */
const NOT_PLAYED: Readonly<Record<string, string>> = {
  'e08 e09 e10': 'media types: tests expect that no client sends them',
  'e40 e41 e42 e48 w06': 'operations that the action never asks for',
  'g05 g06 g09': 'no console ran behind the gateway',
  g08: 'another prefix for the same API',
  'p08 v14 v15': 'the contents are those of a fake log service',
  'f05_inner_json401 f05_inner_json403 v11_v4_uncached_json403':
    'the text of something between the services, passed on',
};

/** What the service in front of the process service says when that fails; by names, as in `NOT_PLAYED`. */
const FAULTS: Readonly<Record<string, FaultAction>> = {
  'f01 f02 f05_inner_reset f06_inner_reset f07 v01 v02': innerTimeout(),
  'v05_v4_reset v06_v4_reset v11_v4_uncached_reset': innerTimeout(),
  'f03 f04 g01 v03 v04': providerMissing(),
  'f05_inner_empty503 v05_v4_empty503 v06_v4_empty503 v11_v4_uncached_empty503': innerEmpty(),
  'f05_inner_empty200 f05_inner_html200': innerPage(),
  'f05_inner_html502 f06_inner_html502 v05_v4_html502 v06_v4_html502 v11_v4_uncached_html502': notParsable(),
  'f05_inner_json500 f05_inner_json500b v05_v4_json500 v06_v4_json500 v11_v4_uncached_json500': dependencyFailed(),
  'v07 v08': lookupUnreachable(),
  'v09 v10': lookupWithoutProvider(),
  g10: badGateway(),
};

const PASSES = { fails: [true, false] } as const;
/** In seconds: long enough for every execution. */
const ENDED = 3600;

/** Other states than that of a build that failed in its first execution, hours ago; by names, as in `NOT_PLAYED`. */
const STATES: Readonly<Record<string, State>> = {
  'r02 r03 r04 s_retry_successful_task s_skip_not_allowed': { steps: ['retry', 1] },
  'k05_concurrent_1 k05_concurrent_2': { steps: ['retry'] },
  'r05 r06 r07 r08 r09 r10 m08': { steps: ['retry', 15] },
  'r11 r12 r13 k06 m04': { steps: ['retry', ENDED] },
  's_containerHash_detail s_unknown_detail s_successful_task_detail': { ...PASSES, steps: ['retry', ENDED] },
  s_job1_detail: { ...PASSES, steps: ['retry 1', ENDED] },
  s_stage_detail: { ...PASSES, steps: ['retry stage-2', ENDED] },
  s_stage_failedContainer_detail: { ...PASSES, steps: ['retry stage-2&failedContainer', ENDED] },
  's_task_detail s_stepid_detail': { ...PASSES, steps: ['retry unit', ENDED] },
  s_task_skip_detail: { ...PASSES, steps: ['retry unit&skip', ENDED] },
  'k01 k02': { steps: ['retry', 15, 'stop', 60] },
  m02: { executions: 2 },
  m11: { executions: 3, steps: ['retry', 15, 'stop', 60] },
  m09: { steps: ['retry', 15, 'stop', 1] },
  m10: { pipeline: { id: 'p-21d639e5cdad48e4b2216d77908a15a8' }, steps: ['retry', 15] },
  m07: { executions: 3, fails: [true, true, false] },
  v12: { ...PASSES, num: 2, steps: ['retry', ENDED] },
  l01_retry_start_27: { executions: 2, endedDaysAgo: 27 },
  l01_retry_start_29: { endedDaysAgo: 29 },
  m01: { pipeline: { locked: true } },
  m03: { pipeline: { startRefusal: 2101038 } },
  m05: { taskRecordsDeleted: true },
  m06: { pipeline: { startRefusal: 2100013 } },
  'q01 q02': { running: 100 },
  q03: { running: 100, steps: ['retry qf'] },
  'w02 w03 w04 w05': { ...PASSES, steps: ['retry', 100] },
  w07: { ...PASSES, steps: ['retry', 100, 'refuse gate', 10] },
  't01 t02 t03 t04 t05 t06 t07 t08': { access: { tokenRequired: true } },
  't09 t10 t11 t12': { access: { jwtRequired: true } },
};

/** The entry that the start of a name belongs to. */
function entryFor<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  const isMeant = (start: string) => name === start || name.startsWith(`${start}_`);
  return Object.entries(table).find(([starts]) => starts.split(' ').some(isMeant))?.[1];
}

function answerTo(exchange: RecordedExchange): Answer {
  const fault = entryFor(FAULTS, exchange.name);
  if (fault?.kind === 'answer') return fault.answer;
  return play(exchange, entryFor(STATES, exchange.name));
}

/** Every path in a JSON value with the type of what is there; a text that is not JSON has none. */
function shapeOf(body: string): readonly string[] | string {
  try {
    return pathsIn(JSON.parse(body) as unknown, '').sort();
  } catch {
    return /^</.test(body) ? 'page' : 'text';
  }
}

function pathsIn(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${value === null ? 'null' : typeof value}`];
  const entries = entriesOf(value, path);
  return [
    `${path}: ${Array.isArray(value) ? '[]' : '{}'}`,
    ...entries.flatMap(([name, one]) => pathsIn(one, `${path}.${name}`)),
  ];
}

/** Of parameters and variables those that BK-CI adds to both; the others are the pipeline's own. */
function entriesOf(value: object, path: string): [string, unknown][] {
  if (path.endsWith('.variables')) return Object.entries(value).filter(([name]) => name === 'BK_CI_RETRY_COUNT');
  if (!path.endsWith('.buildParameters')) return Object.entries(value);
  const parameters = Object.values(value) as { readonly key: string }[];
  return parameters.filter(({ key }) => key.startsWith('BK_CI_')).map((parameter) => [parameter.key, parameter]);
}

const exchanges = recordedExchanges();
const played = exchanges.filter(({ name }) => entryFor(NOT_PLAYED, name) === undefined);
const named = played.map((exchange) => [exchange.name, exchange] as const);

describe('the stand-in answers as recorded', () => {
  test('nearly every exchange', () => {
    expect({ played: played.length, of: exchanges.length }).toEqual({ played: 170, of: 188 });
  });

  test.each(named)('%s', (_, exchange) => {
    const { status, headers, body } = answerTo(exchange);
    const { response } = exchange;
    expect({ status, type: headers['content-type'], body: shapeOf(body) }).toEqual({
      status: response.status,
      type: response.headers['content-type'],
      body: shapeOf(response.body),
    });
    expect(statusOf(body)).toBe(statusOf(response.body));
  });

  test.each(named)('%s, as the action reads it', async (_, exchange) => {
    const { status, headers, body } = answerTo(exchange);
    const [operation, kind, what] = await readRecording({ ...exchange, response: { status, headers, body } });
    expect([operation, kind, what.replace('Manual trigger', 'manual')]).toEqual(await readRecording(exchange));
  });
});

/** The number that BK-CI gives for what happened. */
function statusOf(body: string): unknown {
  return body.startsWith('{') ? (JSON.parse(body) as { readonly status: unknown }).status : undefined;
}
