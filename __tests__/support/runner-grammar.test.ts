import { describe, expect, test } from '@jest/globals';
import { commandsIn, readAsRunner } from './runner-grammar.js';
import { VECTORS } from './runner-vectors.js';

describe('the model of the runner', () => {
  // The text itself must not be in a title: a runner that runs this test would run its commands.
  test.each(VECTORS)('reads $name', ({ text, commands }) => {
    expect(commandsIn(text)).toEqual(commands);
  });

  test('returns name, properties and data of a command, unescaped', () => {
    expect(readAsRunner('::Warning file=a%3Ab%2Cc,line=1::100%25%0Amore').commands).toEqual([
      { grammar: 'v2', name: 'warning', properties: { file: 'a:b,c', line: '1' }, data: '100%\nmore' },
    ]);
    expect(readAsRunner('x ##[set-output name=a%3Bb;]1%5D').commands).toEqual([
      { grammar: 'v1', name: 'set-output', properties: { name: 'a;b' }, data: '1]' },
    ]);
  });

  test('shows lines that are not commands', () => {
    expect(readAsRunner('one\r::error::x\ntwo\r\n').shown).toEqual(['one', 'two']);
  });
});
