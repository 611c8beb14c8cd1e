import { type RecordedRequest, requestLine } from '../http/recorded-request.js';
import type { StepResult } from '../runner/runner.js';
import type { Scenario } from '../scenarios/scenario.js';

/** Result of running a scenario. */
export interface ScenarioResult {
  readonly main: StepResult;
  readonly post: StepResult | null;
  readonly requests: readonly RecordedRequest[];
  readonly githubRequests: readonly RecordedRequest[];
  readonly problems: readonly string[];
}

const SECRET_INPUTS: ReadonlySet<string> = new Set(['accessToken', 'appSecret', 'githubToken']);

/** A heading and its lines, indented by two columns. */
export function block(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => (line === '' ? '' : `  ${line}`)), ''];
}

function pairs(values: Readonly<Record<string, string>>): readonly string[] {
  const width = Math.max(0, ...Object.keys(values).map((name) => name.length));
  return Object.entries(values).map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd());
}

export function inputLines(inputs: Readonly<Record<string, string>>): readonly string[] {
  const rows = Object.entries(inputs).map(([name, value]) => [name, SECRET_INPUTS.has(name) ? '***' : value]);
  const width = Math.max(0, ...rows.map(([name = '']) => name.length + 1));
  return block(
    'With',
    rows.map(([name, value]) => `${`${name}:`.padEnd(width)} ${value}`),
  );
}

export function outcomeLines({ main, post, requests, githubRequests, problems }: ScenarioResult): readonly string[] {
  const filled = Object.fromEntries(Object.entries(main.outputs).filter(([, value]) => value !== ''));
  const summaries = [main.summary, post?.summary ?? ''].filter((text) => text.trim() !== '');
  return [
    ...block('Outputs', pairs(filled)),
    ...block(
      'Job summary (Markdown)',
      summaries.flatMap((text) => text.trimEnd().split('\n')),
    ),
    ...block('What GitHub was asked', requestLines(githubRequests)),
    ...block('What BK-CI was asked', requestLines(requests)),
    ...block('Against the letter of the API', problems),
    `Exit code ${main.exitCode}${post === null ? '' : `, post ${post.exitCode}`}, ${(main.durationMs / 1000).toFixed(1)} s`,
  ];
}

/** Repeated requests are shown as one line; ids are shortened, since Outputs shows them in full. */
function requestLines(requests: readonly RecordedRequest[]): readonly string[] {
  const lines = requests.map((request) =>
    requestText(request).replaceAll(/\b([pbe]-[0-9a-f]{4})[0-9a-f]{28}\b/g, '$1…'),
  );
  const runs: { line: string; times: number }[] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last?.line === line) last.times += 1;
    else runs.push({ line, times: 1 });
  }
  return runs.map(({ line, times }) => (times > 1 ? `${line}, ${times} times` : line));
}

function requestText(request: RecordedRequest): string {
  return `${requestLine(request)}  →  ${request.outcome === '' ? 'no answer' : request.outcome}`;
}

export function headingLines({ name, description: about, scale, ...expected }: Scenario): readonly string[] {
  const reason = expected.reason ? ` (${expected.reason})` : '';
  const clock = `Clock     BK-CI's runs ${scale} times as fast as ours: a minute of the build takes ${60 / scale} s here`;
  return [
    '',
    `Scenario  ${name}`,
    `          ${about}`,
    `Expected  exit code ${expected.exitCode}, result ${expected.result}${reason}`,
    ...(scale === 1 ? [] : [clock]),
    '',
  ];
}

/** Differences from what the scenario expects; empty if there are none. */
export function differences(
  { exitCode, result, reason = '' }: Scenario,
  { main, problems }: ScenarioResult,
): readonly string[] {
  const compare = (name: string, wanted: string, got: string) =>
    wanted === got ? [] : [`${name} ${got}, not ${wanted}`];
  return [
    ...compare('exit code', String(exitCode), String(main.exitCode)),
    ...compare('result', result, main.outputs.result ?? ''),
    ...compare('reason', reason, main.outputs.reason ?? ''),
    ...(problems.length > 0 ? ['requests against the letter of the API'] : []),
  ];
}
