/**
 * ActionError: its codes, the result of the step for each code, and its text.
 *
 * An ActionError is thrown when the step could not do something or could not find something out. What the step knows
 * (the build failed, the time is used up) is returned as an Outcome and never thrown.
 */

import { mapTexts, type Redact } from './sanitize.js';

/** How a step ended: the output `result`. */
export type Result =
  | 'retried'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'timed-out'
  | 'stopped'
  | 'aborted'
  | 'not-needed'
  | 'found'
  | 'refused'
  | 'error';

/** Every code of an ActionError, and the `result` of the step that ends with it. */
export const RESULT_OF_CODE = {
  'input-invalid': 'error',
  'not-found': 'refused',
  ambiguous: 'error',
  'already-running': 'refused',
  'too-many-executions': 'refused',
  'not-retryable': 'refused',
  'task-unknown': 'refused',
  unauthorized: 'error',
  forbidden: 'refused',
  refused: 'refused',
  'not-delivered': 'error',
  'answer-lost': 'error',
  'unexpected-answer': 'error',
  bug: 'error',
} as const satisfies Record<string, Result>;

export type ErrorCode = keyof typeof RESULT_OF_CODE;

/** What may be shown of an HTTP response: status codes, the server's message, the request id. */
export interface ResponseInfo {
  readonly http: number;
  /** `status` of BK-CI or `code` of the API gateway, if the response has one. */
  readonly status?: number | undefined;
  /** The server's message as received: sanitise it before showing it. */
  readonly message?: string | undefined;
  /** Milliseconds to wait before the next request, by Retry-After. */
  readonly retryAfterMs?: number | undefined;
  /** `X-DEVOPS-RID` or `X-Bkapi-Request-ID`, which the server's operators can look up. */
  readonly requestId?: string | undefined;
}

export interface ErrorDetails {
  /** A read after the refusal of the retry shows that a new execution of the build runs. */
  readonly buildRuns?: boolean | undefined;
  readonly cause?: unknown;
  /** The response that caused the error, for the log and the outputs `status` and `message`. */
  readonly response?: ResponseInfo | undefined;
  /** The retry may have taken effect in spite of the error. */
  readonly leavesDoubt?: boolean | undefined;
  /** The request of that response, as `METHOD address` without credentials. */
  readonly request?: string | undefined;
}

/** The text of an error in parts, so that each can be shown separately. Text from the server is already sanitised. */
export interface ErrorText {
  /** What was tried, on what, and what the result was; a clause without a full stop. */
  readonly problem: string;
  /** What that means for the build, such as `NOTHING_SENT`. */
  readonly consequence?: string | undefined;
  /** What to do, in whole sentences; before a list, a clause that introduces it. */
  readonly remedy?: string | undefined;
  /** What to correct, or what to choose from, one line each. */
  readonly list?: readonly string[] | undefined;
}

export const NOTHING_SENT = 'nothing was sent';

export class ActionError extends Error {
  override readonly name = 'ActionError';
  readonly code: ErrorCode;
  readonly text: ErrorText;
  readonly response: ResponseInfo | undefined;
  readonly request: string | undefined;
  readonly leavesDoubt: boolean;
  readonly buildRuns: boolean;

  constructor(code: ErrorCode, text: ErrorText, details: ErrorDetails = {}) {
    super(messageOf(text), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.text = text;
    this.response = details.response;
    this.request = details.request;
    this.leavesDoubt = details.leavesDoubt ?? false;
    this.buildRuns = details.buildRuns ?? false;
  }

  /** The same error without secrets in its text, which may be cut and escaped then. */
  redacted(redact: Redact): ActionError {
    return this.with(mapTexts(this.text, redact));
  }

  /** The same error with some parts of its text replaced. */
  with(text: Partial<ErrorText>): ActionError {
    const { response, request, leavesDoubt, buildRuns } = this;
    return new ActionError(
      this.code,
      { ...this.text, ...text },
      { cause: this, response, request, leavesDoubt, buildRuns },
    );
  }
}

/** Returns an ActionError as it is, and turns anything else that was thrown into one with the code `bug`. */
export function asActionError(error: unknown): ActionError {
  if (error instanceof ActionError) return error;
  const thrown = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const problem = `This action has a defect (${thrown})`;
  return new ActionError('bug', { problem, remedy: 'Please report it with the lines above.' }, { cause: error });
}

/** `Problem; consequence. Remedy.`, followed by the list. */
function messageOf({ problem, consequence, remedy, list }: ErrorText): string {
  const head = consequence === undefined ? problem : `${problem}; ${consequence}`;
  const lines = list === undefined ? '' : `:\n${list.map((line) => `  ${line}`).join('\n')}`;
  return remedy === undefined ? `${head}${lines || '.'}` : `${head}. ${remedy}${lines}`;
}
