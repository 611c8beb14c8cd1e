/** A proxy for plain http: how a request is addressed to it, and which answers are its own. */

import { isIP } from 'node:net';
import { urlToHttpOptions } from 'node:url';

/** Of a proxy's address nothing else is shown, since it may contain a password. */
export function hostAndPort({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}

/** The environment variable that names the proxy for an address; the library reads it in upper case as well. */
export function variableOf({ protocol }: URL): string {
  return protocol === 'https:' ? 'https_proxy' : 'http_proxy';
}

/**
 * Options of a request with the whole address in its first line (RFC 9112 §3.2.2). A tunnel would not do for plain http:
 * Squid's shipped rules allow CONNECT to port 443 only (squid.conf.documented: `http_access deny CONNECT !SSL_ports`).
 */
export function absoluteForm(proxy: URL, target: URL) {
  const { port } = urlToHttpOptions(proxy);
  const hostname = proxy.hostname.replace(/^\[|\]$/g, '');
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return {
    protocol: proxy.protocol === 'https:' ? 'https:' : 'http:',
    hostname,
    port,
    // Node would take it from the header `host`, which is the target's.
    servername: isIP(hostname) ? '' : hostname,
    path: `${target.origin}${target.pathname}${target.search}`,
    headers: {
      host: target.host,
      ...(user === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` }),
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly proxy?: string | undefined;
}

/**
 * The proxy that wrote an answer itself, as `host:port`, or '' if it is not one of ours; undefined if the answer comes
 * from the server. 407 and its header belong to proxies (RFC 9110 §15.5.8). Squid marks its error pages; tinyproxy has
 * its name in `Server`. Both pass a server's page on with `Via`, so a page with `Via` may be either's, unless its status
 * is one that only a server has a use for.
 */
export function answeringProxy({ status, headers, proxy, body }: Answer): string | undefined {
  if (status < 400) return undefined;
  const isMarked = status === 407 || headers['x-squid-error'] !== undefined;
  const isPage = proxy !== undefined && /^\s*<[a-z!?]/i.test(body);
  const mayBeProxys = headers.via !== undefined && (status === 403 || status >= 500);
  const isNamed = /^(?:tinyproxy|squid)\b/i.test(String(headers.server));
  return isMarked || (isPage && (mayBeProxys || isNamed)) ? (proxy ?? '') : undefined;
}
