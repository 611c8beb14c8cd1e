import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRunner } from '../../../src/github/runner.js';
import { cleanLines, oneLine, printable, quote, quoteLines } from '../../../src/lib/sanitize.js';
import { recordActions } from '../../support/actions.js';
import { commandsIn } from '../../support/runner-grammar.js';
import { ATOMS, VECTORS } from '../../support/runner-vectors.js';

const RUNS = { numRuns: 2500 };
const hostile = fc
  .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...ATOMS) }, { weight: 1, arbitrary: fc.string() }), {
    maxLength: 14,
  })
  .map((atoms) => atoms.join(''));

interface Printer {
  readonly name: string;
  /** The output of the step when it prints a text in this way. */
  readonly print: (text: string) => string;
  /** The commands that the action itself prints. */
  readonly commands: readonly string[];
}

/** The output of a step that calls the runner. */
function outputOf(act: (runner: ReturnType<typeof createRunner>) => void): string {
  const recorder = recordActions();
  act(createRunner(recorder.core, {}));
  return recorder.recorded.stdout;
}

const PRINTERS: readonly Printer[] = [
  { name: 'quoteLines', print: (text) => quoteLines(text).join('\n'), commands: [] },
  { name: 'quote in a sentence', print: (text) => `BK-CI says ${quote(text)} and more`, commands: [] },
  { name: 'quote at the start', print: (text) => quote(text), commands: [] },
  { name: 'oneLine in a sentence', print: (text) => `stage ${oneLine(text)}, 3 s`, commands: [] },
  { name: 'printable', print: printable, commands: [] },
  { name: 'printable, after a label', print: (text) => printable(`Build     ${text}`), commands: [] },
  { name: 'runner.info', print: (text) => outputOf((runner) => runner.info(text)), commands: [] },
  { name: 'runner.info, twice', print: (text) => outputOf((runner) => [text, text].map(runner.info)), commands: [] },
  { name: 'runner.debug', print: (text) => outputOf((runner) => runner.debug(text)), commands: ['debug'] },
  {
    name: 'runner.group',
    print: (text) => outputOf((runner) => runner.group(text, [text, `| ${text}`])),
    commands: ['group', 'endgroup'],
  },
  ...(['error', 'warning', 'notice'] as const).map((severity) => ({
    name: `runner.annotate ${severity}`,
    print: (text: string) => outputOf((runner) => runner.annotate(severity, text, text)),
    commands: [severity],
  })),
  {
    name: 'runner.info, with secrets removed',
    print: (text) =>
      outputOf((runner) => {
        runner.secret('ok');
        runner.secret('#');
        runner.info(text);
      }),
    commands: ['add-mask', 'add-mask'],
  },
];

describe.each(PRINTERS)('text printed by $name', ({ print, commands }) => {
  const addsCommand = (text: string) => commandsIn(print(text)).join() !== commands.join();

  test('is never a command, for all vectors', () => {
    expect(VECTORS.filter(({ text }) => addsCommand(text)).map(({ name }) => name)).toEqual([]);
  });

  test('is never a command, for all combinations of the vectors’ pieces', () => {
    fc.assert(
      fc.property(hostile, (text) => !addsCommand(text)),
      RUNS,
    );
  });
});

describe('sanitised text', () => {
  const LINE_ENDS = /[\n\r\v\f\u0085\u2028\u2029]/;
  const INVISIBLE = /(?!\t)[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

  test('contains no line end, no invisible character and no lone surrogate', () => {
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

  test('is not changed when it is sanitised again', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(cleanLines(cleanLines(text).join('\n'))).toEqual(cleanLines(text));
        expect(oneLine(oneLine(text))).toBe(oneLine(text));
        expect(printable(printable(text)).trimEnd()).toBe(printable(text).trimEnd());
      }),
      RUNS,
    );
  });

  test('does not exceed its limits', () => {
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
