import { type Build, newestExecution } from '../world/build.js';
import { detailView } from '../world/detail-view.js';
import { logView } from '../world/log-view.js';
import { type Language, refusal } from '../world/messages.js';
import { historyView, statusView } from '../world/status-view.js';
import type { World } from '../world/world.js';
import { type Answer, failure, ok, refusalAnswer } from './answer.js';
import { header, parameter, type RecordedRequest } from './recorded-request.js';
import type { Operation, Route } from './routes.js';

export interface Call {
  readonly world: World;
  readonly route: Route;
  readonly request: RecordedRequest;
  readonly user: string;
  readonly language: Language;
}

const OPERATIONS: Readonly<Record<Operation, (call: Call) => Answer>> = { retry, status, detail, stop, history, log };

export function runOperation(call: Call): Answer {
  const { world, route, request } = call;
  if (route.version === 'v4' && !world.release.hasV4) return noRoute(call.language);
  if (request.method !== route.method) return illegalRequest(405, 'Method Not Allowed', call.language);
  const wrongNumber = NUMBERS.some((name) => !/^\d*$/.test(parameter(request, name) ?? ''));
  if (wrongNumber) return failure(400, 'query parameter type is incorrect', 400, 'HTTP 404 Not Found');
  const mismatch = route.version === 'v4' ? refuseIds(call) : null;
  return mismatch ?? OPERATIONS[route.operation](call);
}

const NUMBERS = ['buildNumber', 'buildNoStart', 'buildNoEnd', 'executeCount', 'page', 'pageSize'];

/** bk-ci: Jersey's own exceptions (NotAllowedException, …). */
function illegalRequest(status: number, reason: string, language: Language): Answer {
  return failure(status, words('illegal', language), status, `HTTP ${status} ${reason}`);
}

/** bk-ci, v4: ApigwBuildResourceV4Impl.checkPipelineId, before the process service is asked; `{0}` stays in the text. */
function refuseIds(call: Call): Answer | null {
  const { world, route, request, language } = call;
  const looksUp = ['retry', 'status', 'detail', 'stop'].includes(route.operation);
  if (!looksUp) return null;
  const [pipelineId, buildId, number] = ['pipelineId', 'buildId', 'buildNumber'].map((name) =>
    parameter(request, name),
  );
  const invalid = (text: string) => failure(400, `${words('invalid', language)}${text}`);
  if (!buildId && route.operation !== 'retry') return invalid('request param buildId cannot be empty');
  if (!buildId && !pipelineId) return invalid('{0} pipelineId and buildId cannot be empty at the same time');
  if (!buildId && !number) return invalid('{0} buildId and buildNumber cannot be empty at the same time');
  const build = world.find(route.projectId, buildIdOf(call));
  if (!build) return buildId ? invalid(`{0} ${words('empty', language)}`) : failure(400, words('empty', language));
  return pipelineId && build.pipeline.id !== pipelineId ? invalid('{0} PipelineId is invalid ') : null;
}

const WORDS = {
  empty: { en: 'parameter content of the request is empty', zh: '请求的参数内容为空' },
  illegal: {
    en: 'The user request is invalid and the parameter or method is incorrect. Please consult the assistant.',
    zh: '用户请求不合法，参数或方法错误，请咨询助手',
  },
  invalid: { en: 'Parameter verification failed: ', zh: '参数校验失败:' },
} as const satisfies Record<string, Record<Language, string>>;

/** bk-ci: what its exception mappers say. */
export function words(name: keyof typeof WORDS, language: Language): string {
  return WORDS[name][language];
}

/** bk-ci: NotFoundException; its `status` of 404 distinguishes it from a missing object. */
export function noRoute(language: Language): Answer {
  const message = language === 'en' ? 'requested resource does not exist' : '请求的资源不存在';
  return failure(404, message, 404, 'HTTP 404 Not Found');
}

/** bk-ci: I18nUtil.getLanguage, the cookie and then the deployment's default. */
export function languageOf(request: RecordedRequest): Language {
  const cookie = /(?:^|;\s*)blueking_language=([^;]+)/.exec(header(request, 'cookie') ?? '')?.[1];
  return cookie === 'en' || cookie === 'en-US' ? 'en' : 'zh';
}

function pipelineIdOf({ route, request }: Call): string {
  return route.pipelineId ?? parameter(request, 'pipelineId') ?? '';
}

/** v4 may name the build by its number (#8370). */
function buildIdOf(call: Call): string {
  const { world, route, request } = call;
  const buildId = route.buildId ?? parameter(request, 'buildId');
  if (buildId !== null) return buildId;
  const number = Number(parameter(request, 'buildNumber') ?? NaN);
  return world.builds.find((build) => build.num === number && build.pipeline.id === pipelineIdOf(call))?.id ?? '';
}

