import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { oneLine } from '../../../../src/lib/sanitize.js';
import { capDocument, code, link, plain, preformatted, prose } from '../../../../src/report/summary/markdown.js';
import { summaryOf } from '../../../../src/report/summary/summary.js';
import { buildStatus } from '../../../support/builds.js';
import { elementsOf, MARKUP, textOf } from '../../../support/markdown.js';
import { conclusionsOf, record, recordOf, type Shape } from '../../../support/record.js';

/** Something is left of it when it is shown. */
const hostile = fc
  .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...MARKUP) }, { weight: 1, arbitrary: fc.string() }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((atoms) => atoms.join(''))
  .filter((text) => oneLine(text) !== '');
const shape: fc.Arbitrary<Shape> = fc.record({
  tasks: fc.integer({ min: 0, max: 3 }),
  logs: fc.integer({ min: 0, max: 2 }),
  candidates: fc.integer({ min: 0, max: 2 }),
  numbered: fc.boolean(),
});

/** Hands out the texts one after the other, for ever. */
function dealer(texts: readonly string[]): () => string {
  let at = 0;
  return () => {
    at += 1;
    return texts[at % texts.length] ?? '';
  };
}

const summaries = (texts: readonly string[], shape: Shape) => {
  const text = dealer(texts);
  const runRecord = recordOf(text, shape);
  return conclusionsOf(text).map(([name, conclusion]) => ({ name, markdown: summaryOf(conclusion, runRecord) }));
};

describe('a summary full of hostile texts', () => {
  test('has the elements, attributes and links of the same summary with plain words, and no others', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 3, maxLength: 20 }), shape, (texts, shape) => {
        const plainly = summaries(['word'], shape);
        for (const [at, { name, markdown }] of summaries(texts, shape).entries()) {
          const elements = { name, elements: elementsOf(markdown) };
          expect(elements).toEqual({ name, elements: elementsOf(plainly[at]?.markdown ?? '') });
        }
      }),
      { numRuns: 160 },
    );
  });

  test('has no more in the heading than the name of a gate', () => {
    const elements = (name: string) => {
      const lastStatus = buildStatus({ status: 'STAGE_SUCCESS', stages: [{ stageId: 'stage-4', name }] });
      return elementsOf(summaryOf({ result: 'failed', gateRefused: true }, record({ lastStatus: lastStatus })));
    };
    fc.assert(fc.property(hostile, (name) => expect(elements(name)).toEqual(elements('word'))));
  });

  test('stays below 128 KiB, whatever there is to tell', () => {
    const long = dealer([`<${'|'.repeat(3000)}`, '后'.repeat(3000), '@'.repeat(3000)]);
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

  test('whose texts all vanish is still made of nothing but what we write', () => {
    const known =
      /^\d (?:h2|p|a href="https:\/\/(?:devops\.example\.com|github\.com)\/[^"]*"|strong|em|code|br|sub|ul|li|details(?: open="")?|summary|pre|table|thead|tbody|tr|t[hd](?: align="\w+")?)$/;
    for (const { name, markdown } of summaries(['\u200b', ' ', '\n'], {
      tasks: 2,
      logs: 1,
      numbered: true,
      candidates: 2,
    })) {
      expect({ name, strange: elementsOf(markdown).filter((element) => !known.test(element)) }).toEqual({
        name,
        strange: [],
      });
    }
  });
});

describe('escaped text', () => {
  test('is shown as it is, in a sentence, in a cell, in bold, in a block', () => {
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

  test('that begins like an item of a list is none, however long its number', () => {
    expect([plain('12. x'), plain('- x')]).toEqual(['&#49;&#50;&#46; x', '&#45; x']);
  });

  test('an id or a parameter is code, whatever is in it', () => {
    expect([code('e-55a'), code('taskId: e-1'), code('e`1'), code('')]).toEqual([
      ...['`e-55a`', '`taskId: e-1`', '<code>e&#96;1</code>', ''],
    ]);
  });

  test('a sentence has the names of inputs in code font, but not what it quotes, nor in an address', () => {
    const sentence =
      'wait: “taskId: true” is no flag; set onlyIfFailed: true, username or skip: true. Don’t wait at https://h/buildId.';
    expect(prose(sentence)).toBe(
      '`wait`: “taskId: true” is no flag; set `onlyIfFailed: true`, `username` or `skip: true`. Don’t wait at https&#58;//h/buildId.',
    );
  });

  test('of a line in a block is cut at 500 characters', () => {
    expect(preformatted(['x'.repeat(501)])).toBe(`<pre>\n${'x'.repeat(499)}…\n</pre>`);
  });

  test('an address can’t end its link', () => {
    const address = 'https://h/a>b<c)d e';
    expect(elementsOf(link('text', address))).toEqual(['0 p', '1 a href="https://h/a%3Eb%3Cc)d%20e"']);
  });
});

describe('a document', () => {
  const REST = 'The rest is in the log of this step.';
  const rows = [
    { name: 'that just fits is whole', lengths: [58, 38], max: 200, kept: 2 },
    { name: 'that does not fit by a byte is cut at a paragraph', lengths: [58, 39], max: 200, kept: 1 },
    { name: 'is cut at the first paragraph that is too long', lengths: [60, 200, 1], max: 262, kept: 1 },
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
