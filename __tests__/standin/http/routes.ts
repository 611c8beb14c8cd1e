/** What the path of a request means: gateway, API version and operation. */
export interface Route {
  readonly gateway: 'own' | 'api';
  readonly type: 'apigw' | 'apigw-user' | 'apigw-app';
  readonly version: 'v3' | 'v4';
  readonly operation: Operation;
  readonly method: 'GET' | 'POST';
  readonly projectId: string;
  /** Ids in the path, v3 only. */
  readonly pipelineId: string | null;
  readonly buildId: string | null;
  readonly parameters: ReadonlySet<string>;
}

export type Operation = 'retry' | 'status' | 'detail' | 'stop' | 'history' | 'log';

/**
 * `unknown-path`: the path is unknown to BK-CI's gateway. `unknown-service`: it is a path of a service that does not
 * run. `not-logged-in`: one for the browser. `illegal`: it is unknown to the openapi filter. `outside-api`: to Spring.
 */
export type RoutingError =
  | 'unknown-path'
  | 'unknown-service'
  | 'not-logged-in'
  | 'illegal'
  | 'outside-api'
  | 'no-route'
  | 'api-not-found';

interface RouteEntry {
  readonly operation: Operation;
  readonly method: 'GET' | 'POST';
  readonly parameters: readonly string[];
}

// `channelCode`: documented on the published page, ignored by every release (bk-ci: ApigwBuildResourceV3 since #5084).
const RETRY = ['taskId', 'failedContainer', 'skip', 'channelCode'];
const LOG = ['tag', 'containerHashId', 'executeCount', 'jobId', 'stepId', 'start', 'end', 'num', 'debug', 'fromStart'];
const PAGE = ['page', 'pageSize', 'updateTimeDesc', 'archiveFlag'];

/** bk-ci: ApigwBuildResourceV3, ApigwLogResourceV3. */
const V3: Readonly<Record<string, RouteEntry>> = {
  retry: { operation: 'retry', method: 'POST', parameters: RETRY },
  status: { operation: 'status', method: 'GET', parameters: [] },
  detail: { operation: 'detail', method: 'GET', parameters: [] },
  stop: { operation: 'stop', method: 'POST', parameters: [] },
  'logs/more': { operation: 'log', method: 'GET', parameters: LOG },
};
const V3_HISTORY: RouteEntry = { operation: 'history', method: 'GET', parameters: PAGE };

const IDS = ['pipelineId', 'buildId'];
/** bk-ci: ApigwBuildResourceV4, ApigwLogResourceV4. */
const V4: Readonly<Record<string, RouteEntry>> = {
  build_retry: { operation: 'retry', method: 'POST', parameters: [...IDS, 'buildNumber', ...RETRY] },
  build_status: { operation: 'status', method: 'GET', parameters: IDS },
  build_detail: { operation: 'detail', method: 'GET', parameters: [...IDS, 'executeCount', 'archiveFlag'] },
  build_stop: { operation: 'stop', method: 'POST', parameters: IDS },
  build_histories: {
    operation: 'history',
    method: 'GET',
    parameters: [...PAGE, 'pipelineId', 'status', 'trigger', 'startUser', 'buildNoStart', 'buildNoEnd'],
  },
  'logs/more_logs': { operation: 'log', method: 'GET', parameters: [...IDS, ...LOG] },
};

const OWN_GATEWAY = /^(?:\/ms)?\/openapi\/api\/([^/]+)\/([^/]+)\/projects\/([^/]+)\/(.+)$/;
const API_GATEWAY = /^\/api\/devops\/prod\/([^/]+)\/([^/]+)\/projects\/([^/]+)\/(.+)$/;
const V3_BUILD = /^pipelines\/([^/]+)\/builds\/([^/]+)\/(.+)$/;
const V3_BUILDS = /^pipelines\/([^/]+)\/builds\/history$/;

export function routeOf(path: string): Route | RoutingError {
  const own = OWN_GATEWAY.exec(path);
  const api = API_GATEWAY.exec(path);
  if (own) return route('own', { type: own[1], version: own[2], projectId: own[3], rest: own[4] });
  if (api) return route('api', { type: api[2], version: api[1], projectId: api[3], rest: api[4] });
  if (path.startsWith('/api/')) return 'api-not-found';
  return notServed(path);
}

function notServed(path: string): RoutingError {
  const [, inOpenapi] = /^(?:\/ms)?\/openapi(\/.*)$/.exec(path) ?? [];
  if (inOpenapi !== undefined) {
    if (!inOpenapi.startsWith('/api/')) return 'outside-api';
    return /^\/api\/apigw(?:-user|-app)?\//.test(inOpenapi) ? 'no-route' : 'illegal';
  }
  if (/^\/ms\/\w+\/api\/user\//.test(path)) return 'not-logged-in';
  return path.startsWith('/ms/') ? 'unknown-service' : 'unknown-path';
}

interface PathParts {
  readonly type: string | undefined;
  readonly version: string | undefined;
  readonly projectId: string | undefined;
  readonly rest: string | undefined;
}

function route(gateway: Route['gateway'], parts: PathParts): Route | RoutingError {
  const { type, version, rest = '' } = parts;
  if (type !== 'apigw' && type !== 'apigw-user' && type !== 'apigw-app') return notRouted(gateway, 'illegal');
  if (version !== 'v3' && version !== 'v4') return notRouted(gateway, 'no-route');
  // bk_apigw_resources_devops.yaml publishes v4 only, and no plain `apigw`.
  if (gateway === 'api' && (version === 'v3' || type === 'apigw')) return 'api-not-found';
  const found = version === 'v3' ? findV3(rest) : { entry: V4[rest], pipelineId: null, buildId: null };
  if (!found.entry) return notRouted(gateway, 'no-route');
  const { operation, method, parameters } = found.entry;
  const projectId = decodeURIComponent(parts.projectId ?? '');
  const ids = { projectId, pipelineId: found.pipelineId, buildId: found.buildId };
  return { gateway, type, version, operation, method, ...ids, parameters: new Set(parameters) };
}

function notRouted(gateway: Route['gateway'], own: RoutingError): RoutingError {
  return gateway === 'api' ? 'api-not-found' : own;
}

function findV3(rest: string) {
  const history = V3_BUILDS.exec(rest);
  if (history) return { entry: V3_HISTORY, pipelineId: decodeURIComponent(history[1] ?? ''), buildId: null };
  const [, pipelineId = '', buildId = '', what = ''] = V3_BUILD.exec(rest) ?? [];
  return { entry: V3[what], pipelineId: decodeURIComponent(pipelineId), buildId: decodeURIComponent(buildId) };
}
