/** Which build is meant: by its ids, a link, its number, or the failed BK-CI checks of a commit. */

import type { Client } from './bkci/client.js';
import { type BuildRef, buildLink, type ConsoleLink, isPathId, parseLink } from './bkci/link.js';
import { ActionError } from './errors.js';
import type { CheckRun, CommitChecks } from './github/checks.js';
import { given } from './given.js';
import type { Where } from './inputs.js';
import type { Candidate } from './report/outputs.js';
import type { ResendBudget } from './resending.js';
import { listed, oneLine, quote } from './text.js';

export type Located =
  | {
      readonly kind: 'build';
      readonly build: BuildRef;
      readonly candidates: readonly Candidate[];
      readonly how?: string;
    }
  | { readonly kind: 'several'; readonly candidates: readonly Candidate[]; readonly where: string }
  | { readonly kind: 'none'; readonly why: string };

export interface Search {
  readonly where: Where;
  readonly client: Client;
  readonly budget: ResendBudget;
  readonly consoleUrl: string | undefined;
  readonly onlyIfFailed: boolean;
  readonly cancelled: AbortSignal;
  /** Reads the checks of the commit; only called when nothing else says which build. */
  readonly readChecks: () => Promise<CommitChecks>;
}

/** Throws an ActionError when no build can be told. */
export async function locate(search: Search): Promise<Located> {
  const { ids, link, buildNumber } = search.where;
  const { projectId, pipelineId, buildId } = link ?? ids;
  if (projectId && pipelineId && buildId) return found({ projectId, pipelineId, buildId }, search);
  if (projectId && pipelineId && buildNumber !== undefined)
    return byNumber(search, { projectId, pipelineId }, buildNumber);
  return byChecks(
    search,
    await search.budget.read(search.readChecks, { request: 'The search for checks', consequence: 'nothing was sent' }),
  );
}

function candidate(build: BuildRef, { consoleUrl }: Search, name: string): Candidate {
  return { ...build, buildUrl: consoleUrl === undefined ? '' : buildLink(consoleUrl, build), name: oneLine(name, 200) };
}

function found(
  build: BuildRef,
  search: Search,
  { name = build.buildId, how }: { name?: string; how?: string } = {},
): Located {
  return { kind: 'build', build, candidates: [candidate(build, search, name)], ...given({ how }) };
}

const PAGE_SIZE = 100;
/** Two thousand builds back; whoever wants an older one knows its id. */
const MAX_PAGES = 20;

type Pipeline = Pick<BuildRef, 'projectId' | 'pipelineId'>;

async function byNumber(search: Search, pipeline: Pipeline, wanted: number | 'latest'): Promise<Located> {
  const { client, budget } = search;
  const request = client.describe('history', pipeline);
  const pageSize = wanted === 'latest' ? 1 : PAGE_SIZE;
  const seen: number[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const asked = { page, pageSize, signal: search.cancelled, ...(wanted === 'latest' ? {} : { number: wanted }) };
    const { builds } = await budget.read(() => client.buildHistory(pipeline, asked), {
      request,
      consequence: 'nothing was sent',
    });
    const build = wanted === 'latest' ? builds[0] : builds.find(({ buildNumber }) => buildNumber === wanted);
    if (build) {
      const how = `build ${build.buildId} is ${wanted === 'latest' ? 'the latest, ' : ''}number ${build.buildNumber} of the pipeline`;
      return found({ ...pipeline, buildId: build.buildId }, search, { name: `#${build.buildNumber}`, how });
    }
    seen.push(...builds.map(({ buildNumber }) => buildNumber));
    const passed = wanted !== 'latest' && builds.some(({ buildNumber }) => buildNumber < wanted);
    if (builds.length < pageSize || passed) break;
  }
  throw noSuchNumber(pipeline, wanted, seen);
}

function noSuchNumber({ pipelineId }: Pipeline, wanted: number | 'latest', seen: readonly number[]): ActionError {
  const range = seen.length > 0 ? ` Builds that were seen: ${Math.min(...seen)} to ${Math.max(...seen)}.` : '';
  const what = wanted === 'latest' ? 'no build yet' : `no build with the number ${wanted}`;
  return new ActionError(
    'not-found',
    `Pipeline ${pipelineId} has ${what}; nothing was sent.${range} Check buildNumber, pipelineId and projectId.`,
  );
}

interface BkciCheck extends ConsoleLink {
  readonly run: CheckRun;
}

/** One entry for each pipeline: its newest check. Pure. */
export function newestChecks(checks: readonly CheckRun[], search: Pick<Search, 'where' | 'consoleUrl'>): BkciCheck[] {
  const newest = new Map<string, BkciCheck>();
  for (const run of checks) {
    const check = believed(run, search);
    if (!check) continue;
    const pipeline = `${check.projectId}/${check.pipelineId}`;
    const other = newest.get(pipeline);
    if (!other || isNewer(run, other.run)) newest.set(pipeline, check);
  }
  return [...newest.values()];
}

