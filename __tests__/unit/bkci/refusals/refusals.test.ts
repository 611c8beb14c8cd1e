import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../../../src/lib/errors.js';
import { answer, no } from '../../../support/bkci.js';
import { explain, REQUEST } from '../../../support/request-info.js';

/** Every status that a retry, a read or a stop can get (bk-ci: ProcessMessageCode.kt, CommonMessageCode.kt). */
const STATUSES: readonly (readonly [status: number, code: ErrorCode, http?: number])[] = [
  [2100001, 'refused'],
  [2100002, 'refused'],
  [2100006, 'forbidden'],
  [2100013, 'refused'],
  [2100014, 'refused'],
  [2100016, 'unauthorized', 401],
  [2100122, 'forbidden'],
  [2100124, 'forbidden'],
  [2101008, 'forbidden', 403],
  [2101008, 'forbidden', 400],
  [2101020, 'refused'],
  [2101021, 'refused'],
  [2101038, 'not-found', 404],
  [2101039, 'refused'],
  [2101047, 'refused'],
  [2101049, 'refused'],
  [2101058, 'not-found'],
  [2101080, 'refused'],
  [2101081, 'refused'],
  [2101100, 'not-found', 404],
  [2101110, 'task-unknown'],
  [2101114, 'task-unknown'],
  [2101129, 'already-running'],
  [2101139, 'refused'],
  [2101163, 'not-found', 404],
  [2101164, 'not-found', 404],
  [2101174, 'forbidden', 403],
  [2101182, 'refused'],
  [2101184, 'not-found', 404],
  [2101221, 'task-unknown'],
  [2101258, 'refused'],
  [2101273, 'task-unknown'],
  [2101274, 'refused'],
  [2101277, 'task-unknown'],
  [2101500, 'forbidden'],
  [2101901, 'already-running'],
  [2112005, 'unauthorized'],
  [2101084, 'refused'],
  [2101115, 'refused'],
  [2101233, 'refused'],
];

describe('a refusal with a status of BK-CI', () => {
  test.each(STATUSES.map(([status, code, http = 400]) => ({ status, code, http })))(
    '$status (HTTP $http) is $code, with status, message and consequence',
    ({ status, code, http }) => {
      const error = explain(no(status, '流水线锁定', http));
      expect(error.code).toBe(code);
      expect(error.message).toContain(`(${status} “流水线锁定”)`);
      expect(error.message).toContain('; nothing was retried');
      expect(error.message).toMatch(/\.$/);
      expect({ request: error.request, status: error.response?.status }).toEqual({ request: REQUEST.request, status });
    },
  );

  test('has its own text, except for these statuses', () => {
    const generic = STATUSES.filter(([status, , http]) =>
      explain(no(status, 'm', http)).message.includes('Ask the people who run this BK-CI'),
    );
    expect(generic.map(([status]) => status)).toEqual([
      2100001, 2100002, 2100013, 2100014, 2101021, 2101139, 2101182, 2101084, 2101115, 2101233,
    ]);
  });

  test('401, 403 and 404 are recognised in the body as well', () => {
    expect([explain(no(403)).code, explain(no(404)).code, explain(no(401)).code]).toEqual([
      'forbidden',
      'unexpected-answer',
      'unauthorized',
    ]);
  });

  test('2100002 is already-running only if the message names the parameter of a running build', () => {
    const error = explain(no(2100002, 'Parameter BK_CI_RETRY_TASK_IN_STAGE_ID cannot be empty'));
    expect(error.code).toBe('already-running');
  });

  test('shows the status alone without a message, and the HTTP status without both', () => {
    expect(explain(no(2101047)).message).toContain('(2101047)');
    expect(explain(answer('{}', { http: 418 })).message).toContain('(HTTP 418)');
  });
});
