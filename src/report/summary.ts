/** Outcome → the job summary: the verdict, which build, why, where to click; details fold. Pure Markdown. */
import { meaningOfBuild } from '../bkci/status.js';
import { ActionError } from '../errors.js';
import { duration } from '../text.js';
import { failedAgain, linkOf } from './headline.js';
import { stateOf } from './lines.js';
import { capDocument, code, link, plain, preformatted } from './markdown.js';
import type { Ending, Facts, Outcome, TaskLog } from './outcome.js';
import { attemptTable, failedTable, stageTable } from './tables.js';
import { taskName, taskPlace } from './tasks.js';

/** GitHub drops a summary of more than 1 MiB as a whole; ours is meant to be read. */
const MAX_BYTES = 128 * 1024;
const LOG_LINES = 20;
/** BK-CI's own markers at the start of a log line (`##[error]`), as they come out of the sanitiser. */
const MARKER = /^##\\\[[a-z]+\]/;

export function summaryOf(ending: Ending, facts: Facts): string {
  const heading = `## ${headingOf(ending, facts)}`;
  if (ending instanceof ActionError)
    return capDocument(
      [heading, ...whichBuild(facts, stateParts(facts)), errorParagraph(ending, facts), ...candidateList(facts)],
      MAX_BYTES,
    );
  const details = ending.result === 'failed' || ending.result === 'cancelled' || ending.result === 'timed-out';
  const parts = [
    heading,
    ...whichBuild(facts, endParts(ending, facts)),
    ...candidateList(facts),
    ...(details
      ? [
          ...reasons(facts),
          ...logs(facts),
          ...failedTable(facts),
          ...attemptTable(facts),
          ...stageTable(facts),
          ...footnote(facts),
        ]
      : []),
  ];
  return capDocument(parts, MAX_BYTES);
}

function headingOf(ending: Ending, facts: Facts): string {
  const { candidates = [] } = facts;
  if (candidates.length < 2)
    return `BK-CI build ${buildWord(facts)} ${headingWords(ending, facts)}`.replace(/ {2,}/g, ' ');
  if (ending instanceof ActionError) return 'No BK-CI build was retried';
  return `${candidates.length} failed BK-CI builds were found, and nothing was sent`;
}

/** Never `#42`, which GitHub may turn into a link to an issue. */
function buildWord({ buildNumber, build }: Facts): string {
  if (buildNumber !== undefined) return String(buildNumber);
  return build ? code(build.buildId) : '';
}

function headingWords(ending: Ending, facts: Facts): string {
  if (ending instanceof ActionError) {
    if (facts.accepted > 0) return 'was retried, but its end is not known';
    return ending.leavesDoubt ? 'may have been retried' : 'was not retried';
  }
  switch (ending.result) {
    case 'retried':
      return 'was retried';
    case 'not-needed':
      return 'needs no retry';
    case 'found':
      return 'was found, and nothing was sent';
    case 'failed':
      return failedAgain(facts) ? 'failed again' : 'failed';
    case 'cancelled':
      return 'was cancelled';
    case 'timed-out':
      return ending.ended && meaningOfBuild(ending.ended) === 'cancelled'
        ? 'has not ended in time and was stopped'
        : 'has not ended in time';
    case 'stopped':
      return 'was asked to stop';
    case 'aborted':
      return facts.phase === 'running' ? 'goes on without this step' : 'was left when the step was cancelled';
    case 'succeeded':
      return 'succeeded';
  }
}

function title({ pipelineName, buildNumber, build }: Facts): string {
  const number = buildNumber === undefined ? `build ${code(build?.buildId ?? '')}` : `build ${buildNumber}`;
  if (pipelineName !== undefined) return `**${plain(pipelineName, 80)}, ${number}**`;
  return build ? `**${number} in project ${plain(build.projectId, 80)}**` : `**${number}**`;
}

function whichBuild(facts: Facts, parts: readonly string[]): string[] {
  if (!facts.build) return [];
  const address = linkOf(facts);
  return [[address === undefined ? title(facts) : link(title(facts), address), ...parts].filter(Boolean).join(' · ')];
}

function executionPart({ executeCount }: Facts): string {
  return executeCount === undefined ? '' : `execution ${executeCount}`;
}

function stateParts(facts: Facts): string[] {
  // Once a retry was accepted, what was seen before it is another execution.
  const look = facts.look ?? (facts.accepted === 0 ? facts.before : undefined);
  if (!look) return [];
  return [plain(stateOf(look)), executionPart(facts), look.startedBy ? `started by ${plain(look.startedBy, 80)}` : ''];
}