/** Java's Boolean.valueOf: everything other than `true` is false, without an error. */
function flag({ request }: Call, name: string): boolean {
  return parameter(request, name)?.toLowerCase() === 'true';
}

function retry(call: Call): Answer {
  const { world, route, user, language } = call;
  const buildId = buildIdOf(call);
  if (buildId.trim() === '') return failure(400, words('empty', language));
  const pipelineId = pipelineIdOf(call) || (world.find(route.projectId, buildId)?.pipeline.id ?? '');
  const taskId = parameter(call.request, 'taskId') ?? '';
  const flags = { failedContainer: flag(call, 'failedContainer'), skip: flag(call, 'skip') };
  const result = world.retry({ user, projectId: route.projectId, pipelineId, buildId, taskId, ...flags });
  if ('refusal' in result) return refusalAnswer(result.refusal, language);
  const { value } = result;
  const answer = {
    id: value.id,
    executeCount: newestExecution(value).count,
    projectId: value.pipeline.projectId,
    pipelineId: value.pipeline.id,
    num: value.num,
  };
  const known: ReadonlySet<string> = new Set(['id', ...world.release.retryAnswerFields]);
  return ok(Object.fromEntries(Object.entries(answer).filter(([name]) => known.has(name))));
}

function stop(call: Call): Answer {
  const { world, route, user, language } = call;
  const ids = { projectId: route.projectId, pipelineId: pipelineIdOf(call), buildId: buildIdOf(call) };
  const result = world.stop({ user, ...ids });
  return 'refusal' in result ? refusalAnswer(result.refusal, language) : ok(true);
}

/** bk-ci: read operations check VIEW, but not whether the build belongs to the pipeline. */
function withViewPermission(call: Call, view: (build: Build, now: number) => Answer): Answer {
  const { world, route, user, language } = call;
  const now = world.now();
  const forbidden = world.checkPermission(user, 'VIEW');
  if (forbidden) return refusalAnswer(forbidden.refusal, language);
  const buildId = buildIdOf(call);
  const build = world.find(route.projectId, buildId);
  if (!build) return refusalAnswer(refusal(world.release.errorCodes.buildNotFound, buildId).refusal, language);
  return view(build, now);
}

function status(call: Call): Answer {
  return withViewPermission(call, (build, now) => ok(statusView({ build, release: call.world.release, now })));
}

function detail(call: Call): Answer {
  return withViewPermission(call, (build, now) => {
    const count = parameter(call.request, 'executeCount');
    const view = detailView({ build, release: call.world.release, now }, count === null ? null : Number(count));
    if (view) return ok(view);
    return refusalAnswer(refusal(call.world.release.errorCodes.buildNotFound, build.id).refusal, call.language);
  });
}

function history(call: Call): Answer {
  const { world, route, request, user, language } = call;
  const now = world.now();
  const forbidden = world.checkPermission(user, 'VIEW');
  if (forbidden) return refusalAnswer(forbidden.refusal, language);
  const all = world.builds
    .filter((build) => build.pipeline.projectId === route.projectId && build.pipeline.id === pipelineIdOf(call))
    .sort((a, b) => b.num - a.num);
  if (all.length === 0) return refusalAnswer(refusal(2101164, pipelineIdOf(call)).refusal, language);
  const from = Number(parameter(request, 'buildNoStart') ?? 0);
  const to = Number(parameter(request, 'buildNoEnd') ?? Infinity);
  const chosen = all.filter((build) => build.num >= from && build.num <= to);
  const page = Number(parameter(request, 'page') ?? 1);
  // bk-ci: ApigwParamUtil.standardSize.
  const pageSize = Math.min(100, Math.max(1, Number(parameter(request, 'pageSize') ?? 20)));
  const records = chosen
    .slice(Math.max(0, page - 1) * pageSize, Math.max(1, page) * pageSize)
    .map((build) => historyView({ build, release: world.release, now }));
  const totalPages = Math.ceil(chosen.length / pageSize);
  const pipelineVersion = all[0]?.pipeline.version;
  return ok({ count: chosen.length, page, pageSize, totalPages, records, pipelineVersion });
}

function log(call: Call): Answer {
  const { request, world } = call;
  const [start, end] = [parameter(request, 'start'), parameter(request, 'end')];
  if (start === null || end === null) return failure(400, words('empty', call.language));
  return withViewPermission(call, (build, now) => {
    const count = parameter(request, 'executeCount');
    const query = {
      tag: parameter(request, 'tag'),
      executeCount: count === null ? null : Number(count),
      num: Number(parameter(request, 'num') ?? 100),
      fromStart: flag(call, 'fromStart'),
      start: Number(start),
      end: Number(end),
    };
    const found = logView(build, query, now);
    return ok(world.logStatus === 0 ? found : { ...found, logs: [], status: world.logStatus });
  });
}
