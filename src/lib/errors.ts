/**
 * ActionError, its closed set of codes, and the result each code ends the step with.
 *
 * An ActionError is something the step could not do or could not learn. What it *knows* (the build failed, time ran
 * out) is an Outcome and never travels as an exception.
 */
/** How a step ends, as told in the output `result`. */
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

/** Every code an error of ours can have, and the `result` it becomes. */
export const RESULT_OF_CODE = {
  'input-invalid': 'error',
  'not-found': 'refused',
  ambiguous: 'error',
  'already-running': 'refused',
  'too-many-executions': 'refused',
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

/** What of an HTTP answer may be shown to people: numbers, the server's words, the request's id. */
export interface ResponseInfo {
  readonly http: number;
  /** `status` of BK-CI or `code` of the API gateway, when the answer had one. */
  readonly status?: number | undefined;
  /** The server's own words, as they came: sanitise before showing. */
  readonly message?: string | undefined;
  /** A web page that is no error of the server's own: a login, or somebody who guards the API. */
  readonly isPage?: boolean | undefined;
  /** `X-DEVOPS-RID` or `X-Bkapi-Request-ID`, worth quoting to the server's operators. */
  readonly requestId?: string | undefined;
}

export interface ErrorDetails {
  readonly cause?: unknown;
  /** The answer that led to the error, for the log and the outputs `status` and `message`. */
  readonly response?: ResponseInfo | undefined;
  /** The retry may have taken effect all the same. */
  readonly leavesDoubt?: boolean | undefined;
  /** The request it answered, as `METHOD address` without credentials. */
  readonly request?: string | undefined;
}

/** What an error says, in parts, so that each can be shown on its own. Text of a server in it is sanitised. */
export interface ErrorText {
  /** What was tried, on what, and what came back; a clause without its full stop. */
  readonly problem: string;
  /** What that means for the run: `NOTHING_SENT` and the like. */
  readonly consequence?: string | undefined;
  /** What to do, in whole sentences; before a list, a clause that leads to it. */
  readonly remedy?: string | undefined;
  /** What is to be mended or to be chosen from, one line each. */
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

  constructor(code: ErrorCode, text: ErrorText, details: ErrorDetails = {}) {
    super(joined(text), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.text = text;
    this.response = details.response;
    this.request = details.request;
    this.leavesDoubt = details.leavesDoubt ?? false;
  }

  /** The same error with some parts of its text replaced. */
  with(text: Partial<ErrorText>): ActionError {
    const { response, request, leavesDoubt } = this;
    return new ActionError(this.code, { ...this.text, ...text }, { cause: this, response, request, leavesDoubt });
  }
}

/** `Problem; consequence. Remedy.`, and the list below it. */
function joined({ problem, consequence, remedy, list }: ErrorText): string {
  const head = consequence === undefined ? problem : `${problem}; ${consequence}`;
  const lines = list === undefined ? '' : `:\n${list.map((line) => `  ${line}`).join('\n')}`;
  return remedy === undefined ? `${head}${lines || '.'}` : `${head}. ${remedy}${lines}`;
}

/** Whatever was thrown, as an error of ours: what is not one is a defect of this action. */
export function asActionError(error: unknown): ActionError {
  if (error instanceof ActionError) return error;
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const problem = `This action has a defect (${words.slice(0, 500)})`;
  return new ActionError('bug', { problem, remedy: 'Please report it with the lines above.' }, { cause: error });
}
