process.exitCode = 1;
const { node } = process.versions;
if (Number.parseInt(node, 10) >= 20) {
  require('./index.js');
} else {
  const problem = `This action needs Node 20 or newer, and this runner has Node ${node}; nothing was sent. Put a newer node first in the PATH, or run the job in an image that has one.`;
  const outputs = ['result::error', 'reason::input-invalid', 'retried::false'];
  for (const output of outputs) process.stdout.write(`::set-output name=${output}\n`);
  process.stdout.write(`::error title=Retry BK-CI build::${problem} [input-invalid]\n`);
}
