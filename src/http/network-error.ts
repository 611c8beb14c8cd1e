/** NetworkError: no complete response was received. Describes Node's error codes and refusals of a proxy in words. */

/** Progress of a request: `connecting` means that no byte of it was sent over an established connection. */
export type RequestPhase = 'connecting' | 'sent';

/** No complete response was received. `message` contains no address, no header and no text from the server. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly phase: RequestPhase;
  /** Node's error code (`ECONNREFUSED`, `CERT_HAS_EXPIRED`, …), `DEADLINE` or `BODY_TOO_LARGE`. */
  readonly code: string;

  constructor(phase: RequestPhase, code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.phase = phase;
    this.code = code;
  }
}

export function toNetworkError(error: unknown, phase: RequestPhase): NetworkError {
  const cause = firstCause(error);
  const code = typeof cause.code === 'string' ? cause.code : 'UNKNOWN';
  return new NetworkError(phase, code, describeCause(cause, code), error);
}

/** Node's codes of OpenSSL's verification errors, which sending the request again can't solve. */
export function isCertificateProblem(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|HOSTNAME_MISMATCH/.test(code);
}

/** Node tries every address of a host and throws an AggregateError, of which the first error is used. */
function firstCause(error: unknown): { code?: unknown; message?: unknown } {
  const errors = (error as { errors?: unknown })?.errors;
  return (Array.isArray(errors) && errors.length > 0 ? errors[0] : error) ?? {};
}

const PHRASES: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'the name server did not answer',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'unknown host',
  EPIPE: 'connection closed while sending',
  ETIMEDOUT: 'connection timed out',
};

function describeCause(cause: { message?: unknown }, code: string): string {
  const proxy = /tunneling socket could not be established, (?:statusCode=(\d+)|cause=)/.exec(String(cause.message));
  if (proxy?.[1]) return `the proxy refused the connection (HTTP ${proxy[1]})`;
  if (proxy) return 'the proxy could not be reached';
  if (isCertificateProblem(code)) return `its certificate is not accepted (${code})`;
  if (code.startsWith('HPE_')) return `the answer is not HTTP (${code})`;
  return PHRASES[code] ?? `connection failed (${code})`;
}
