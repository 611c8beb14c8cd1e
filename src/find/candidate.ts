/** A build that the user may have meant, as the output `candidates` lists it. */

import { oneLine } from '../lib/sanitize.js';
import { type BuildRef, buildLink } from '../model/link.js';

export interface Candidate {
  readonly projectId: string;
  readonly pipelineId: string;
  readonly buildId: string;
  /** Empty where the address of the console is not known. */
  readonly buildUrl: string;
  /** Name of the check run, or number or id of the build. */
  readonly name: string;
}

export function candidateOf(build: BuildRef, consoleUrl: string | undefined, name: string): Candidate {
  return { ...build, buildUrl: consoleUrl === undefined ? '' : buildLink(consoleUrl, build), name: oneLine(name, 200) };
}
