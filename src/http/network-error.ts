/** NetworkError: no complete response was received. Describes Node's error codes and refusals of a proxy in words. */

/** Progress of a request: `connecting` means that no byte of it was sent over an established connection. */
export type RequestPhase = 'connecting' | 'sent';

/** No complete response was received. `message` contains no address but a proxy's, no header and no text from the server. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly phase: RequestPhase;
  /**
   * Node's error code (`ECONNREFUSED`, `CERT_HAS_EXPIRED`, `ERR_SSL_WRONG_VERSION_NUMBER`, …), `DEADLINE`,
   * `BODY_TOO_LARGE`, `UNDECODABLE`, `UNKNOWN_ENCODING` or `BAD_PROXY`.
   */
  readonly code: string;
  /** What to do, where the code tells. */
  readonly remedy: string | undefined;
  /** A proxy's answer to the request for a tunnel. */
  readonly tunnelRefusal: TunnelRefusal | undefined;

  constructor(
    phase: RequestPhase,
    code: string,
    message: string,
    details: {
      readonly cause?: unknown;
      readonly remedy?: string | undefined;
      readonly tunnelRefusal?: TunnelRefusal | undefined;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.phase = phase;
    this.code = code;
    this.remedy = details.remedy;
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
  /** The environment variable that names it. */
  readonly variable: string;
}

export function toNetworkError(error: unknown, phase: RequestPhase, proxy?: UsedProxy): NetworkError {
  const cause = firstCause(error);
  const code = codeOf(cause);
  const trouble = (problem: string, remedy?: string) =>
    new NetworkError(phase, code, problem, { cause: error, remedy });
  const { problem, remedy } = explain(code, undefined, 'apiUrl');
  if (!proxy) return trouble(problem, remedy);
  const { name, isForwarded, variable } = proxy;
  if (phase === 'sent') return isForwarded ? trouble(problem) : trouble(problem, remedy);
  const tunnel = /tunneling socket could not be established, (?:statusCode=(\d+)|cause=)/.exec(String(cause.message));
  if (tunnel?.[1]) {
    const tunnelRefusal = { proxy: name, status: Number(tunnel[1]) };
    const message = `the proxy refused the connection (HTTP ${tunnelRefusal.status})`;
    return new NetworkError(phase, code, message, { cause: error, tunnelRefusal });
  }
  if (!tunnel && !isForwarded) return trouble(problem, remedy);
  const proxys = explain(code, `the proxy ${name}`, variable);
  return isPermanent(code)
    ? trouble(proxys.problem, proxys.remedy)
    : trouble(`the proxy could not be reached (${name})`);
}

/** Node's code; for an error of OpenSSL that Node reports as EPROTO or in a tunnel's words, the one that it names. */
function codeOf({ code, message }: { code?: unknown; message?: unknown }): string {
  const [, reason] = /SSL routines:[^:]{0,100}:([^:\n]{1,100}):/.exec(String(message)) ?? [];
  if (reason !== undefined) return `ERR_SSL_${reason.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

/** Node's codes of OpenSSL's verification errors. `ERR_SSL_…CERTIFICATE…` is the server's word on ours. */
function isCertificateProblem(code: string): boolean {
  return (
    !code.startsWith('ERR_SSL_') &&
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|HOSTNAME_MISMATCH/.test(code)
  );
}

/** An alert of the server's own trouble, or of a damaged connection. */
const PASSING_TLS = /UNEXPECTED_EOF|INTERNAL_ERROR|BAD_RECORD_MAC|USER_CANCELL?ED|CLOSE_NOTIFY/;

/** Whether sending the request again is pointless: nothing of it depends on the moment. */
export function isPermanent(code: string): boolean {
  const isTls = code.startsWith('ERR_SSL_') && !PASSING_TLS.test(code);
  return isTls || isCertificateProblem(code) || code === 'BAD_PROXY';
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

interface Explanation {
  readonly problem: string;
  readonly remedy?: string;
}

/**
 * @param proxy the proxy, if the failure is not one of the server itself.
 * @param setting where the address of either is set: an input or an environment variable.
 */
function explain(code: string, proxy: string | undefined, setting: string): Explanation {
  if (isCertificateProblem(code)) return explainCertificate(code, proxy, setting);
  if (code.startsWith('ERR_SSL_')) return explainTls(code, proxy, setting);
  if (code.startsWith('HPE_')) return { problem: `the answer is not HTTP (${code})` };
  return { problem: PHRASES[code] ?? `connection failed (${code})` };
}

function explainCertificate(code: string, proxy: string | undefined, setting: string): Explanation {
  const whose = proxy === undefined ? 'its certificate' : `the certificate of ${proxy}`;
  const problem = `${whose} is not accepted (${code})`;
  if (/ALTNAME|HOSTNAME/.test(code)) {
    return { problem, remedy: `The host name in ${setting} must be one that the certificate is for.` };
  }
  if (/EXPIRED|NOT_YET_VALID|REVOKED/.test(code)) {
    return { problem, remedy: 'Ask the people who run it for a valid one, and check the clock of this runner.' };
  }
  return {
    problem,
    remedy: 'For a private CA, set NODE_EXTRA_CA_CERTS in env: of the step to the file of its certificate.',
  };
}

/** OpenSSL: ssl/ssl_err.c, and the alerts of RFC 8446 §6.2 that a peer answers with. */
function explainTls(code: string, proxy: string | undefined, setting: string): Explanation {
  const peer = proxy ?? 'the server';
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|RECORD_TYPE|UNKNOWN_PROTOCOL|UNEXPECTED_MESSAGE/.test(code)) {
    return {
      problem: `${proxy ?? 'this port'} does not speak TLS`,
      remedy: `Use http:// in ${setting}, or the port that speaks it.`,
    };
  }
  if (/PROTOCOL|VERSION|INAPPROPRIATE_FALLBACK/.test(code)) {
    return {
      problem: `${peer} speaks no version of TLS that this runner accepts (${code})`,
      remedy: 'Ask the people who run it to allow TLS 1.2 or a newer version.',
    };
  }
  if (/CERTIFICATE|UNKNOWN_CA/.test(code)) {
    return {
      problem: `${peer} asks for a client certificate (${code})`,
      remedy: `This action has none to show: use an address in ${setting} that asks for none.`,
    };
  }
  return {
    problem: `${peer} and this runner could not agree on TLS (${code})`,
    remedy: 'Ask the people who run it for its TLS settings, and whether it asks for a client certificate.',
  };
}
