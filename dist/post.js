const phase = process.env.STATE_phase ?? '';
if (phase !== '' && phase !== 'over') {
  process.argv[2] = 'post';
  require('./index.js');
}
