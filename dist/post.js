/**
 * Entry of the post step. Exits at once unless main left a retry that may be running: it runs after every use of this
 * action, so it loads nothing before it knows. That it is post is decided here, never by state: main may have died
 * before it saved any, and the same bundle without this word would retry the build.
 */
const phase = process.env.STATE_phase ?? '';
if (phase !== '' && phase !== 'over') {
    process.argv[2] = 'post';
    await import('./index.js');
}
export {};
