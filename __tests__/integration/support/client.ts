import { Client } from '../../../src/bkci/client.js';
import { type Credentials, parseApi } from '../../../src/bkci/endpoints.js';
import { createHttp } from '../../../src/http/http.js';
import type { Clock } from '../../../src/lib/clock.js';
import { fastClock } from './fast-clock.js';

export interface ClientOptions {
  readonly credentials?: Credentials;
  readonly headers?: Readonly<Record<string, string>>;
  readonly channelCode?: string;
  readonly clock?: Clock;
}

/** The client of the action for an address, with real sockets. */
export function clientOf(url: string, options: ClientOptions = {}): Client {
  const { clock = fastClock(), credentials = { username: 'ci-bot' }, headers = {}, ...rest } = options;
  const api = parseApi(new URL(url));
  if (!api) throw new Error(`not an API address: ${url}`);
  return new Client(createHttp('retry-bk-ci-build/0.0.0', clock), { api, credentials, headers, ...rest });
}
