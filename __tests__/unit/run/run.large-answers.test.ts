import { describe, expect, test } from '@jest/globals';
import { run } from '../../../src/run/run.js';
import { answer, fakeBkci, type Script, wireStatus } from '../../support/bkci.js';
import { fakeStep } from '../../support/harness.js';
import { environmentOf, REQUIRED } from '../../support/inputs.js';
import { detailToJoin, LARGE_ANSWERS } from '../../support/large-answers.js';

/** Quadratic time would be minutes at this size, longer than a test may take. `npm run measure:growth` has the ratios. */
const SIZE = 0.7 * 1024 * 1024;

async function resultOf(script: Script, inputs: Readonly<Record<string, string>> = {}) {
  const fake = fakeStep(environmentOf({ ...REQUIRED, accessToken: 'aB+c/d&e==0123456789', ...inputs }));
  await run(fake.step, fakeBkci(script).http);
  return fake.recorder.recorded.outputs.result;
}

describe('an answer of 0.7 MiB is handled in time', () => {
  const rows = LARGE_ANSWERS.map(({ name, http, body }) => ({ name, reply: () => answer(body(SIZE), { http }) }));

  test.each(rows)('as the status: $name', async ({ reply }) => {
    const large = reply();
    expect(await resultOf({ status: () => large }, { dryRun: 'true' })).toMatch(/^(?:error|refused|found)$/);
  });

  test.each(rows)('as the answer to the retry: $name', async ({ reply }) => {
    const large = reply();
    const script = { status: () => wireStatus(), retry: () => large };
    expect(await resultOf(script)).toMatch(/^(?:error|refused|retried)$/);
  });

  test('as a detail with as many errors as stages', async () => {
    const detail = () => answer(detailToJoin(10 * SIZE));
    expect(await resultOf({ status: () => wireStatus(), detail }, { taskId: 'e-9' })).toBe('refused');
  });
});
