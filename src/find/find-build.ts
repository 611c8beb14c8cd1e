/** Finds the build to retry: by its ids, a link, its number, or the failed BK-CI checks of a commit. */

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
  /** Reads the checks of the commit. Called only when no input selects the build. */
  readonly readChecks: () => Promise<CommitChecks>;
}

/** Throws an ActionError when no build is found. */
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
  { name = build.buildId, explanation }: { name?: string | undefined; explanation?: string | undefined } = {},
): SearchResult {
  return {
    kind: 'build',
    build,
    candidates: [candidateOf(build, search.consoleUrl, name)],
    explanation,
  };
}

const PAGE_SIZE = 100;
/** Limits the search to the newest 2000 builds; older ones are found by their id. */
const MAX_PAGES = 20;

type Pipeline = Pick<BuildRef, 'projectId' | 'pipelineId'>;

async function byNumber(
  search: FindBuildOptions,
  pipeline: Pipeline,
  wanted: number | 'latest',
): Promise<SearchResult> {
  const pageSize = wanted === 'latest' ? 1 : PAGE_SIZE;
  const numbers: number[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const query = { page, pageSize, ...(wanted === 'latest' ? {} : { number: wanted }) };
    const builds = await readPage(search, pipeline, query);
    const build = wanted === 'latest' ? builds[0] : builds.find(({ buildNumber }) => buildNumber === wanted);
    if (build) {
      const explanation = `build ${build.buildId} is ${wanted === 'latest' ? 'the latest, ' : ''}number ${build.buildNumber} of the pipeline`;
      return foundBuild({ ...pipeline, buildId: build.buildId }, search, {
        name: `#${build.buildNumber}`,
        explanation,
      });
    }
    numbers.push(...builds.map(({ buildNumber }) => buildNumber));
    const isPast = wanted !== 'latest' && builds.some(({ buildNumber }) => buildNumber < wanted);
    if (builds.length < pageSize || isPast) break;
  }
  if (numbers.length > 0 || wanted === 'latest') throw noSuchNumber(pipeline, wanted, rangeOf(numbers));
  // v4 searches for the wanted number alone, so the newest one is read for the error message.
  const [newest] = await readPage(search, pipeline, { page: 1, pageSize: 1 });
  throw noSuchNumber(pipeline, wanted, newest ? `The newest is build ${newest.buildNumber}. ` : '');
}

function readPage(
  { reader, cancelled }: FindBuildOptions,
  pipeline: Pipeline,
  page: { page: number; pageSize: number; number?: number | undefined },
): Promise<readonly PastBuild[]> {
  return reader.buildHistory(pipeline, { ...page, signal: cancelled });
}

function rangeOf(numbers: readonly number[]): string {
  if (numbers.length === 0) return '';
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  return `Seen: ${first === last ? `build ${first} alone` : `builds ${first} to ${last}`}. `;
}

/** @param seen a sentence on the builds that were seen, with a space behind it, or ''. */
function noSuchNumber({ pipelineId }: Pipeline, wanted: number | 'latest', seen: string): ActionError {
  const what = wanted === 'latest' ? 'no build yet' : `no build with the number ${wanted}`;
  return new ActionError('not-found', {
    problem: `Pipeline ${pipelineId} has ${what}`,
    consequence: NOTHING_SENT,
    remedy: `${seen}Check buildNumber, pipelineId and projectId.`,
  });
}
