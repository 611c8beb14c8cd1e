/** A build that may be the one that is meant. */

import { oneLine } from '../lib/sanitize.js';
import { type BuildRef, buildLink } from '../model/link.js';

export function candidateOf(build: BuildRef, consoleUrl: string | undefined, name: string): Candidate {
  return { ...build, buildUrl: consoleUrl === undefined ? '' : buildLink(consoleUrl, build), name: oneLine(name, 200) };
}

/** One build that may have been meant. */
export interface Candidate {
  readonly projectId: string;
  readonly pipelineId: string;
  readonly buildId: string;
  readonly buildUrl: string;
  readonly name: string;
}
