/**
 * Entry of the main step. Runners other than GitHub's take `node` from the PATH. An old one can't read the bundle, or
 * would fail in it after the retry, so this file checks the version first, in the syntax of Node 12.
 */
process.exitCode = 1;
const { node } = process.versions;
if (Number.parseInt(node, 10) >= 20) {
  void import('./index.js');
} else {
  const problem = `This action needs Node 20 or newer, and this runner has Node ${node}; nothing was sent. Put a newer node first in the PATH, or run the job in an image that has one.`;
  // These runners read commands; the files of the newer ones would need a library.
  const outputs = ['result::error', 'reason::input-invalid', 'retried::false'];
  for (const output of outputs) process.stdout.write(`::set-output name=${output}\n`);
  process.stdout.write(`::error title=Retry BK-CI build::${problem} [input-invalid]\n`);
}

export {};
