import { expect } from '@jest/globals';
import { type Standin, type StandinOptions, startStandin } from '../standin/http/server.js';
import { type Ids, idsOf } from '../standin/scenarios/scenario.js';
import type { World } from '../standin/world/world.js';

export interface Server {
  readonly standin: Standin;
  readonly ids: Ids;
  /** What really happened to that build. */
  effects(): ReturnType<World['effects']>;
}

/** Gives a BK-CI to `use`, and expects that nothing went against the letter of its API. */
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
