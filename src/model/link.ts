/** Builds and parses console links of a build (bk-ci: DefaultPipelineUrlBeanImpl.kt, devops-pipeline router.js). */

/** The ids that identify a build. */
export interface BuildRef {
  readonly projectId: string;
  readonly pipelineId: string;
  readonly buildId: string;
}

/**
 * Whether a text can be one segment of a URL path without changing its meaning: not `.` or `..`, which URL parsers
 * remove, no character that ends or splits a segment, none that can't be percent-encoded.
 */
export function isPathId(text: string): boolean {
  const shape = text !== '' && text !== '.' && text !== '..' && text.length <= 200;
  return shape && !/[\s/\\\p{Cc}\p{Cf}\p{Cs}]/u.test(text);
}

/** Link to a build, or to one execution of it. `consoleUrl` is an origin, or the address that `/console/` follows. */
export function buildLink(consoleUrl: string, ref: BuildRef, executeCount?: number): string {
  const { projectId, pipelineId, buildId } = ref;
  const ids = [projectId, pipelineId, 'detail', buildId].map(encodeURIComponent).join('/');
  const execution = executeCount === undefined ? '' : `/executeDetail/${executeCount}`;
  return `${consoleUrl.replace(/\/+$/, '')}/console/pipeline/${ids}${execution}`;
}

export interface ConsoleLink extends BuildRef {
  /** Origin, and the path before `/console/` if there is one. */
  readonly consoleUrl: string;
}

const PIPELINE_PATH = /^(.*?)\/console\/pipeline\/([^/]+)\/([^/]+)\/detail\/([^/]+)(?:\/.*)?$/;
const CREATIVE_STREAM_PATH = /^(.*?)\/console\/creative-stream\/([^/]+)\/flow\/([^/]+)\/execute\/([^/]+)(?:\/.*)?$/;

/** Parses a console link with any further path; undefined if it is not one. The ids are decoded but not checked. */
export function parseLink(link: string): ConsoleLink | undefined {
  if (!URL.canParse(link)) return undefined;
  const url = new URL(link);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const match = PIPELINE_PATH.exec(url.pathname) ?? CREATIVE_STREAM_PATH.exec(url.pathname);
  if (!match) return undefined;
  const [projectId, pipelineId, buildId] = match.slice(2, 5).map(decodeSegment);
  if (!projectId || !pipelineId || !buildId) return undefined;
  return { consoleUrl: `${url.origin}${match[1] ?? ''}`, projectId, pipelineId, buildId };
}

/** Empty if the percent-encoding of a segment is not valid. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
