export type Language = 'en' | 'zh';

interface Message {
  readonly en: string;
  readonly zh: string;
  readonly http?: number;
}

/** bk-ci: support-files/i18n and ProcessMessageCode; HTTP 400 unless stated. */
const MESSAGES: Readonly<Record<number, Message>> = {
  403: { en: "You don't have permission to do so", zh: '你没有权限进行该操作', http: 403 },
  2100002: { en: 'Parameter {0} cannot be empty', zh: '参数[{0}]不能为空' },
  2100013: { en: 'Invalid parameter: {0}', zh: '无效参数: {0}' },
  2101008: { en: 'Pipelining: users do not have {0} permissions', zh: '流水线: 用户无{0}权限', http: 403 },
  2101019: {
    en: 'Pipeline: the pipeline has been cancelled by {0}. Please try again after {1} seconds.',
    zh: '流水线: 流水线已经被{0}取消构建，请过{1}秒后再试',
  },
  2101020: { en: 'Pipeline: do not start the build too often', zh: '流水线: 不能太频繁启动构建' },
  2101021: { en: 'Pipeline: the pipeline cannot be started manually', zh: '流水线: 该流水线不能手动启动' },
  2101038: { en: 'Pipeline: pipeline does not exist', zh: '流水线: 流水线不存在', http: 404 },
  2101039: { en: 'Pipeline: the pipelined model does not exist', zh: '流水线: 流水线的模型不存在' },
  2101047: { en: 'Pipelining: pipelined locking', zh: '流水线: 流水线锁定' },
  2101049: { en: 'Pipeline: pipeline queue is full', zh: '流水线: 流水线队列满' },
  2101058: {
    en: 'Pipeline: input parameter buildId does not match pipelineId',
    zh: '流水线: 入参buildId与pipelineId不匹配',
  },
  2101080: { en: 'Project [{0}] is disabled and cannot be started', zh: '项目[{0}]已禁用，不能启动' },
  2101081: {
    en: 'The build data is out of date, please use rebuild to try again',
    zh: '构建数据已过期，请使用rebuild进行重试',
  },
  2101100: { en: 'Pipeline build [{0}] does not exist', zh: '流水线构建[{0}]不存在', http: 404 },
  2101110: { en: 'The job is not completed and cannot be retried', zh: 'job非完成态，不能进行重试' },
  2101114: { en: 'stage is not in a failed state and cannot be retried', zh: 'stage非失败状态，不能进行重试' },
  2101129: {
    en: 'Pipeline: The current build is running, do not submit retry requests repeatedly',
    zh: '流水线: 当前构建正在运行中，请勿重复提交重试请求',
  },
  2101139: {
    en: 'Exception: the basic construction data Summary of the pipeline does not exist. Please contact the administrator.',
    zh: '异常: 流水线的基础构建数据Summary不存在，请联系管理员',
  },
  2101163: { en: 'Pipeline build [{0}] does not exist', zh: '流水线构建[{0}]不存在', http: 404 },
  2101164: { en: 'Pipeline [{0}] does not exist', zh: '流水线[{0}]不存在', http: 404 },
  2101182: {
    en: 'Pipeline: pipeline build has ended and cannot be operated',
    zh: '流水线: 流水线构建已结束，不能操作',
  },
  2101184: { en: 'Pipeline version ({0}) does not exist', zh: '流水线版本({0})不存在', http: 404 },
  2101221: { en: 'task not allowed to be skipped', zh: 'task不允许被跳过' },
  2101258: {
    en: 'The build data has expired. The retry time cannot be more than {0} days later than the build start time.',
    zh: '构建数据已过期，重试时间不能晚于构建开始时间{0}天以上',
  },
  2101273: {
    en: 'The stage is not in running state, task-level retry is not allowed',
    zh: 'stage非运行中状态，不能进行插件级重试',
  },
  2101274: {
    en: 'The parameter [{0}] value exceeds the system limit (4K), and the startup fails.',
    zh: '参数[{0}]值超过系统限制(4K)，启动失败',
  },
  2101277: {
    en: 'Cannot retry plugin: not in failed/cancelled state',
    zh: '重试的插件不是失败或取消状态,不能进行重试',
  },
  2101340: {
    en: 'User {0} is not authorized to cancel build {1}, only the trigger user or users with pipeline management permission can cancel',
    zh: '用户{0}无权取消构建{1},仅限触发人或拥有流水线管理权限的用户可取消',
  },
  2112005: { en: 'OpenAPI:JWT parsing failed', zh: 'OpenAPI:JWT解析失败' },
  2101500: {
    en: 'User [{0}] does not have operation permission for node [{1}], unable to start the pipeline',
    zh: '用户[{0}]没有节点[{1}]的操作权限，无法启动流水线',
  },
  2101901: {
    en: 'Pipeline: The current build is running, do not submit retry requests repeatedly',
    zh: '流水线: 当前构建正在运行中，请勿重复提交重试请求',
  },
};

export interface Refusal {
  readonly code: number;
  readonly args: readonly string[];
  /** Replaces the HTTP status of the code. */
  readonly http?: number;
}

export function refusal(code: number, ...args: readonly string[]): { readonly refusal: Refusal } {
  return { refusal: { code, args } };
}

export function httpStatusOf(refused: Refusal): number {
  return refused.http ?? MESSAGES[refused.code]?.http ?? 400;
}

export function messageOf(refused: Refusal, language: Language): string {
  const text = MESSAGES[refused.code]?.[language] ?? '';
  return text.replaceAll(/\{(\d)\}/g, (_, index: string) => {
    const argument = refused.args[Number(index)] ?? '';
    return PERMISSIONS[argument]?.[language] ?? argument;
  });
}

/** bk-ci: AuthPermission, by its alias. */
const PERMISSIONS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  EXECUTE: { en: 'Run', zh: '执行' },
  VIEW: { en: 'View', zh: '查看' },
};
