/** Why no whole answer came, as a phrase of ours: Node's error codes and the proxy's refusals in words. */
/** How far a request came: `connecting` means that no byte of it reached an established connection. */
export type RequestPhase = 'connecting' | 'sent';

/** No whole answer came. `message` is a phrase of ours: no address, no header, no text of a server. */
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

export function toNetworkError(error: unknown, phase: RequestPhase): NetworkError {
  const cause = firstCause(error);
  const code = typeof cause.code === 'string' ? cause.code : 'UNKNOWN';
  return new NetworkError(phase, code, describeCause(cause, code), error);
}

/** Node tries every address of a host and reports an AggregateError; its first entry says what happened. */
function firstCause(error: unknown): { code?: unknown; message?: unknown } {
  const errors = (error as { errors?: unknown })?.errors;
  return (Array.isArray(errors) && errors.length > 0 ? errors[0] : error) ?? {};
}

function describeCause(cause: { message?: unknown }, code: string): string {
  const proxy = /tunneling socket could not be established, (?:statusCode=(\d+)|cause=)/.exec(String(cause.message));
  if (proxy?.[1]) return `the proxy refused the connection (HTTP ${proxy[1]})`;
  if (proxy) return 'the proxy could not be reached';
  if (isCertificateProblem(code)) return `its certificate is not accepted (${code})`;
  if (code.startsWith('HPE_')) return `the answer is not HTTP (${code})`;
  return PHRASES[code] ?? `connection failed (${code})`;
}

/** OpenSSL's verification results as Node names them; sending again can't heal any. */
export function isCertificateProblem(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|HOSTNAME_MISMATCH/.test(code);
}
