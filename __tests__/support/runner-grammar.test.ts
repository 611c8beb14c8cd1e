import { describe, expect, test } from '@jest/globals';
import { actingIn, readAsRunner } from './runner-grammar.js';
import { VECTORS } from './runner-vectors.js';

describe('the model of the runner reads the reference’s vectors as the runner does', () => {
  // Never the text itself in a title: a CI on GitHub would obey it.
  test.each(VECTORS)('$name', ({ text, acts }) => {
    expect(actingIn(text)).toEqual(acts);
  });

  test('of a command it keeps name, properties and data, unescaped', () => {
    expect(readAsRunner('::Warning file=a%3Ab%2Cc,line=1::100%25%0Amore').commands).toEqual([
      { grammar: 'v2', name: 'warning', properties: { file: 'a:b,c', line: '1' }, data: '100%\nmore' },
    ]);
    expect(readAsRunner('x ##[set-output name=a%3Bb;]1%5D').commands).toEqual([
      { grammar: 'v1', name: 'set-output', properties: { name: 'a;b' }, data: '1]' },
    ]);
  });

  test('what does not act is shown', () => {
    expect(readAsRunner('one\r::error::x\ntwo\r\n').shown).toEqual(['one', 'two']);
  });
});
