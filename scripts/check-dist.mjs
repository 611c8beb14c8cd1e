// Checks that dist matches the sources: rebuilds it and compares it with the committed files.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });

execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' });
const changed = git('status', '--porcelain', '--', 'dist');
if (changed !== '') {
  console.error(`dist is not what the sources build. Run \`npm run build\` and commit these files:\n${changed}`);
  process.exit(1);
}
console.log('dist is what the sources build.');
