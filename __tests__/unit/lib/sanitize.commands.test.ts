import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRunner } from '../../../src/github/runner.js';
import { cleanLines, oneLine, printable, quote, quoteLines } from '../../../src/lib/sanitize.js';
import { recordActions } from '../../support/actions.js';
import { actingIn } from '../../support/runner-grammar.js';
import { ATOMS, VECTORS } from '../../support/runner-vectors.js';

const RUNS = { numRuns: 2500 };
const hostile = fc
  .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...ATOMS) }, { weight: 1, arbitrary: fc.string() }), {
    maxLength: 14,
  })
  .map((atoms) => atoms.join(''));

interface Way {
  readonly name: string;
  /** What the runner gets when a text takes this way. */
  readonly stream: (text: string) => string;
  /** The commands of our own in it, and no others. */
  readonly ours: readonly string[];
}

/** What a runner over the recording port prints. */
function through(act: (runner: ReturnType<typeof createRunner>) => void): string {
  const recorder = recordActions();
  act(createRunner(recorder.core, {}));
  return recorder.recorded.stdout;
}

const WAYS: readonly Way[] = [
  { name: 'quoteLines', stream: (text) => quoteLines(text).join('\n'), ours: [] },
  { name: 'quote in a sentence', stream: (text) => `BK-CI says ${quote(text)} and more`, ours: [] },
  { name: 'quote at the start', stream: (text) => quote(text), ours: [] },
  { name: 'oneLine in a sentence', stream: (text) => `stage ${oneLine(text)}, 3 s`, ours: [] },
  { name: 'printable', stream: printable, ours: [] },
  { name: 'printable, behind words of ours', stream: (text) => printable(`Build     ${text}`), ours: [] },
  { name: 'runner.info', stream: (text) => through((runner) => runner.info(text)), ours: [] },
  { name: 'runner.info, twice', stream: (text) => through((runner) => [text, text].map(runner.info)), ours: [] },
  { name: 'runner.debug', stream: (text) => through((runner) => runner.debug(text)), ours: ['debug'] },
  {
    name: 'runner.group',
    stream: (text) => through((runner) => runner.group(text, [text, `| ${text}`])),
    ours: ['group', 'endgroup'],
  },
  ...(['error', 'warning', 'notice'] as const).map((severity) => ({
    name: `runner.annotate ${severity}`,
    stream: (text: string) => through((runner) => runner.annotate(severity, text, text)),
    ours: [severity],
  })),
  {
    name: 'runner.info, a secret cut out of it',
    stream: (text) =>
      through((runner) => {
        runner.secret('ok');
        runner.secret('#');
        runner.info(text);
      }),
    ours: ['add-mask', 'add-mask'],
  },
];

describe.each(WAYS)('text on its way through $name', ({ stream, ours }) => {
  const acts = (text: string) => actingIn(stream(text)).join() !== ours.join();

  test('does not act: the vectors', () => {
    expect(VECTORS.filter(({ text }) => acts(text)).map(({ name }) => name)).toEqual([]);
  });

  test('does not act, however the vectors’ atoms are composed', () => {
    fc.assert(
      fc.property(hostile, (text) => !acts(text)),
      RUNS,
    );
  });
});

describe('text of any composition', () => {
  const LINE_ENDS = /[\n\r\v\f\u0085\u2028\u2029]/;
  const INVISIBLE = /(?!\t)[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

  test('keeps no line end, no invisible character and no half of one', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const line of [...cleanLines(text), ...quoteLines(text), oneLine(text), printable(text)]) {
          expect(line).not.toMatch(LINE_ENDS);
          expect(line).not.toMatch(INVISIBLE);
          expect(line).not.toContain('##[');
        }
      }),
      RUNS,
    );
  });

  test('is not changed by cleaning it once more', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(cleanLines(cleanLines(text).join('\n'))).toEqual(cleanLines(text));
        expect(oneLine(oneLine(text))).toBe(oneLine(text));
        expect(printable(printable(text)).trimEnd()).toBe(printable(text).trimEnd());
      }),
      RUNS,
    );
  });

  test('stays within its caps', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 40 }), (text, max) => {
        expect(oneLine(text.repeat(20), max).length).toBeLessThanOrEqual(max);
        expect(quoteLines(text.repeat(20), max).length).toBeLessThanOrEqual(max + 1);
        expect(Math.max(0, ...cleanLines(text.repeat(200)).map((line) => line.length))).toBeLessThanOrEqual(1000);
      }),
      RUNS,
    );
  });
});
