/** The plan for one more attempt, on a fresh look: somebody else may have retried the build since it ended. */

import { ActionError } from '../lib/errors.js';
import { oneLine } from '../lib/sanitize.js';
import { describeLook } from '../model/describe.js';
import { movedSince } from '../model/execution.js';
import type { BuildRef } from '../model/link.js';
import type { Look } from '../model/snapshot.js';
import { needsDetail, type Plan } from '../plan/decide.js';
import { decideWith, wishOf } from '../plan/preflight.js';
import { ResendBudget } from '../retry/resend-budget.js';
import type { Scene } from './context.js';

/**
 * The same wish again; the failed stage of failedContainer is looked up anew. Throws what ends the attempts.
 *
 * @param latest nothing of it is sent again after this moment, on the step's clock.
 */
export async function nextPlan(
  scene: Scene,
  build: BuildRef,
  { ended, latest }: { ended: Look; latest: number },
): Promise<{ plan: Plan; budget: ResendBudget }> {
  const { client, inputs } = scene;
  const budget = new ResendBudget(scene, latest);
  const options = { signal: scene.cancelled, consequence: 'the build was not retried again' };
  const look = await budget.read(() => client.buildStatus(build, options));
  if (movedSince(ended, look)) {
    const by = look.startedBy === undefined ? 'somebody else' : oneLine(look.startedBy, 80);
    throw new ActionError('already-running', `${by} has retried it meanwhile (${describeLook(look)})`);
  }
  const wish = { ...wishOf(inputs), onlyIfFailed: false, again: true };
  const detail = needsDetail(wish, look) ? await budget.read(() => client.buildDetail(build, options)) : undefined;
  const decision = decideWith(scene, { build, look, detail, wish });
  if (decision.kind !== 'plan') throw new Error(`a failed build was decided as ${decision.kind}`);
  return { plan: decision, budget };
}
