import type { Answer } from './answer.js';
import type { FaultAction } from './faults.js';

/** Text that would be executed or rendered by a runner, in Markdown, in HTML or on a terminal if it were not escaped. */
export const HOSTILE_TEXT = [
  'text\r::error::cut by a carriage return\r::set-output name=result::succeeded\n::add-mask::e\n',
  'tail ##[error]in the middle of a line\n::stop-commands::abcdefgh\n::set-env name=A::b\n##[group]Passed\n',
  '\u0085::warning::after a NEL\u2028::error::after a separator\u00a0::debug::x\u001b[31m##[error]red\u001b[0m\u202e\u200b\n',
  '</summary></details></pre><img src=x onerror=alert(1)><script>alert(1)</script><a href="javascript:alert(1)">x</a>\n',
  '| a | b |\n| - | - |\n[click](https://evil.example/) ![i](https://evil.example/i.png) `code` @octocat #1 **passed**\n',
  '```\n# BK-CI build 42 succeeded\n<!-- EOF\nghadelimiter_x\nresult=succeeded\n\u0024{{ secrets.X }} $(id) %0A::error::x',
].join('');

/** Fields that a client needs to process an answer at all. */
const UNCHANGED_FIELDS: ReadonlySet<string> = new Set([
  ...['id', 'pipelineId', 'projectId', 'buildId', 'stageId', 'containerId', 'containerHashId', 'taskId', 'tag'],
  ...['status', 'key', 'valueType', '@type', 'jobId', 'stepId', 'code'],
]);

/** Replaces every string of a JSON answer by a text, except in the fields of `unchanged`. */
export function hostile(text = HOSTILE_TEXT, unchanged: ReadonlySet<string> = UNCHANGED_FIELDS): FaultAction {
  return { kind: 'rewrite', handled: 'first', rewrite: (answer) => replaceTexts(answer, text, unchanged) };
}

function replaceTexts(answer: Answer, text: string, unchanged: ReadonlySet<string>): Answer {
  const body: unknown = JSON.parse(answer.body, (name, value: unknown) =>
    typeof value === 'string' && !unchanged.has(name) ? text : value,
  );
  return { ...answer, body: JSON.stringify(body) };
}
