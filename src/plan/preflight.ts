/** Look before the leap: reads the build, shows it, and has a plan decided. Nothing is sent from here. */
import type { Inputs } from '../inputs/inputs.js';
import { ActionError } from '../lib/errors.js';
import { listed } from '../lib/format.js';
import { given } from '../lib/given.js';
import { below, fact } from '../lib/log-line.js';
import { oneLine, quote } from '../lib/sanitize.js';
import { buildName, describeLook } from '../model/describe.js';
import type { Detail } from '../model/detail.js';
import { type BuildRef, buildLink } from '../model/link.js';
import type { Look } from '../model/snapshot.js';
import type { ResendBudget } from '../retry/resend-budget.js';
import type { Scene } from '../run/context.js';
import { type Decision, decide, needsDetail, type Plan, rerunWarning, type Wish } from './decide.js';
import { intentOf } from './describe.js';

export function wishOf({ retry, onlyIfFailed, maxExecuteCount }: Inputs): Wish {
  return { retry, onlyIfFailed, ...given({ maxExecuteCount }) };
}

/** Throws an ActionError when the build can't be retried, can't be read, or may not be read and must be. */
export async function lookAndDecide(scene: Scene, build: BuildRef, budget: ResendBudget): Promise<Decision> {
  const { inputs, client, story } = scene;
  const wish = wishOf(inputs);
  const options = { signal: scene.cancelled };
  const status = await allowed(scene, () => budget.read(() => client.buildStatus(build, options)));
  if ('closed' in status) {
    scene.runner.info(fact('Look', `refused (${refusalOf(status.closed)}), so nothing is known beforehand`));
    return planUnseen(wish, status.closed);
  }
  const look = status.value;
  story.looked(look);
  show(scene, build, look);
  if (!needsDetail(wish, look)) return decide(wish, look, undefined, build.buildId);
  const detail = await allowed(scene, () => budget.read(() => client.buildDetail(build, options)));
  if ('closed' in detail) {
    scene.runner.info(fact('Look', `refused for the plug-ins (${refusalOf(detail.closed)}), so these are not known`));
    return planWithoutDetail(wish, { look, build }, detail.closed);
  }
  return decideWith(scene, { build, look, detail: detail.value, wish });
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
  const wants: [string, boolean][] = [
    ['wait', waiting !== undefined],
    ['onlyIfFailed', onlyIfFailed],
    ['maxExecuteCount', maxExecuteCount !== undefined],
    ['failedContainer without taskId', retry.failedContainer === true && retry.taskId === undefined],
  ];
  return wants.flatMap(([name, wanted]) => (wanted ? [name] : []));
}

type Seen<T> = { readonly value: T } | { readonly closed: ActionError };

/** A read that is refused is passed over where the retry can do without it. */
async function allowed<T>({ inputs }: Scene, read: () => Promise<T>): Promise<Seen<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!(error instanceof ActionError) || !isOnlyClosed(error)) throw error;
    const wanting = needs(inputs);
    const { taskId, skip } = inputs.retry;
    if (wanting.length > 0) {
      const verb = wanting.length === 1 ? 'needs' : 'need';
      throw error.saying(`${listed(wanting)} ${verb} a look at the build, which is refused: ${error.message}`);
    }
    // A job that is to be skipped would be rerun, so with skip a number is no certain id.
    if (taskId !== undefined && !(isCertainId(taskId) || (isJobNumber(taskId) && !skip))) {
      const forms = skip
        ? 'a plug-in (e-…) or a stage (stage-N)'
        : 'a plug-in (e-…), a stage (stage-N) or a job number';
      throw error.saying(
        `Without a look at the build, taskId must be ${forms}, and the look is refused: ${error.message}`,
      );
    }
    return { closed: error };
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

/** The plan as it was asked for, of a build that nobody has seen. */
function planUnseen({ retry }: Wish, closed: ActionError): Plan {
  return {
    kind: 'plan',
    ...intentOf(retry, undefined),
    warnings: [],
    caution: `The build could not be looked at before its retry (${refusalOf(closed)}): had the answer got lost, nothing would tell whether it took effect.${cautionOf(retry)} ${remedyFor(closed)}`,
  };
}

/** Everything about the build itself is still decided; only the part could not be found in it. */
function planWithoutDetail(
  wish: Wish,
  { look, build }: { look: Look; build: BuildRef },
  closed: ActionError,
): Decision {
  const { retry } = wish;
  const decision = decide({ ...wish, retry: {} }, look, undefined, build.buildId);
  if (decision.kind !== 'plan') return decision;
  const name = buildName(look.buildNumber, build.buildId);
  return {
    ...decision,
    ...intentOf(retry, undefined),
    warnings: rerunWarning(look, name, `from ${oneLine(retry.taskId ?? '', 80)} on`),
    caution: `The plug-ins of build ${name} could not be read (${refusalOf(closed)}).${cautionOf(retry)} ${remedyFor(closed)}`,
  };
}

function cautionOf({ taskId }: Wish['retry']): string {
  if (taskId === undefined) return '';
  return ` taskId ${quote(taskId, 80)} could not be checked: BK-CI reruns the whole build if it does not know it.`;
}

function refusalOf({ code, answer }: ActionError): string {
  if (!answer) return code;
  return answer.http < 300 ? "an answer that is not the API's" : `HTTP ${answer.http}`;
}

function remedyFor({ code }: ActionError): string {
  return code === 'forbidden'
    ? 'Give the user the permission VIEW on the pipeline.'
    : 'Check that apiUrl is the address of the OpenAPI.';
}
