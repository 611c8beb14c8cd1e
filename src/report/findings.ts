/** Facts → the outputs they tell. Pure. */
import { given } from '../given.js';
import { linkOf } from './headline.js';
import type { Facts } from './outcome.js';
import type { Findings } from './outputs.js';

/** What is known is told; an output that is absent here keeps what it had, one that is undefined loses it. */
export function findingsOf(facts: Facts): Findings {
  const { build, buildNumber, executeCount, accepted, look, candidates, answer } = facts;
  // With a new acceptance, what the one before was answered and how its build stood do not hold any more.
  const retried =
    accepted > 0
      ? { retried: true, attempts: accepted, buildStatus: undefined, status: answer?.status, message: answer?.message }
      : {};
  const buildStatus = look?.status;
  return {
    ...retried,
    ...build,
    ...given({ buildNumber, executeCount, buildUrl: linkOf(facts), buildStatus, candidates }),
  };
}
