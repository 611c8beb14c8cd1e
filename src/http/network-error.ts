/** NetworkError: no complete response was received. Describes Node's error codes and refusals of a proxy in words. */

/** Progress of a request: `connecting` means that no byte of it was sent over an established connection. */
export type RequestPhase = 'connecting' | 'sent';

/** No complete response was received. `message` contains no address but a proxy's, no header and no text from the server. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly phase: RequestPhase;
  /** Node's error code (`ECONNREFUSED`, `CERT_HAS_EXPIRED`, …), `DEADLINE` or `BODY_TOO_LARGE`. */
  readonly code: string;
  /** A proxy's answer to the request for a tunnel. */
  readonly tunnelRefusal: TunnelRefusal | undefined;

  constructor(
    phase: RequestPhase,
    code: string,
    message: string,
    details: { readonly cause?: unknown; readonly tunnelRefusal?: TunnelRefusal | undefined } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.phase = phase;
    this.code = code;
    this.tunnelRefusal = details.tunnelRefusal;
  }
}

export interface TunnelRefusal {
  /** `host:port`. */
  readonly proxy: string;
  readonly status: number;
}

/** The proxy of a request, which either sets up a tunnel to the server or forwards the request. */
interface UsedProxy {
  /** `host:port`. */
  readonly name: string;
  readonly isForwarded: boolean;
}

export function toNetworkError(error: unknown, phase: RequestPhase, proxy?: UsedProxy): NetworkError {
  const cause = firstCause(error);
  const code = typeof cause.code === 'string' ? cause.code : 'UNKNOWN';
  if (!proxy || phase === 'sent') return new NetworkError(phase, code, describeCause(code), { cause: error });
  const { name, isForwarded } = proxy;
  const tunnel = /tunneling socket could not be established, (?:statusCode=(\d+)|cause=)/.exec(String(cause.message));
  if (tunnel?.[1]) {
    const tunnelRefusal = { proxy: name, status: Number(tunnel[1]) };
    const message = `the proxy refused the connection (HTTP ${tunnelRefusal.status})`;
    return new NetworkError(phase, code, message, { cause: error, tunnelRefusal });
  }
  if (isForwarded && isCertificateProblem(code)) {
    return new NetworkError(phase, code, `the certificate of the proxy ${name} is not accepted (${code})`, {
      cause: error,
    });
  }
  const message = tunnel || isForwarded ? `the proxy could not be reached (${name})` : describeCause(code);
  return new NetworkError(phase, code, message, { cause: error });
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

function describeCause(code: string): string {
  if (isCertificateProblem(code)) return `its certificate is not accepted (${code})`;
  if (code.startsWith('HPE_')) return `the answer is not HTTP (${code})`;
  return PHRASES[code] ?? `connection failed (${code})`;
}
