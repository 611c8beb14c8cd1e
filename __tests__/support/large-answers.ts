/** Answers of any size that are slow to handle where a pattern or a join takes more than linear time. */

export interface LargeAnswer {
  readonly name: string;
  readonly http: number;
  /** @param size in characters, about. */
  readonly body: (size: number) => string;
}

const filled = (piece: string, size: number) => piece.repeat(Math.ceil(size / piece.length));
const list = (entry: unknown, size: number) => `[${filled(`${JSON.stringify(entry)},`, size)}null]`;

/** A status of BK-CI with more members. */
const status = (members: string) =>
  `{"status":0,"data":{"id":"b-1","status":"RUNNING","queueTime":3000000,"startTime":3001000,${members}}}`;
const message = (piece: string) => (size: number) => JSON.stringify({ status: 400, message: filled(piece, size) });

export const LARGE_ANSWERS: readonly LargeAnswer[] = [
  { name: 'a page with many <title', http: 200, body: (size) => `<html>${filled('<title', size)}` },
  { name: 'a page with many titles that do not end', http: 502, body: (size) => `<!${filled('<title>x', size)}` },
  { name: 'a page with one long title', http: 200, body: (size) => `<title>${filled('x ', size)}` },
  { name: 'a message with many ProjectId [', http: 400, body: message('ProjectId [') },
  { name: 'a message with many path(', http: 400, body: message('path(') },
  { name: 'a message with much white space', http: 400, body: message(' \t') },
  { name: 'a message with many line ends', http: 400, body: message('\r\n') },
  { name: 'a message with many escape sequences', http: 400, body: message('\u001b[0;') },
  { name: 'a message with many unterminated titles of a terminal', http: 400, body: message('\u001b]\u009d') },
  { name: 'a message with many commands', http: 400, body: message('##[::error') },
  { name: 'a message with many quotation marks', http: 400, body: message('“http://a') },
  { name: 'a text with many signs', http: 400, body: (size) => filled('path( ProjectId [', size) },
  { name: 'broken JSON', http: 200, body: (size) => filled('{"a":[', size) },
  { name: 'deep JSON', http: 200, body: (size) => `${'['.repeat(size / 2)}${']'.repeat(size / 2)}` },
  { name: 'many errors', http: 200, body: (size) => status(`"errorInfoList":${list({ taskId: 'e-1' }, size)}`) },
  { name: 'many empty errors', http: 200, body: (size) => status(`"errorInfoList":${list({}, size)}`) },
  {
    name: 'many stages',
    http: 200,
    body: (size) => status(`"stageStatus":${list({ stageId: 's', name: 'n', status: 'RUNNING' }, size)}`),
  },
  {
    name: 'a stage with a long name',
    http: 200,
    body: (size) => status(`"stageStatus":[{"stageId":"s","name":"${filled('a  ', size)}","status":"RUNNING"}]`),
  },
  { name: 'a long status', http: 200, body: (size) => `{"status":0,"data":{"status":"${filled('x ', size)}"}}` },
  { name: 'many parameters', http: 200, body: (size) => status(`"buildParameters":${list({ key: 'k' }, size)}`) },
];

/** A detail as BK-CI makes it: most of it is input and record of plug-ins, which this action does not read. */
export function largeDetail(size: number): string {
  return detailOf(Math.max(1, Math.ceil(size / (JSON.stringify(largePlugin(1)).length + 1))));
}

/** A plug-in of such a detail; one in `failsEvery` has failed. */
function largePlugin(at: number, failsEvery = 50) {
  const input = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [`parameter_${at}`, `value ${at} `.repeat(8)]),
  );
  const hasFailed = at % failsEvery === 0;
  return {
    '@type': 'marketBuild',
    id: `e-${String(at).padStart(32, '0')}`,
    name: `Plug-in ${at}`,
    status: hasFailed ? 'FAILED' : 'SUCCEED',
    executeCount: 1,
    stepId: `step${at}`,
    errorType: hasFailed ? 'USER' : undefined,
    errorMsg: hasFailed ? 'exit status 1 '.repeat(20) : undefined,
    data: { input, output: {}, namespace: '' },
    timeCost: { systemCost: 1, executeCost: 2, waitCost: 3, queueCost: 4, totalCost: 10 },
    additionalOptions: { enable: true, continueWhenFailed: false, retryWhenFailed: false, timeout: 900 },
  };
}

/** Such a detail with this many plug-ins, fifty in a job and twenty jobs in a stage. */
export function detailOf(count: number, failsEvery = 50): string {
  const jobs = Math.ceil(count / 50);
  const container = (job: number) => ({
    id: String(job),
    containerHashId: `c-${job}`,
    name: `Job ${job}`,
    status: 'FAILED',
    elements: Array.from({ length: Math.min(50, count - job * 50) }, (_, at) => largePlugin(job * 50 + at, failsEvery)),
  });
  const stages = Array.from({ length: Math.ceil(jobs / 20) }, (_, stage) => ({
    id: `stage-${stage + 2}`,
    name: `Stage ${stage}`,
    status: 'FAILED',
    containers: Array.from({ length: Math.min(20, jobs - stage * 20) }, (__, at) => container(stage * 20 + at)),
  }));
  const errorInfoList = Array.from({ length: Math.ceil(count / failsEvery) }, (_, at) => ({
    taskId: `e-${String(at * failsEvery).padStart(32, '0')}`,
    errorType: 1,
    errorCode: 2199001,
    errorMsg: 'exit status 1',
  }));
  const data = { id: 'b-1', pipelineId: 'p-1', executeCount: 1, errorInfoList, model: { name: 'Nightly', stages } };
  return JSON.stringify({ status: 0, data });
}

/** A detail with as many errors as stages, none of which belong together. */
export function detailToJoin(size: number): string {
  const count = Math.ceil(size / 120);
  const stages = Array.from({ length: count }, (_, at) => ({ id: `stage-${at}`, containers: [{ id: String(at) }] }));
  const errorInfoList = Array.from({ length: count }, (_, at) => ({ stageId: `stage-x${at}`, containerId: 'x' }));
  return JSON.stringify({ status: 0, data: { executeCount: 1, errorInfoList, model: { stages } } });
}