function endParts(outcome: Outcome, facts: Facts): string[] {
  const took = facts.took === undefined ? '' : `after ${duration(facts.took)}`;
  const intent = facts.plan
    ? `${facts.plan.word === 'Skip' ? 'skipped' : 'retried'}: ${plain(facts.plan.intent, 300)}`
    : '';
  switch (outcome.result) {
    case 'retried':
      return [executionPart(facts), 'not followed, so its result is not known here'];
    case 'not-needed':
      return [executionPart(facts), plain(outcome.why, 300)];
    case 'found':
      return [...stateParts(facts), intent.replace('retried', 'would retry').replace('skipped', 'would skip')];
    case 'succeeded':
      return [executionPart(facts), took, intent];
    case 'failed':
      return [executionPart(facts), gateOrStage(outcome.gateRefused, facts, took)];
    default:
      return [executionPart(facts), took, facts.look ? plain(stateOf(facts.look)) : ''];
  }
}

function gateOrStage(gateRefused: boolean, { failedTasks }: Facts, took: string): string {
  if (gateRefused) return `a stage gate was refused ${took}, so the stages behind it did not run`;
  const stage = failedTasks[0]?.stageName;
  return stage ? `failed in **${plain(stage, 80)}** ${took}` : `failed ${took}`;
}

function reasons({ failedTasks }: Facts): string[] {
  return failedTasks.slice(0, 3).map((task) => {
    const why = task.errorMessage === '' ? '' : `: ${plain(task.errorMessage, 500)}`;
    const where = taskPlace(task).map((name) => plain(name));
    return `**${plain(taskName(task))}**${where.length > 0 ? ` in ${where.join(' › ')}` : ''}${why}`;
  });
}

/** The log of a single failed plug-in is open, of several folded. */
function logs({ logs: all }: Facts): string[] {
  const shown = all.filter(({ lines }) => lines.length > 0);
  return shown.flatMap((log) => logSection(log, shown.length === 1));
}

function logSection({ task, lines }: TaskLog, open: boolean): string[] {
  const last = lines.slice(-LOG_LINES).map((line) => line.replace(MARKER, ''));
  const caption = `Log of ${plain(taskName(task))}, last ${last.length} ${last.length === 1 ? 'line' : 'lines'}`;
  // One paragraph: an element must not be cut in two.
  return [
    [`<details${open ? ' open' : ''}>`, `<summary>${caption}</summary>`, '', preformatted(last), '', '</details>'].join(
      '\n',
    ),
  ];
}

function footnote({ plan, accepted, maxAttempts, username, firstStartedBy, workflowRun }: Facts): string[] {
  if (!plan) return [];
  const { taskId, failedContainer, skip } = plan.parameters;
  const sent = [
    taskId ? `taskId: ${taskId}` : '',
    failedContainer ? 'failedContainer: true' : '',
    skip ? 'skip: true' : '',
  ];
  const shown = sent
    .filter(Boolean)
    .map((parameter) => plain(parameter, 120))
    .join(', ');
  const parts = [
    `${plan.word === 'Skip' ? 'Skipped' : 'Retried'}: ${plain(plan.intent, 300)}${shown ? ` (${shown})` : ''}`,
    `attempt ${accepted} of ${maxAttempts}`,
    username ? `as ${plain(username, 80)}` : '',
    firstStartedBy ? `first started by ${plain(firstStartedBy, 80)}` : '',
    workflowRun ? link('by this workflow run', workflowRun) : '',
  ];
  return [`<sub>${parts.filter(Boolean).join(' · ')}</sub>`];
}

/** Our own sentence, which may quote a server and name input values: escaped like any text. */
function errorParagraph({ message, code: errorCode }: ActionError, { candidates = [] }: Facts): string {
  // GitHub may turn a bare #42 into a link to an issue.
  const words = message.replace(/(?<=\bbuild )#(?=\d)/gi, '');
  // The candidates follow as a list with links.
  const lines = candidates.length > 1 ? words.split('\n', 1) : words.split('\n');
  return `${lines.map((line) => plain(line, 1000)).join('<br>')} \`${errorCode}\``;
}

function candidateList({ candidates = [] }: Facts): string[] {
  if (candidates.length < 2) return [];
  const items = candidates.slice(0, 50).map(({ name, buildUrl, buildId }) => {
    return buildUrl === '' ? `- ${plain(name)} ${code(buildId)}` : `- ${link(plain(name), buildUrl)}`;
  });
  return [items.join('\n')];
}
