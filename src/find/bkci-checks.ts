/**
 * Decides which check runs of a commit are those of BK-CI. Pure. Anyone with `checks: write` can write a check run, so
 * all of this must hold: an app wrote it that is not GitHub Actions, and is the one of `checkApp` if that is given; its
 * link leads to the known console; its external id names the build of the link (bk-ci: ScmCheckService); and the ids
 * given as inputs match.
 */

import type { BuildSelector } from '../inputs/inputs.js';
import { type BuildRef, isPathId, parseLink } from '../model/link.js';
import type { CheckRun } from './github-checks.js';

/** What a check run is held against. */
export interface CheckFilter {
  readonly selector: BuildSelector;
  readonly consoleUrl: string | undefined;
}

export interface BkciCheck extends BuildRef {
  readonly run: CheckRun;
  /** Origin of the console that the check leads to. */
  readonly origin: string;
}

/** All check runs that BK-CI wrote, in the order of GitHub. */
export function bkciChecks(checks: readonly CheckRun[], filter: CheckFilter): BkciCheck[] {
  return checks.flatMap((run) => {
    const check = asBkciCheck(run, filter);
    return check ? [check] : [];
  });
}

/** The newest BK-CI check of each pipeline. */
export function newestChecks(checks: readonly CheckRun[], filter: CheckFilter): BkciCheck[] {
  const newest = new Map<string, BkciCheck>();
  for (const check of bkciChecks(checks, filter)) {
    const pipeline = `${check.projectId}/${check.pipelineId}`;
    const previous = newest.get(pipeline);
    if (!previous || isNewer(check.run, previous.run)) newest.set(pipeline, check);
  }
  return [...newest.values()];
}

/**
 * Newest CodeCC checks that have not passed, and whose build can't be told: their link leads to CodeCC, and their
 * external id can be split only where project and pipeline are known.
 */
export function unusedCodeccChecks(checks: readonly CheckRun[], { selector }: CheckFilter): CheckRun[] {
  const { projectId, pipelineId } = selector.ids;
  if (projectId !== undefined && pipelineId !== undefined) return [];
  const newest = new Map<string, CheckRun>();
  for (const run of checks) {
    // `USER_PROJECT_PIPELINE_BUILD`, where user and project may contain `_`.
    const pipeline = run.externalId.slice(0, Math.max(0, run.externalId.lastIndexOf('_')));
    const given = [projectId, pipelineId].filter((id) => id !== undefined);
    if (pipeline.split('_').length < 3 || !given.every((id) => `${pipeline}_`.includes(`_${id}_`))) continue;
    if (!isAppBelieved(run, selector) || codeccOrigin(run) === undefined) continue;
    const previous = newest.get(pipeline);
    if (!previous || isNewer(run, previous)) newest.set(pipeline, run);
  }
  return [...newest.values()].filter((run) => run.status !== 'completed' || run.conclusion !== 'success');
}

function asBkciCheck(run: CheckRun, { selector, consoleUrl }: CheckFilter): BkciCheck | undefined {
  if (!isAppBelieved(run, selector)) return undefined;
  const build = linkedBuild(run, consoleUrl) ?? codeccBuild(run, selector);
  if (!build || ![build.projectId, build.pipelineId, build.buildId].every(isPathId)) return undefined;
  const { projectId = build.projectId, pipelineId = build.pipelineId } = selector.ids;
  return projectId === build.projectId && pipelineId === build.pipelineId ? { ...build, run } : undefined;
}

/** GitHub writes slugs in lower case. Any workflow can write a check as GitHub Actions. */
function isAppBelieved({ app }: CheckRun, { checkApp }: BuildSelector): boolean {
  const slug = app.toLowerCase();
  return slug !== '' && slug !== 'github-actions' && (checkApp === undefined || slug === checkApp.toLowerCase());
}

/** The external id is not split, since user and project may contain `_`, but compared with the build of the link. */
function linkedBuild({ detailsUrl, externalId }: CheckRun, consoleUrl: string | undefined) {
  const link = parseLink(detailsUrl);
  if (!link || (consoleUrl !== undefined && hostOf(link.consoleUrl) !== hostOf(consoleUrl))) return undefined;
  const { projectId, pipelineId, buildId } = link;
  if (!externalId.endsWith(`_${projectId}_${pipelineId}_${buildId}`)) return undefined;
  return { projectId, pipelineId, buildId, origin: new URL(link.consoleUrl).origin };
}

/** CodeCC has a host and links of its own, so the ids given as inputs take the place of the link. */
function codeccBuild(run: CheckRun, { ids: { projectId, pipelineId } }: BuildSelector) {
  const origin = codeccOrigin(run);
  if (origin === undefined || projectId === undefined || pipelineId === undefined) return undefined;
  const middle = `_${projectId}_${pipelineId}_`;
  const at = run.externalId.lastIndexOf(middle);
  const buildId = run.externalId.slice(at + middle.length);
  return at > 0 && !buildId.includes('_') ? { projectId, pipelineId, buildId, origin } : undefined;
}

/** Origin of a link to CodeCC, `…/codecc/PROJECT/task/TASK/detail` (bk-ci: PipelineUrlBeanImpl); undefined for others. */
function codeccOrigin({ detailsUrl }: CheckRun): string | undefined {
  if (!URL.canParse(detailsUrl)) return undefined;
  const { protocol, username, password, pathname, origin } = new URL(detailsUrl);
  const isPlain = /^https?:$/.test(protocol) && username === '' && password === '';
  return isPlain && pathname.includes('/codecc/') ? origin : undefined;
}

/**
 * Host and port, without a default port. BK-CI adds `http://` to a console address that it knows without a scheme
 * (bk-ci: HomeHostUtil), whatever the console itself uses.
 */
function hostOf(address: string): string {
  return new URL(address).host.replace(/:(?:80|443)$/, '');
}

/** ISO 8601 times sort as text; ids of check runs increase, also where a time is missing. */
function isNewer(run: CheckRun, previous: CheckRun): boolean {
  const hasTimes = run.startedAt !== '' && previous.startedAt !== '';
  return hasTimes && run.startedAt !== previous.startedAt ? run.startedAt > previous.startedAt : run.id > previous.id;
}
