export class ProxyAgent {
  constructor(options?: unknown);
}

export const fetch: typeof globalThis.fetch;
