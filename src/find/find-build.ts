/** Which build is meant: by its ids, a link, its number, or the failed BK-CI checks of a commit. */

import type { BuildReader } from '../bkci/client.js';
import type { PastBuild } from '../bkci/decode/decode.js';
import { ActionError, NOTHING_SENT } from '../lib/errors.js';
import type { BuildRef } from '../model/link.js';
import { findByChecks, type SearchOptions, type SearchResult } from './by-checks.js';
import { candidateOf } from './candidate.js';
import type { CommitChecks } from './github-checks.js';

export interface FindBuildOptions extends SearchOptions {
  readonly reader: Pick<BuildReader, 'buildHistory'>;
  readonly cancelled: AbortSignal;
  /** Reads the checks of the commit; only called when nothing else says which build. */
  readonly readChecks: () => Promise<CommitChecks>;
}

/** Throws an ActionError when no build can be told. */
export async function findBuild(search: FindBuildOptions): Promise<SearchResult> {
  const { ids, link, buildNumber } = search.selector;
  const { projectId, pipelineId, buildId } = link ?? ids;
  if (projectId && pipelineId && buildId) return foundBuild({ projectId, pipelineId, buildId }, search);
  if (projectId && pipelineId && buildNumber !== undefined)
    return byNumber(search, { projectId, pipelineId }, buildNumber);
  return findByChecks(search, await search.readChecks());
}

function foundBuild(
  build: BuildRef,
  search: FindBuildOptions,
  { name = build.buildId, how }: { name?: string | undefined; how?: string | undefined } = {},
): SearchResult {
  return {
    kind: 'build',
    build,
    candidates: [candidateOf(build, search.consoleUrl, name)],
    explanation: how,
  };
}

const PAGE_SIZE = 100;
/** Two thousand builds back; whoever wants an older one knows its id. */
const MAX_PAGES = 20;

type Pipeline = Pick<BuildRef, 'projectId' | 'pipelineId'>;

async function byNumber(
  search: FindBuildOptions,
  pipeline: Pipeline,
  wanted: number | 'latest',
): Promise<SearchResult> {
  const pageSize = wanted === 'latest' ? 1 : PAGE_SIZE;
  const seen: number[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const asked = { page, pageSize, ...(wanted === 'latest' ? {} : { number: wanted }) };
    const builds = await readPage(search, pipeline, asked);
    const build = wanted === 'latest' ? builds[0] : builds.find(({ buildNumber }) => buildNumber === wanted);
    if (build) {
      const how = `build ${build.buildId} is ${wanted === 'latest' ? 'the latest, ' : ''}number ${build.buildNumber} of the pipeline`;
      return foundBuild({ ...pipeline, buildId: build.buildId }, search, { name: `#${build.buildNumber}`, how });
    }
    seen.push(...builds.map(({ buildNumber }) => buildNumber));
    const passed = wanted !== 'latest' && builds.some(({ buildNumber }) => buildNumber < wanted);
    if (builds.length < pageSize || passed) break;
  }
  // v4 was asked for this number alone, so nothing else has been seen.
  const known = seen.length > 0 || wanted === 'latest';
  const newest = known ? [] : await readPage(search, pipeline, { page: 1, pageSize: 1 });
  throw noSuchNumber(pipeline, wanted, [...seen, ...newest.map(({ buildNumber }) => buildNumber)]);
}

function readPage(
  { reader, cancelled }: FindBuildOptions,
  pipeline: Pipeline,
  page: { page: number; pageSize: number; number?: number | undefined },
): Promise<readonly PastBuild[]> {
  return reader.buildHistory(pipeline, { ...page, signal: cancelled });
}

function noSuchNumber({ pipelineId }: Pipeline, wanted: number | 'latest', seen: readonly number[]): ActionError {
  const [first, last] = [Math.min(...seen), Math.max(...seen)];
  const range =
    seen.length > 0 ? `Seen: ${first === last ? `build ${first} alone` : `builds ${first} to ${last}`}. ` : '';
  const what = wanted === 'latest' ? 'no build yet' : `no build with the number ${wanted}`;
  return new ActionError('not-found', {
    problem: `Pipeline ${pipelineId} has ${what}`,
    consequence: NOTHING_SENT,
    remedy: `${range}Check buildNumber, pipelineId and projectId.`,
  });
}
