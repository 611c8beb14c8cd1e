/** Texts that a step may print, and the commands in them (actions/runner: ActionCommand.cs, ActionCommandManager.cs). */

export interface Vector {
  readonly name: string;
  readonly text: string;
  readonly commands: readonly string[];
}

const active = (name: string, text: string, ...commands: string[]): Vector => ({ name, text, commands });
const inert = (name: string, ...texts: string[]): Vector[] =>
  texts.map((text, index) => ({ name: texts.length > 1 ? `${name} (${index + 1})` : name, text, commands: [] }));
const SPACES = ['\u00a0', '\u2028', '\u2029', '\u3000', '\u000b', '\u000c', '\u1680', '\u2000', '\u200a', '\u202f'];

export const VECTORS: readonly Vector[] = [
  active('1 a plain command', '::error::x', 'error'),
  active('2 upper case', '::ERROR::x', 'error'),
  active('2 v1, mixed case', '##[Error]x', 'error'),
  active('3 after spaces and a tab', '  \t::error::x', 'error'),
  ...SPACES.map((space) => active(`4 after .NET white space ${codePoint(space)}`, `${space}::error::x`, 'error')),
  active('5 after NEL', '\u0085::error::x', 'error'),
  active('6 after a BOM at the start of the stream', '\ufeff::error::x', 'error'),
  ...inert('6 after a BOM elsewhere', 'ok\n\ufeff::error::x'),
  ...inert('7 after characters that are not white space', '\u200b::error::x', '\u180e::error::x', '\x1b::error::x'),
  active('8 on a second line', 'ok\n::error::x', 'error'),
  active('8 on a second line, CRLF', 'ok\r\n::error::x', 'error'),
  active('9 after a lone CR', 'ok\r::error::x', 'error'),
  ...inert('10 after characters that do not end a line', 'ok\u2028::error::x', 'ok\u0085::error::x'),
  ...inert('11 after an escaped line end', 'ok%0A::error::x', 'ok\\n::error::x'),
  active('12 v1 in the middle of a line', 'prefix ##[error]x', 'error'),
  active('13 v1 after ANSI', '\x1b[31m##[error]x\x1b[0m', 'error'),
  ...inert('14 v2 after ANSI', '\x1b[31m::error::x'),
  active('15 three hashes', '###[error]x', 'error'),
  ...inert('16 almost v1', '## [error]x', '##[ error]x', '##[error x'),
  ...inert('17 only after the first ##[', '##[foo]a ##[error]x'),
  active('18 v1 if v2 fails', '::foo::##[error]x', 'error'),
  active('19 output', '::set-output name=status::success', 'set-output'),
  active('19 output, v1', '##[set-output name=status;]success', 'set-output'),
  active('20 state', '::save-state name=buildId::evil', 'save-state'),
  active('21 environment', '::set-env name=A::b', 'set-env'),
  active('21 path', '::add-path::/x', 'add-path'),
  ...['set-output', 'save-state', 'echo', 'add-matcher'].map((name) => active(`22 ${name}`, `::${name}::x`, name)),
  active('23 mask', '::add-mask::1', 'add-mask'),
  active('23 mask, v1', '##[add-mask]e', 'add-mask'),
  active('24 stop-commands', '::stop-commands::abcdefgh', 'stop-commands'),
  active('24 no command after stop-commands', '::stop-commands::abcdefgh\n::error::x', 'stop-commands'),
  active(
    '24 a command after the stop token',
    '::stop-commands::abcdefgh\n::error::x\n::ABCDEFGH::\n::error::y',
    'stop-commands',
    'error',
  ),
  active('25 stop-commands without a token', '::stop-commands::', 'stop-commands'),
  active('26 debug', '::debug::x', 'debug'),
  active('27 folding', '::group::Passed\n::endgroup::\nlog: ##[endgroup]', 'group', 'endgroup', 'endgroup'),
  active('28 a warning with properties', '::warning file=ci.yml,line=1,title=T::x', 'warning'),
  active('29 an invisible character in the second separator', '::error:\u200b:x', 'error'),
  active('30 a space after the name', '::error ::x', 'error'),
  active('30 no data', '::error::', 'error'),
  ...inert('31 almost v2', '::error', '::error:x', '::  error::x', 'x ::error::x'),
  ...inert('32 styling', '##[command]x', '##[section]x', '##vso[task.x]y'),
  ...inert('33 not registered', '::internal-set-repo-path repoFullName=a::b'),
  ...inert('34 source code', 'std::vector<int>::push', 'a::b::c'),
];

/** The pieces of the vectors, and characters that hide, split or break them. */
export const ATOMS: readonly string[] = [
  ...['::', ':', '##[', '##', '#', '[', ']', '%0A', '%0D', '%25', '%3A', ';', ',', '=', '\\', '| '],
  ...['error', 'ERROR', 'Warning', 'debug', 'group', 'endgroup', 'add-mask', 'stop-commands', 'set-env', 'echo'],
  ...['set-output name=status', 'save-state name=phase', 'foo', 'abcdefgh', 'command', 'x', 'ok', 'vso', '***'],
  ...['\n', '\r', '\r\n', '\u0085', '\u2028', '\u2029', '\v', '\f', '\t', ' ', '\u00a0', '\u1680', '\u2003', '\u3000'],
  ...['\u200b', '\u200d', '\u180e', '\ufeff', '\u00ad', '\u2060', '\u202e', '\ufe0f', '\u0000', '\u0007', '\u009c'],
  ...['\x1b', '\x1b[', '\x1b[31m', '\x1b[0m', '\x1b]0;t\x07', '\x1b]', '\x1b\\', '\x1b(B', '\u009b', '\u009b1m', 'm'],
  ...['\ud83d\ude00', '\ud83d', '\ude00', 'é', '后台', '“', '”', '…'],
];

function codePoint(char: string): string {
  return `U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}
