import { describe, expect, test } from '@jest/globals';
import { run } from '../../../src/run/run.js';
import { acceptedAs } from '../../support/attempts.js';
import { executions, fakeBkci, no, type Script, wireDetail, wireStatus, yes } from '../../support/bkci.js';
import { fakeStep } from '../../support/harness.js';
import { environmentOf, REQUIRED } from '../../support/inputs.js';

/** Long, so that every cut of a shorter text could fall into it, and with signs that the summary escapes. */
const SECRET = `s3cr_et*${'0123456789abcdef'.repeat(6)}+/==`;
/** The lengths at which this action cuts texts, and the end of a text. */
const CUTS = [0, 30, 40, 60, 80, 100, 120, 200, 300, 500, 1000, 1500, 2000, 3900, 4000];

/** Texts with a form of the secret across each of the cuts. */
const texts = (form: string) => CUTS.map((cut) => `${'x'.repeat(Math.max(0, cut - 14))}${form}`);

async function everythingShown(script: Script, inputs: Readonly<Record<string, string>> = {}) {
  const fake = fakeStep(environmentOf({ ...REQUIRED, accessToken: SECRET, wait: 'true', ...inputs }));
  const { http } = fakeBkci(script);
  await run(fake.step, http);
  const { stdout, outputs, summary, state } = fake.recorder.recorded;
  const printed = stdout.split('\n').filter((line) => !line.startsWith('::add-mask::'));
  return [...printed, JSON.stringify({ outputs, state }), summary].join('\n');
}

/** A build that fails with the text in every place where the server may put one. */
function failedWith(text: string): Script {
  const stage = { stageId: 'stage-3', name: text, showMsg: text };
  const ended = wireStatus({
    userId: text,
    buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '1' }],
    queueTime: 3_000_000,
    endTime: 4_000_000,
    stageStatus: [{ ...stage, status: 'FAILED' }],
    errorInfoList: [{ taskId: 'e-1', taskName: text, errorMsg: text }],
  });
  return {
    ...executions([acceptedAs(2)], [wireStatus({ userId: text, stageStatus: [stage] })], [ended]),
    detail: () =>
      wireDetail(
        { pipelineName: text, triggerUser: text },
        { name: text, errorMsg: text, executeCount: 2, stepId: text },
      ),
    log: () => yes({ status: 0, logs: [{ message: text }, { message: text }] }),
  };
}

describe('a secret that the server repeats is never shown, nor a part of it', () => {
  const forms = [SECRET, encodeURIComponent(SECRET), JSON.stringify(SECRET).replaceAll('/', '\\/').slice(1, -1)];

  test('in any text of a build that fails, wherever it is cut', async () => {
    for (const form of forms) {
      for (const text of texts(form)) expect(await everythingShown(failedWith(text))).not.toContain('3cr');
    }
  });

  test('in the message of a refusal, wherever it is cut', async () => {
    for (const text of texts(SECRET)) {
      const refused = executions([no(2101047, text)], [wireStatus()]);
      expect(await everythingShown(refused, { wait: 'false' })).not.toContain('3cr');
      expect(await everythingShown({ status: [no(2101163, text, 404)] })).not.toContain('3cr');
    }
  });

  test('in an unknown status, a user or an id, wherever it is cut', async () => {
    for (const text of texts(SECRET)) {
      const odd = wireStatus({ status: text, userId: text });
      const detail = () => wireDetail({}, { id: `e-${text}`.slice(0, 200) });
      expect(await everythingShown({ status: () => odd, detail }, { dryRun: 'true', wait: 'false' })).not.toContain(
        '3cr',
      );
      expect(
        await everythingShown({ status: () => wireStatus(), detail }, { taskId: 'e-9', wait: 'false' }),
      ).not.toContain('3cr');
    }
  });

  test('as a user, whose name is compared, also where the summary escapes it', async () => {
    const short = 's3cr_et*01';
    const shown = await everythingShown(failedWith(short), { accessToken: short, username: short });
    expect(shown).toContain('***');
    expect(shown).not.toContain('3cr');
  });

  test('in an input that is not valid, wherever it is cut', async () => {
    for (const text of texts(SECRET)) {
      for (const name of [
        'projectId',
        'buildId',
        'taskId',
        'apiUrl',
        'buildUrl',
        'consoleUrl',
        'buildNumber',
        'wait',
      ]) {
        expect(await everythingShown({}, { [name]: `${text} /` })).not.toContain('3cr');
      }
    }
  });
});
