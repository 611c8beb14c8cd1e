/** action.yml and the words beside it → the tables of inputs and outputs in README.md and README.zh-CN.md. Pure. */
import { isMap, isScalar, parse, parseDocument } from 'yaml';

export type Language = 'en' | 'zh';

/** What a row shows beyond action.yml: an example, and the description in Chinese. */
interface Words {
  readonly example?: string;
  readonly zh: string;
}

/** Contents of scripts/docs-words.json. */
export interface DocsWords {
  /** By the comment that opens the group in action.yml; the value is its name in Chinese. */
  readonly groups: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, Words>>;
  readonly outputs: Readonly<Record<string, Words>>;
}

interface Described {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}

export interface ActionFile {
  readonly inputs: Readonly<Record<string, Described>>;
  readonly outputs: Readonly<Record<string, Described>>;
}

export function readAction(yaml: string): ActionFile {
  return parse(yaml) as ActionFile;
}

/** Names of the groups, each with its inputs, in the order of action.yml: a comment before an input opens a group. */
export function inputGroups(yaml: string): { title: string; inputs: string[] }[] {
  const inputs = parseDocument(yaml).get('inputs');
  const groups: { title: string; inputs: string[] }[] = [];
  if (!isMap(inputs)) throw new Error('action.yml has no inputs');
  for (const [index, { key }] of inputs.items.entries()) {
    if (!isScalar(key)) continue;
    // What stands before the first key belongs to the map itself.
    const title = (key.commentBefore ?? (index === 0 ? inputs.commentBefore : undefined))?.trim();
    if (title) groups.push({ title, inputs: [] });
    groups.at(-1)?.inputs.push(String(key.value));
  }
  return groups;
}

const HEADS = {
  en: {
    inputs: ['Input', 'Default', 'Meaning', 'Example'],
    outputs: ['Output', 'Meaning', 'Example'],
    required: '**required**',
  },
  zh: { inputs: ['输入', '默认值', '含义', '示例'], outputs: ['输出', '含义', '示例'], required: '**必填**' },
} as const;

/** The block between `<!-- inputs -->` and `<!-- /inputs -->`. Throws when a row has no words, or words have no row. */
export function inputTable(yaml: string, words: DocsWords, language: Language): string {
  const { inputs } = readAction(yaml);
  sameNames('inputs', inputs, words.inputs);
  const { inputs: head, required } = HEADS[language];
  const rows = inputGroups(yaml).flatMap(({ title, inputs: names }) => {
    const translated = words.groups[title];
    if (translated === undefined) throw new Error(`scripts/docs-words.json: groups has no ${title}`);
    const opening = `| **${language === 'en' ? title : translated}** | | | |`;
    return [
      opening,
      ...names.map((name) => inputRow(name, { input: inputs[name], words: words.inputs[name], language, required })),
    ];
  });
  return [...tableHead(head), ...rows].join('\n');
}

function inputRow(
  name: string,
  {
    input,
    words,
    language,
    required,
  }: { input: Described | undefined; words: Words | undefined; language: Language; required: string },
): string {
  const fallback = input?.required ? required : input?.default === undefined ? '' : code(input.default);
  return row([
    code(name),
    fallback,
    meaning(input, words, language),
    words?.example === undefined ? '' : code(words.example),
  ]);
}

/** The block between `<!-- outputs -->` and `<!-- /outputs -->`. */
export function outputTable(yaml: string, words: DocsWords, language: Language): string {
  const { outputs } = readAction(yaml);
  sameNames('outputs', outputs, words.outputs);
  const rows = Object.entries(outputs).map(([name, output]) => {
    const { example } = words.outputs[name] ?? {};
    return row([
      code(name),
      meaning(output, words.outputs[name], language),
      example === undefined ? '' : code(example),
    ]);
  });
  return [...tableHead(HEADS[language].outputs), ...rows].join('\n');
}

/** A README with both of its tables written anew. Throws when a marker is missing. */
export function fillTables(markdown: string, yaml: string, words: DocsWords, language: Language): string {
  const filled = fill(markdown, 'inputs', inputTable(yaml, words, language));
  return fill(filled, 'outputs', outputTable(yaml, words, language));
}

function fill(markdown: string, name: string, table: string): string {
  const block = new RegExp(`<!-- ${name} -->\\n[\\s\\S]*?<!-- /${name} -->`);
  if (!block.test(markdown)) throw new Error(`no place for the table: <!-- ${name} --> … <!-- /${name} --> is missing`);
  return markdown.replace(block, () => `<!-- ${name} -->\n${table}\n<!-- /${name} -->`);
}

function sameNames(kind: string, declared: object, described: object): void {
  const missing = Object.keys(declared).filter((name) => !Object.hasOwn(described, name));
  const left = Object.keys(described).filter((name) => !Object.hasOwn(declared, name));
  if (missing.length > 0) throw new Error(`scripts/docs-words.json: ${kind} has no ${missing.join(', ')}`);
  if (left.length > 0)
    throw new Error(`scripts/docs-words.json: ${kind} has ${left.join(', ')}, which action.yml has not`);
}

function meaning(described: Described | undefined, words: Words | undefined, language: Language): string {
  return inCode((language === 'en' ? described?.description : words?.zh) ?? '');
}

/** Addresses, names in camelCase, ids and the two booleans are code in every language. */
function inCode(text: string): string {
  const parts =
    /(https?:\/\/[\w.\-/]*[\w/]|"[^"]+"|\b[a-z]+-…|\b[a-z]+(?:[A-Z][a-z]+)+\b|\bX-[A-Z-]+[A-Z]\b|\b(?:true|false|stage-\d)\b|\[\])/g;
  return text.replace(parts, (word) => code(word.replaceAll('"', '')));
}

function code(text: string): string {
  return `\`${text}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ').trim()).join(' | ')} |`.replace(
    / {2,}\|/g,
    ' |',
  );
}

function tableHead(titles: readonly string[]): string[] {
  return [row(titles), `|${titles.map(() => ' :-- |').join('')}`];
}
