import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { INPUT_NAMES } from '../../../src/inputs/names.js';
import { codeOf, errorOf } from '../../support/errors.js';
import { inputs } from '../../support/inputs.js';

/** The input that each misspelt name is told to mean. */
async function meant(values: Readonly<Record<string, string>>): Promise<string[]> {
  const { message } = await errorOf(() => inputs(values));
  return [...message.matchAll(/not an input; did you mean (\w+)\?/g)].map(([, name = '']) => name);
}

describe('a name that is nearly one of ours', () => {
  const rows = [
    { name: 'hyphens', written: 'task-id', input: 'taskId' },
    { name: 'underscores', written: 'failed_container', input: 'failedContainer' },
    { name: 'an underscore, in capitals', written: 'FAILED_CONTAINER', input: 'failedContainer' },
    { name: 'a blank', written: 'build url', input: 'buildUrl' },
    { name: 'a hyphen at its end', written: 'wait-', input: 'wait' },
    { name: 'a letter less', written: 'failedContiner', input: 'failedContainer' },
    { name: 'two letters less', written: 'failedContinr', input: 'failedContainer' },
    { name: 'a letter more', written: 'onlyIfFailled', input: 'onlyIfFailed' },
    { name: 'another letter', written: 'maxAttemps', input: 'maxAttempts' },
    { name: 'two neighbours swapped', written: 'taksId', input: 'taskId' },
    { name: 'two pairs of neighbours swapped', written: 'atksId', input: 'taskId' },
    { name: 'a swap and another letter', written: 'taksIx', input: 'taskId' },
    { name: 'two edits and a hyphen', written: 'fail-container', input: 'failedContainer' },
    { name: 'half a name', written: 'task', input: 'taskId' },
    { name: 'a plural', written: 'header', input: 'headers' },
    { name: 'one edit of a short name', written: 'waits', input: 'wait' },
    { name: 'a swap in a short name', written: 'sikp', input: 'skip' },
    { name: 'the nearest of two', written: 'buildIr', input: 'buildId' },
  ];
  test.each(rows)('is refused: $name', async ({ written, input }) => {
    expect(await codeOf(() => inputs({ [written]: 'x' }))).toBe('input-invalid');
    expect(await meant({ [written]: 'x' })).toEqual([input]);
  });

  test('is told as it was written, and where it may come from', async () => {
    const { message } = await errorOf(() => inputs({ failedContiner: 'true' }));
    expect(message).toContain(
      '  failedcontiner: not an input; did you mean failedContainer? Rename it in with:, or INPUT_FAILEDCONTINER in env:',
    );
  });

  test('never shows its value, which may be a secret', async () => {
    const { message } = await errorOf(() => inputs({ acessToken: 'hunter2' }));
    expect(message).not.toContain('hunter2');
  });

  test('is refused beside the right name with another value', async () => {
    expect(await meant({ failedContainer: 'false', failedContiner: 'true' })).toEqual(['failedContainer']);
  });

  test.each([
    { name: 'true', values: { wait: 'true', failedContiner: 'true' } },
    { name: 'False', values: { wait: 'False', failedContiner: 'False' } },
    { name: 'a number', values: { pollSeconds: '30', 'max-attempts': '30' } },
  ])('is refused although another input has the same value, which says nothing: $name', async ({ values }) => {
    expect(await meant(values)).toHaveLength(1);
  });
});

describe('no near miss is', () => {
  const rows: { name: string; values: Readonly<Record<string, string>> }[] = [
    { name: 'a name of ours in another case', values: { TASKID: 'e-1' } },
    { name: 'every name of ours', values: { checkApp: 'bk-ci', language: 'zh-CN' } },
    { name: 'an unknown name; GitHub warns about it', values: { foo: 'bar' } },
    { name: 'a name three edits away', values: { failedContai: 'true' } },
    { name: 'a short name two edits away', values: { repo: 'x', awit2: 'x' } },
    { name: 'an empty value', values: { 'task-id': '', failedContiner: '  ' } },
    {
      name: 'the value of the meant input, by a wrapper',
      values: { failedContainer: 'true', failed_container: 'true' },
    },
    { name: 'the value of another input, by a wrapper', values: { build: 'b-1', project: 'demo', pipeline: 'p-1' } },
  ];
  test.each(rows)('$name', ({ values }) => {
    expect(() => inputs(values)).not.toThrow();
  });
});

/** Optimal string alignment by its textbook table. */
function distance(a: string, b: string): number {
  const table = [...a, ''].map((_, i) => [...b, ''].map((_, j) => (i === 0 ? j : j === 0 ? i : 0)));
  const at = (i: number, j: number) => table[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      const row = table[i] ?? [];
      row[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + cost, swap);
    }
  }
  return at(a.length, b.length);
}

test('the distance is that of the textbook, for names near to ours and for any word', async () => {
  const exact = new Set(INPUT_NAMES.map((name) => name.toLowerCase()));
  const edited = fc
    .record({
      name: fc.constantFrom(...INPUT_NAMES),
      at: fc.nat(20),
      cut: fc.nat(3),
      put: fc.string({ unit: fc.constantFrom(...'abdeiklrstu'), maxLength: 3 }),
    })
    .map(({ name, at, cut, put }) => (name.slice(0, at) + put + name.slice(at + cut)).toLowerCase());
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(edited, fc.string({ unit: fc.constantFrom(...'abcdefiklprstuw'), minLength: 1, maxLength: 8 })),
      async (written) => {
        if (written === '' || exact.has(written)) return;
        const near = INPUT_NAMES.filter((name) => distance(written, name.toLowerCase()) <= (name.length <= 4 ? 1 : 2));
        if (near.length === 0) expect(() => inputs({ [written]: 'x' })).not.toThrow();
        else expect(near).toEqual(expect.arrayContaining(await meant({ [written]: 'x' })));
      },
    ),
    { numRuns: 1000 },
  );
});
