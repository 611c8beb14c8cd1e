import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { oneLine } from '../../../../src/lib/sanitize.js';
import { capDocument, code, link, plain, preformatted, prose } from '../../../../src/report/summary/markdown.js';
import { summaryOf } from '../../../../src/report/summary/summary.js';
import { buildStatus } from '../../../support/builds.js';
import { elementsOf, MARKUP, textOf } from '../../../support/markdown.js';
import { conclusionsOf, record, recordOf, type Shape } from '../../../support/record.js';

/** Hostile text that is not empty after sanitising. */
const hostile = fc
  .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...MARKUP) }, { weight: 1, arbitrary: fc.string() }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((atoms) => atoms.join(''))
  .filter((text) => oneLine(text) !== '');
const shapes: fc.Arbitrary<Shape> = fc.record({
  tasks: fc.integer({ min: 0, max: 3 }),
  logs: fc.integer({ min: 0, max: 2 }),
  candidates: fc.integer({ min: 0, max: 2 }),
  numbered: fc.boolean(),
});

/** Returns the texts one after the other, and starts again at the end. */
function cycle(texts: readonly string[]): () => string {
  let at = 0;
  return () => {
    at += 1;
    return texts[at % texts.length] ?? '';
  };
}

const summaries = (texts: readonly string[], shape: Shape) => {
  const text = cycle(texts);
  const runRecord = recordOf(text, shape);
  return conclusionsOf(text).map(([name, conclusion]) => ({ name, markdown: summaryOf(conclusion, runRecord) }));
};

describe('a summary with hostile texts', () => {
  test('has the same elements, attributes and links as with harmless texts', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 3, maxLength: 20 }), shapes, (texts, shape) => {
        const harmless = summaries(['word'], shape);
        for (const [at, { name, markdown }] of summaries(texts, shape).entries()) {
          const elements = { name, elements: elementsOf(markdown) };
          expect(elements).toEqual({ name, elements: elementsOf(harmless[at]?.markdown ?? '') });
        }
      }),
      { numRuns: 160 },
    );
  });

  test('has no additional elements in a heading with the name of a gate', () => {
    const elements = (name: string) => {
      const lastStatus = buildStatus({ status: 'STAGE_SUCCESS', stages: [{ stageId: 'stage-4', name }] });
      return elementsOf(summaryOf({ result: 'failed', gateRefused: true }, record({ lastStatus })));
    };
    fc.assert(fc.property(hostile, (name) => expect(elements(name)).toEqual(elements('word'))));
  });

  test('has 128 KiB at most', () => {
    const long = cycle([`<${'|'.repeat(3000)}`, '后'.repeat(3000), '@'.repeat(3000)]);
    const runRecord = recordOf(long, { tasks: 60, logs: 5, numbered: true, candidates: 80 });
    const stages = Array.from({ length: 400 }, () => runRecord.stages).flat();
    const logs = runRecord.logs.map((log) => ({ ...log, lines: Array.from({ length: 1000 }, long) }));
    const attempts = Array.from({ length: 10 }, () => ({ failedIn: long(), durationMs: 1 }));
    for (const [, conclusion] of conclusionsOf(long)) {
      expect(Buffer.byteLength(summaryOf(conclusion, { ...runRecord, stages, logs, attempts }))).toBeLessThanOrEqual(
        128 * 1024,
      );
    }
  });

  test('has only known elements if all texts are empty after sanitising', () => {
    const known =
      /^\d (?:h2|p|a href="https:\/\/(?:devops\.example\.com|github\.com)\/[^"]*"|strong|em|code|br|sub|ul|li|details(?: open="")?|summary|pre|table|thead|tbody|tr|t[hd](?: align="\w+")?)$/;
    for (const { name, markdown } of summaries(['\u200b', ' ', '\n'], {
      tasks: 2,
      logs: 1,
      numbered: true,
      candidates: 2,
    })) {
      expect({ name, unknown: elementsOf(markdown).filter((element) => !known.test(element)) }).toEqual({
        name,
        unknown: [],
      });
    }
  });
});

describe('escaped text', () => {
  test('is shown unchanged in a sentence, in a cell, in bold and in a block', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = oneLine(text, 200);
        const block = textOf(preformatted([text]));
        expect(textOf(`x ${plain(text)} y`).trim()).toBe(`x ${shown} y`);
        expect(textOf(`**${plain(text)}** y`).trim()).toBe(`${shown} y`);
        expect(textOf(`| a |\n| - |\n| ${plain(text)} |`)).toContain(shown);
        expect(oneLine(block, 200)).toBe(oneLine(text, 200));
      }),
      { numRuns: 1000 },
    );
  });

  test('is not a list item even if it starts like one', () => {
    expect([plain('12. x'), plain('- x')]).toEqual(['&#49;&#50;&#46; x', '&#45; x']);
  });

  test('is in code font as an id or a parameter', () => {
    expect([code('e-55a'), code('taskId: e-1'), code('e`1'), code('')]).toEqual([
      ...['`e-55a`', '`taskId: e-1`', '<code>e&#96;1</code>', ''],
    ]);
  });

  test('has names of inputs in code font, except in quotes and addresses', () => {
    const sentence =
      'wait: “taskId: true” is no flag; set onlyIfFailed: true, username or skip: true. Don’t wait at https://h/buildId.';
    expect(prose(sentence)).toBe(
      '`wait`: “taskId: true” is no flag; set `onlyIfFailed: true`, `username` or `skip: true`. Don’t wait at https&#58;//h/buildId.',
    );
  });

  test('is cut at 500 characters as a line of a block', () => {
    expect(preformatted(['x'.repeat(501)])).toBe(`<pre>\n${'x'.repeat(499)}…\n</pre>`);
  });

  test('can’t end a link as its address', () => {
    const address = 'https://h/a>b<c)d e';
    expect(elementsOf(link('text', address))).toEqual(['0 p', '1 a href="https://h/a%3Eb%3Cc)d%20e"']);
  });
});

describe('a document', () => {
  const REST = 'The rest is in the log of this step.';
  const rows = [
    { name: 'that just fits is complete', lengths: [58, 38], max: 200, kept: 2 },
    { name: 'that is one byte too long is cut between paragraphs', lengths: [58, 39], max: 200, kept: 1 },
    { name: 'is cut before the first paragraph that is too long', lengths: [60, 200, 1], max: 262, kept: 1 },
  ];
  test.each(rows)('$name', ({ lengths, max, kept }) => {
    const paragraphs = lengths.map((length) => 'a'.repeat(length));
    const shown = [...paragraphs.slice(0, kept), ...(kept < lengths.length ? [REST] : [])];
    expect(capDocument(paragraphs, max)).toBe(`${shown.join('\n\n')}\n\n`);
  });

  test('is measured in bytes', () => {
    expect(capDocument(['a'.repeat(60), 'ä'.repeat(60)], 262)).toContain(REST);
    expect(capDocument(['a'.repeat(60), 'a'.repeat(60)], 262)).not.toContain(REST);
  });
});