/**
 * Anyone with `checks: write` can write a check run. One is BK-CI's when no workflow wrote it, its link leads to the
 * known console, its external id tells the same build (bk-ci: ScmCheckService; user and project may hold `_`, so the id
 * can't be split), and given ids agree.
 */
function believed(run: CheckRun, { where, consoleUrl }: Pick<Search, 'where' | 'consoleUrl'>): BkciCheck | undefined {
  const link = parseLink(run.detailsUrl);
  if (!link || run.app === 'github-actions') return undefined;
  if (![link.projectId, link.pipelineId, link.buildId].every(isPathId)) return undefined;
  if (consoleUrl !== undefined && new URL(link.consoleUrl).origin !== new URL(consoleUrl).origin) return undefined;
  if (!run.externalId.endsWith(`_${link.projectId}_${link.pipelineId}_${link.buildId}`)) return undefined;
  const { projectId = link.projectId, pipelineId = link.pipelineId } = where.ids;
  return projectId === link.projectId && pipelineId === link.pipelineId ? { ...link, run } : undefined;
}

/** Times as ISO text compare as text; ids only grow. */
function isNewer(run: CheckRun, other: CheckRun): boolean {
  return run.startedAt === other.startedAt ? run.id > other.id : run.startedAt > other.startedAt;
}

function byChecks(search: Search, { ref, checks }: CommitChecks): Located {
  const newest = newestChecks(checks, search);
  const failed = newest.filter(({ run }) => run.status === 'completed' && run.conclusion === 'failure');
  const commit = /^[0-9a-f]{40}$/.test(ref) ? `commit ${ref.slice(0, 10)}` : oneLine(ref, 80);
  const [only] = failed;
  if (!only) return noneFailed(search, { newest, commit, checks });
  const candidates = failed.map((check) => candidate(ref3(check), search, check.run.name));
  if (failed.length > 1) return { kind: 'several', candidates, where: commit };
  return {
    kind: 'build',
    build: ref3(only),
    candidates,
    how: `check ${quote(only.run.name, 120)} of ${commit} failed: build ${only.buildId}`,
  };
}

function ref3({ projectId, pipelineId, buildId }: BkciCheck): BuildRef {
  return { projectId, pipelineId, buildId };
}

function noneFailed(
  search: Search,
  { newest, commit, checks }: { newest: readonly BkciCheck[]; commit: string; checks: readonly CheckRun[] },
): Located {
  const { onlyIfFailed, where } = search;
  const total = checks.length;
  const running = newest.filter(({ run }) => run.status !== 'completed').length;
  const passed = newest.filter(({ run }) => run.conclusion === 'success').length;
  const counts = `${passed} passed, ${running} still ${running === 1 ? 'runs' : 'run'}`;
  if (onlyIfFailed && newest.length > 0)
    return { kind: 'none', why: `no BK-CI check of ${commit} has failed (${counts})` };
  const fence = Object.entries(where.ids).map(([name, id]) => `${name} ${id}`);
  const narrowed = fence.length > 0 ? ` with ${listed(fence)}` : '';
  const seen = `${total} check ${total === 1 ? 'run' : 'runs'} seen, ${newest.length} of BK-CI${narrowed}: ${counts}`;
  throw new ActionError(
    'not-found',
    `No failed BK-CI check was found at ${commit} (${seen}); nothing was sent.${elsewhere(checks, search)} Give buildUrl or buildId, or set onlyIfFailed: true to do nothing when all is green.`,
  );
}

/** The console may have another host than the API: then the checks of BK-CI look foreign. */
function elsewhere(checks: readonly CheckRun[], { where, consoleUrl }: Search): string {
  if (consoleUrl === undefined) return '';
  const known = newestChecks(checks, { where, consoleUrl });
  const foreign = newestChecks(checks, { where, consoleUrl: undefined }).filter(
    ({ run }) => !known.some((check) => check.run === run),
  );
  if (foreign.length === 0) return '';
  const hosts = [...new Set(foreign.map((check) => quote(new URL(check.consoleUrl).origin, 80)))].slice(0, 3);
  return ` ${foreign.length} more point to ${listed(hosts)} instead of ${consoleUrl}: set consoleUrl if that is your BK-CI's.`;
}

/** The error for several candidates, when one is needed. */
export function ambiguous({ candidates, where }: Extract<Located, { kind: 'several' }>): ActionError {
  const lines = candidates.slice(0, 20).map(({ name, buildUrl, projectId, pipelineId, buildId }) => {
    return `  ${quote(name, 100)}: ${buildUrl || `${projectId} / ${pipelineId} / ${buildId}`}`;
  });
  return new ActionError(
    'ambiguous',
    `${candidates.length} BK-CI checks of ${where} have failed, and one build is retried at a time; nothing was sent. Give pipelineId or buildUrl, or run a matrix over the output candidates:\n${lines.join('\n')}`,
  );
}
