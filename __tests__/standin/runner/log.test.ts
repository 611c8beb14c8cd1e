import { describe, expect, test } from '@jest/globals';
import { parseCommand } from './commands.js';
import { parseLog } from './log.js';

describe('the command that the runner finds in a line', () => {
  test.each([
    ['::error::x', 'error'],
    ['::ERROR::x', 'error'],
    ['  \t::error::x', 'error'],
    ['\u0085::error::x', 'error'],
    ['\u3000::error::x', 'error'],
    ['prefix ##[error]x', 'error'],
    ['\u001b[31m##[Error]x', 'error'],
    ['###[error]x', 'error'],
    ['::foo::##[error]x', 'error'],
    ['::set-output name=result::succeeded', 'set-output'],
    ['\u200b::error::x', null],
    ['\ufeff::error::x', null],
    ['| ::error::x', null],
    ['## [error]x', null],
    ['##\\[error]x', null],
    ['##[foo]a ##[error]x', null],
    ['::error', null],
    ['::  error::x', null],
    ['std::vector<int>::push', null],
  ])('%j', (line, expected) => {
    expect(parseCommand(line)?.name ?? null).toBe(expected);
  });
});

describe('the log view', () => {
  test('shows annotations with a label, indents groups and hides debug lines', () => {
    const read = parseLog(
      'a\r::error title=T%3A x,file=f::first%0Asecond\n::debug::d\n::group::G\nin\n::endgroup::\nout\n',
    );
    expect(read.log).toEqual(['a', 'Error: first', 'second', '▸ G', '  in', 'out']);
    expect(read.annotations).toEqual([{ level: 'error', title: 'T: x', message: 'first\nsecond' }]);
    expect(read.debug).toEqual(['d']);
  });

  test('masks a value and its encoded form after the line with the mask command', () => {
    const read = parseLog('a+b\n::add-mask::a+b\nx a+b y a%2Bb\n');
    expect(read.log).toEqual(['a+b', 'x *** y ***']);
  });

  test('prints mask commands as text after stop-commands, and fails the step on a disabled command', () => {
    const stopped = parseLog('::stop-commands::token-x\n::add-mask::secret\n::token-x::\n::warning::w\n');
    expect(stopped.log).toEqual(['::add-mask::secret', 'Warning: w']);
    expect(parseLog('::set-env name=A::b\n').failedByCommand).toBe(true);
  });
});
