/** Console links of a build, written and read (bk-ci: DefaultPipelineUrlBeanImpl.kt, devops-pipeline router.js). */
/** Where a build belongs. */
export interface BuildRef {
  readonly projectId: string;
  readonly pipelineId: string;
  readonly buildId: string;
}

/**
 * Whether a text can stand as a segment of the path and still mean what it says: no `.` or `..`, which every parser of
 * addresses eats, nothing that ends or splits a segment, nothing that can't be encoded.
 */
export function isPathId(text: string): boolean {
  const shape = text !== '' && text !== '.' && text !== '..' && text.length <= 200;
  return shape && !/[\s/\\\p{Cc}\p{Cf}\p{Cs}]/u.test(text);
}

/** Link to a build, or to one execution of it. `consoleUrl` is an origin, or an address below which the console lives. */
export function buildLink(consoleUrl: string, ref: BuildRef, executeCount?: number): string {
  const { projectId, pipelineId, buildId } = ref;
  const ids = [projectId, pipelineId, 'detail', buildId].map(encodeURIComponent).join('/');
  const execution = executeCount === undefined ? '' : `/executeDetail/${executeCount}`;
  return `${consoleUrl.replace(/\/+$/, '')}/console/pipeline/${ids}${execution}`;
}

export interface ConsoleLink extends BuildRef {
  /** Origin, and whatever path stands before `/console/`. */
  readonly consoleUrl: string;
}

const PIPELINE_PATH = /^(.*?)\/console\/pipeline\/([^/]+)\/([^/]+)\/detail\/([^/]+)(?:\/.*)?$/;
const CREATIVE_STREAM_PATH = /^(.*?)\/console\/creative-stream\/([^/]+)\/flow\/([^/]+)\/execute\/([^/]+)(?:\/.*)?$/;

/** What a console link says, with any tail; undefined when it is none. Its ids are as they stand, not yet checked. */
export function parseLink(link: string): ConsoleLink | undefined {
  if (!URL.canParse(link)) return undefined;
  const url = new URL(link);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const found = PIPELINE_PATH.exec(url.pathname) ?? CREATIVE_STREAM_PATH.exec(url.pathname);
  if (!found) return undefined;
  const [projectId, pipelineId, buildId] = found.slice(2, 5).map(decoded);
  if (!projectId || !pipelineId || !buildId) return undefined;
  return { consoleUrl: `${url.origin}${found[1] ?? ''}`, projectId, pipelineId, buildId };
}

/** Empty for a segment that is no valid percent-encoding. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
