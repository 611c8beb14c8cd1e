/** Look before the leap: reads the build, shows it, and has a plan decided. Nothing is sent from here. */

import type { Look } from './bkci/decode.js';
import type { Detail } from './bkci/decode-detail.js';
import { type BuildRef, buildLink } from './bkci/link.js';
import { ActionError } from './errors.js';
import { given } from './given.js';
import type { Inputs } from './inputs.js';
import { intentOf } from './intent.js';
import { type Decision, decide, needsDetail, type Wish } from './plan.js';
import { below, buildName, describeLook, fact } from './report/lines.js';
import type { ResendBudget } from './resending.js';
import type { Scene } from './scene.js';
import { listed, oneLine } from './text.js';

export function wishOf({ retry, onlyIfFailed, maxExecuteCount, waiting }: Inputs): Wish {
  return { retry, onlyIfFailed, wait: waiting !== undefined, ...given({ maxExecuteCount }) };
}

/** Throws an ActionError when the build can't be retried, can't be read, or may not be read and must be. */
export async function lookAndDecide(scene: Scene, build: BuildRef, budget: ResendBudget): Promise<Decision> {
  const { inputs, client, story } = scene;
  const wish = wishOf(inputs);
  const options = { signal: scene.cancelled };
  const look = await allowed(scene, () => budget.read(() => client.buildStatus(build, options)));
  if (!look) return unchecked(wish, undefined);
  story.looked(look);
  show(scene, build, look);
  if (!needsDetail(wish, look)) return decide(wish, look, undefined, build.buildId);
  const detail = await allowed(scene, () => budget.read(() => client.buildDetail(build, options)));
  if (!detail) return unchecked(wish, look, build);
  return decideWith(scene, { build, look, detail, wish });
}

/** Decides about a build that is already seen, and keeps the names its detail tells. */
export function decideWith(
  { story }: Pick<Scene, 'story'>,
  { build, look, detail, wish }: { build: BuildRef; look: Look; detail: Detail | undefined; wish: Wish },
): Decision {
  if (detail) story.named(detail);
  return decide(wish, look, detail, build.buildId);
}

function show({ runner, inputs }: Scene, build: BuildRef, look: Look): void {
  const project = oneLine(build.projectId, 80);
  runner.info(
    fact('Build', `${buildName(look.buildNumber, build.buildId)} in project ${project}: ${describeLook(look)}`),
  );
  if (inputs.consoleUrl !== undefined) runner.info(below(buildLink(inputs.consoleUrl, build)));
}

/** What can't do without the look. */
function needs({ retry, onlyIfFailed, maxExecuteCount, waiting }: Inputs): string[] {
  const failedStage = retry.failedContainer && retry.taskId === undefined;
  const wants: [string, boolean][] = [
    ['wait', waiting !== undefined],
    ['onlyIfFailed', onlyIfFailed],
    ['maxExecuteCount', maxExecuteCount !== undefined],
    ['failedContainer without taskId', failedStage === true],
  ];
  return wants.flatMap(([name, wanted]) => (wanted ? [name] : []));
}

/** A read that is refused is warned about and passed over, as undefined, where the retry can do without it. */
async function allowed<T>({ runner, inputs }: Scene, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ActionError) || !isOnlyClosed(error)) throw error;
    const wanting = needs(inputs);
    const { taskId, skip } = inputs.retry;
    if (wanting.length > 0) throw because(error, `${listed(wanting)} can't do without a look at the build.`);
    // A job that is to be skipped would be rerun, so with skip a number is no certain id.
    if (taskId !== undefined && !(isCertainId(taskId) || (isJobNumber(taskId) && !skip))) {
      const forms = skip
        ? 'a plug-in (e-…) or a stage (stage-N)'
        : 'a plug-in (e-…), a stage (stage-N) or a job number';
      throw because(error, `Without a look at the build, taskId must be ${forms}.`);
    }
    const risk = taskId === undefined ? '' : ' and BK-CI reruns the whole build if it does not know this taskId';
    const remedy =
      error.code === 'forbidden'
        ? 'Give the user the permission VIEW on the pipeline.'
        : 'Check that apiUrl is the address of the OpenAPI.';
    runner.annotate(
      'warning',
      `The build could not be looked at first (${error.answer ? `HTTP ${error.answer.http}` : error.code}). The retry is sent all the same; if its answer gets lost, nothing tells whether it took effect${risk}. ${remedy}`,
    );
    return undefined;
  }
}

/**
 * The reading is closed to us, the retry may not be: no permission, no such route, an answer of another shape. A
 * redirect and a page are somebody's login or guard, and nothing more is sent there.
 */
function isOnlyClosed({ code, answer }: ActionError): boolean {
  if (code === 'forbidden' || code === 'refused') return true;
  const isRedirect = answer !== undefined && answer.http >= 300 && answer.http <= 399;
  return code === 'unexpected-answer' && !isRedirect && !answer?.isPage;
}

function isCertainId(taskId: string): boolean {
  return /^(?:e-.+|stage-\d+)$/.test(taskId);
}

function isJobNumber(taskId: string): boolean {
  return /^\d+$/.test(taskId);
}

function because({ code, message, answer, request }: ActionError, why: string): ActionError {
  return new ActionError(code, `${message} ${why}`, { ...(answer ? { answer } : {}), ...given({ request }) });
}

/** The plan as it was asked for; a running build is still only sent what is safe. */
function unchecked(wish: Wish, look: Look | undefined, build?: BuildRef): Decision {
  if (look && build) {
    // Everything about the build itself is still decided; only the part could not be found in it.
    const decision = decide({ ...wish, retry: {} }, look, undefined, build.buildId);
    if (decision.kind !== 'plan') return decision;
    return { ...decision, ...intentOf(wish.retry, undefined), warnings: [] };
  }
  return { kind: 'plan', ...intentOf(wish.retry, undefined), warnings: [] };
}
