import { type RecordedRequest, requestLine } from '../../standin/http/recorded-request.js';
import type { StepResult } from '../../standin/runner/runner.js';

/** Result of running a scenario. */
export interface ScenarioResult {
  readonly main: StepResult;
  readonly post: StepResult;
  readonly bkci: readonly RecordedRequest[];
  readonly github: readonly RecordedRequest[];
  /** Addresses that differ from run to run, with their replacements. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** All output of a step and all requests, formatted for a snapshot that can be reviewed. */
export function formatResult({ main, post, bkci, github, addresses }: ScenarioResult): string {
  const sections = [
    ['Log', main.log],
    ['Annotations', main.annotations.map(({ level, title }) => `${level}: ${title}`)],
    ['Outputs', Object.entries(main.outputs).map(([name, value]) => `${name}=${value}`.trimEnd())],
    ['Job summary', main.summary.trimEnd().split('\n')],
    ['State for post', Object.entries(main.state).map(([name, value]) => `${name}=${value}`)],
    ['GitHub was asked', requestLines(github)],
    ['BK-CI was asked', requestLines(bkci)],
    ['Log of post', post.log],
  ] as const;
  const text = sections
    .filter(([, lines]) => lines.some((line) => line !== ''))
    .map(([title, lines]) => `${title}\n${lines.map((line) => `  ${line}`.trimEnd()).join('\n')}`);
  return normalize([`Exit code ${main.exitCode}, post ${post.exitCode}`, ...text].join('\n\n'), addresses);
}

/** Requests with their outcomes, one line each; repeated ones are one line. */
function requestLines(requests: readonly RecordedRequest[]): readonly string[] {
  const lines = requests.map((request) => `${requestLine(request)}  →  ${request.outcome || 'no answer'}`);
  return lines.flatMap((line, index) => {
    if (line === lines[index - 1]) return [];
    return [line === lines[index + 1] ? `${line}, several times` : line];
  });
}

const TIME = String.raw`\d+ (?:d|h|min|s)(?: \d+ (?:h|min|s))?`;

/** Replaces addresses, ids and times that differ from run to run by constants. */
function normalize(text: string, addresses: ScenarioResult['addresses']): string {
  // In the summary, colons outside of links are escaped.
  const forms = Object.entries(addresses).flatMap(([from, to]) => [
    [from, to],
    [from.replaceAll(':', '&#58;'), to.replaceAll(':', '&#58;')],
  ]);
  const named = forms.reduce((rest, [from = '', to = '']) => rest.replaceAll(from, to), text);
  return named
    .replace(/\b([pbe]-[0-9a-f]{4})[0-9a-f]{28}\b/g, '$1…')
    .replace(/(request id )[0-9a-f]{16,}/g, '$1…')
    .replace(/^( +)\d+:\d\d(?:\d\d)?(?= {2}\w)/gm, '$1m:ss')
    .replace(/^( *\| \d+ \| \d+ \| .* \| )\d+:\d\d \|$/gm, '$1m:ss |')
    .replace(new RegExp(String.raw`\b(after|for|in|up to) ${TIME}`, 'g'), '$1 (time)')
    .replace(new RegExp(String.raw`(?<=by [\w-]+ )${TIME} ago`, 'g'), '(time) ago')
    .replace(/^( *durationSeconds=)\d+$/gm, '$1(time)')
    .replace(/"(queueTime|startTime|endTime|serverTime|startEpoch)":\d{13}/g, '"$1":(time)');
}
