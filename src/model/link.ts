/** Builds and parses console links of a build (bk-ci: DefaultPipelineUrlBeanImpl.kt, devops-pipeline router.js). */

import { visible } from '../lib/sanitize.js';

/** The ids that identify a build. */
export interface BuildRef {
  readonly projectId: string;
  readonly pipelineId: string;
  readonly buildId: string;
}

/** Whether a text can be an id: one word that can be percent-encoded, every character of which is seen. */
export function isId(text: string): boolean {
  return text !== '' && text.length <= 200 && !/\s/.test(text) && visible(text) === text;
}

/**
 * Whether an id can be one segment of a URL path without changing its meaning: not `.` or `..`, which URL parsers
 * remove, no character that ends or splits a segment.
 */
export function isPathId(text: string): boolean {
  return isId(text) && text !== '.' && text !== '..' && !/[/\\]/.test(text);
}

/** Link to a build, or to one execution of it. `consoleUrl` is an origin, or the address that `/console/` follows. */
export function buildLink(consoleUrl: string, ref: BuildRef, executeCount?: number): string {
  const { projectId, pipelineId, buildId } = ref;
  const ids = [projectId, pipelineId, 'detail', buildId].map(encodeURIComponent).join('/');
  const execution = executeCount === undefined ? '' : `/executeDetail/${executeCount}`;
  return `${withoutTrailingSlashes(consoleUrl)}/console/pipeline/${ids}${execution}`;
}

/** Without a pattern: the time of one grows with the square of the number of slashes before another character. */
export function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}

export interface ConsoleLink extends BuildRef {
  /** Origin, and the path before `/console/` if there is one. */
  readonly consoleUrl: string;
}

const PIPELINE_PATH = /^(.*?)\/console\/pipeline\/([^/]+)\/([^/]+)\/detail\/([^/]+)(?:\/.*)?$/;
const CREATIVE_STREAM_PATH = /^(.*?)\/console\/creative-stream\/([^/]+)\/flow\/([^/]+)\/execute\/([^/]+)(?:\/.*)?$/;

/** The list of a pipeline's builds, which names one of them in its fragment. */
const HISTORY_PATH = /^(.*?)\/console\/pipeline\/([^/]+)\/([^/]+)\/history(?:\/.*)?$/;

/** In characters: several times what three ids take. */
const LINK_CAP = 4_096;

/** Parses the console link of a build with any further path, or of a history with `#b-…`; undefined if it is not one. The ids are decoded but not checked. */
export function parseLink(link: string): ConsoleLink | undefined {
  if (link.length > LINK_CAP || !URL.canParse(link)) return undefined;
  const url = new URL(link);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const match = PIPELINE_PATH.exec(url.pathname) ?? CREATIVE_STREAM_PATH.exec(url.pathname) ?? historyMatch(url);
  if (!match) return undefined;
  const [projectId, pipelineId, buildId] = match.slice(2, 5).map(decodeSegment);
  if (!projectId || !pipelineId || !buildId) return undefined;
  // A part of a password, up to a slash in it, reads as a host with a port.
  if (match[1]?.includes('@')) return undefined;
  return { consoleUrl: `${url.origin}${match[1] ?? ''}`, projectId, pipelineId, buildId };
}

function historyMatch({ pathname, hash }: URL): string[] | undefined {
  const path = HISTORY_PATH.exec(pathname);
  return path && /^#b-\w+$/.test(hash) ? [...path, hash.slice(1)] : undefined;
}

const PIPELINE_PAGES: ReadonlyMap<string, string> = new Map([
  ['history', 'history of a pipeline'],
  ['edit', 'edit page of a pipeline'],
  ['preview', 'start page of a pipeline'],
]);

/** The page of a console link that names no build; undefined for other addresses (bk-ci: devops-pipeline router.js). */
export function pageOf(link: string): string | undefined {
  if (link.length > LINK_CAP || !URL.canParse(link)) return undefined;
  const match = /\/console\/pipeline\/[^/]+(?:\/([^/]+)(?:\/([^/]+))?)?/.exec(new URL(link).pathname);
  if (!match) return undefined;
  const [, pipelineId = 'list', page = 'history'] = match;
  return pipelineId === 'list' ? 'list of pipelines' : PIPELINE_PAGES.get(page);
}

/** Empty if the percent-encoding of a segment is not valid. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
