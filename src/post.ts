/**
 * Entry of the post step. It runs after every use of this action, so it loads nothing unless main left a retry that may
 * be running. This file, and never the saved state, decides that it is post: main may have died before it saved any,
 * and the same bundle without this argument would retry the build.
 */
const phase = process.env.STATE_phase ?? '';
if (phase !== '' && phase !== 'over') {
  process.argv[2] = 'post';
  void import('./index.js');
}
