/** The job summary: a heading, the line of the build, and the paragraphs of the conclusion. Pure Markdown. */

import type { Conclusion } from '../outcome.js';
import { textOf } from '../outcomes.js';
import { linkOf, type RunRecord } from '../record.js';
import { capDocument, code, link, plain } from './markdown.js';

/** GitHub drops a summary of more than 1 MiB. This limit is lower, to keep it readable. */
const MAX_BYTES = 128 * 1024;

export function summaryOf(conclusion: Conclusion, record: RunRecord): string {
  const body = textOf(conclusion).body(conclusion, record);
  return capDocument(
    [
      `## ${textOf(conclusion).mark(conclusion, record)} ${headingOf(conclusion, record)}`,
      ...buildLine(conclusion, record),
      ...body,
    ],
    MAX_BYTES,
  );
}

function headingOf(conclusion: Conclusion, record: RunRecord): string {
  const { build, buildNumber } = record;
  const { headline, headingWithoutBuild } = textOf(conclusion);
  if (!build) return headingWithoutBuild?.(record) ?? 'No BK-CI build was retried';
  // Without `#`: GitHub may turn `#42` into a link to an issue. The id is on the next line.
  const name = buildNumber === undefined ? 'BK-CI build' : `BK-CI build ${buildNumber}`;
  return `${name} ${headline(conclusion, record, (stage) => plain(stage, 80))}`;
}

function buildLine(conclusion: Conclusion, record: RunRecord): string[] {
  const { build, buildNumber, pipelineName } = record;
  if (!build) return [];
  const number = `build ${buildNumber ?? code(build.buildId)}`;
  const name = pipelineName === undefined ? undefined : plain(pipelineName, 80);
  const title = name ? `**${name}, ${number}**` : `**${number} in project ${plain(build.projectId, 80)}**`;
  const address = linkOf(record);
  const parts = textOf(conclusion).parts(conclusion, record);
  return [[address === undefined ? title : link(title, address), ...parts].filter(Boolean).join(' · ')];
}
