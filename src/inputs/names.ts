/** Names of all inputs, in the order in which problems are listed. */

export const INPUT_NAMES = [
  'apiUrl',
  'projectId',
  'pipelineId',
  'buildId',
  'buildNumber',
  'buildUrl',
  'ref',
  'checkApp',
  'githubToken',
  'taskId',
  'failedContainer',
  'skip',
  'channelCode',
  'username',
  'accessToken',
  'appCode',
  'appSecret',
  'headers',
  'consoleUrl',
  'onlyIfFailed',
  'maxExecuteCount',
  'dryRun',
  'wait',
  'timeoutMinutes',
  'pollSeconds',
  'maxAttempts',
  'stopOnAbort',
  'logLines',
] as const;

export type InputName = (typeof INPUT_NAMES)[number];
