/**
 * Stands in for the package @actions/exec. @actions/core imports it for `platform.getDetails()`, which starts a process
 * to learn the name of the system; this action never calls that, and without the package it can't start a process at
 * all. docs/ARCHITECTURE.md says how to put it back.
 */
export async function getExecOutput() {
  const message = '@actions/exec is left out of this action; see docs/ARCHITECTURE.md';
  throw Object.assign(new Error(message), { code: 'ERR_LEFT_OUT' });
}
