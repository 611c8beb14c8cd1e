/** Runs a test against the stand-in server. */

import { expect } from '@jest/globals';
import { type Standin, type StandinOptions, startStandin } from '../standin/http/server.js';
import { type Ids, idsOf } from '../standin/scenarios/scenario.js';
import type { World } from '../standin/world/world.js';

export interface Server {
  readonly standin: Standin;
  readonly ids: Ids;
  /** What the build in the stand-in went through. */
  effects(): ReturnType<World['effects']>;
}

/** Starts the stand-in, runs `use`, and expects that no request violated the API. */
export async function withStandin<T>(options: StandinOptions, use: (server: Server) => Promise<T>): Promise<T> {
  const standin = await startStandin(options);
  const ids = idsOf(options.world, standin.url);
  try {
    const result = await use({ standin, ids, effects: () => options.world.effects(ids.buildId) });
    expect(standin.problems).toEqual([]);
    return result;
  } finally {
    await standin.close();
  }
}
