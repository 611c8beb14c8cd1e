/** Makes the tables of inputs and outputs in README.md and README.zh-CN.md from action.yml and scripts/docs/words.json. */
import { isMap, isScalar, parse, parseDocument } from 'yaml';

export type Language = 'en' | 'zh';

/** Texts of a row that are not in action.yml: an example, and the description in Chinese. */
interface RowTexts {
  readonly example?: string;
  readonly zh: string;
}

/** Contents of scripts/docs/words.json. */
export interface DocsWords {
  /** Chinese names of the groups, by the comment before the first input of the group in action.yml. */
  readonly groups: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, RowTexts>>;
  readonly outputs: Readonly<Record<string, RowTexts>>;
}

interface Declaration {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}

export interface ActionFile {
  readonly inputs: Readonly<Record<string, Declaration>>;
  readonly outputs: Readonly<Record<string, Declaration>>;
}

export function readAction(yaml: string): ActionFile {
  return parse(yaml) as ActionFile;
}

/** Names of the groups, each with its inputs, in the order of action.yml: a comment before an input starts a group. */
export function inputGroups(yaml: string): { title: string; inputs: string[] }[] {
  const inputs = parseDocument(yaml).get('inputs');
  const groups: { title: string; inputs: string[] }[] = [];
  if (!isMap(inputs)) throw new Error('action.yml has no inputs');
  for (const [index, { key }] of inputs.items.entries()) {
    if (!isScalar(key)) continue;
    // The parser attaches the comment before the first key to the map itself.
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

/**
 * The block between `<!-- inputs -->` and `<!-- /inputs -->`: a heading and a table for each group. Throws if a row has
 * no texts, or texts have no row.
 */
export function inputTables(yaml: string, words: DocsWords, language: Language): string {
  const { inputs } = readAction(yaml);
  requireSameNames('inputs', inputs, words.inputs);
  const { inputs: head, required } = HEADS[language];
  const tables = inputGroups(yaml).map(({ title, inputs: names }) => {
    const translated = words.groups[title];
    if (translated === undefined) throw new Error(`scripts/docs/words.json: groups has no ${title}`);
    const rows = names.map((name) => {
      const input = inputs[name];
      return [
        input?.required ? `${code(name)} ${required}` : code(name),
        codeIfGiven(input?.default),
        meaning(input, words.inputs[name], language),
        codeIfGiven(words.inputs[name]?.example),
      ];
    });
    return `### ${language === 'en' ? title : translated}\n\n${table(head, rows)}`;
  });
  return tables.join('\n\n');
}

/** The block between `<!-- outputs -->` and `<!-- /outputs -->`. */
export function outputTable(yaml: string, words: DocsWords, language: Language): string {
  const { outputs } = readAction(yaml);
  requireSameNames('outputs', outputs, words.outputs);
  const rows = Object.entries(outputs).map(([name, output]) => [
    code(name),
    meaning(output, words.outputs[name], language),
    codeIfGiven(words.outputs[name]?.example),
  ]);
  return table(HEADS[language].outputs, rows);
}

/** Replaces the tables of a README. Throws if a marker is missing. */
export function fillTables(markdown: string, yaml: string, words: DocsWords, language: Language): string {
  const withInputs = fill(markdown, 'inputs', inputTables(yaml, words, language));
  return fill(withInputs, 'outputs', outputTable(yaml, words, language));
}

export function fill(markdown: string, name: string, table: string): string {
  const block = new RegExp(`<!-- ${name} -->\\n[\\s\\S]*?<!-- /${name} -->`);
  if (!block.test(markdown)) throw new Error(`no place for the table: <!-- ${name} --> … <!-- /${name} --> is missing`);
  return markdown.replace(block, () => `<!-- ${name} -->\n${table}\n<!-- /${name} -->`);
}

function requireSameNames(kind: string, inAction: object, inWords: object): void {
  const missing = Object.keys(inAction).filter((name) => !Object.hasOwn(inWords, name));
  const unknown = Object.keys(inWords).filter((name) => !Object.hasOwn(inAction, name));
  if (missing.length > 0) throw new Error(`scripts/docs/words.json: ${kind} has no ${missing.join(', ')}`);
  if (unknown.length > 0)
    throw new Error(`scripts/docs/words.json: ${kind} has ${unknown.join(', ')}, which action.yml has not`);
}

function meaning(declaration: Declaration | undefined, words: RowTexts | undefined, language: Language): string {
  return markCode((language === 'en' ? declaration?.description : words?.zh) ?? '');
}

/** Marks addresses, names in camelCase, ids and the two booleans as code. */
function markCode(text: string): string {
  const parts =
    /(https?:\/\/[\w.\-/]*[\w/]|"[^"]+"|\b[a-z]+-…|\b[a-z]+(?:[A-Z][a-z]+)+\b|\bX-[A-Z-]+[A-Z]\b|\b(?:true|false|stage-\d)\b|\[\])/g;
  return text.replace(parts, (word) => code(word.replaceAll('"', '')));
}

function code(text: string): string {
  return `\`${text}\``;
}

function codeIfGiven(text: string | undefined): string {
  return text === undefined ? '' : code(text);
}

/** A table without the columns that are empty in every row. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isUsed = head.map((_, column) => rows.some((cells) => cells[column] !== ''));
  const [titles = [], ...body] = [head, ...rows].map((cells) => cells.filter((_, column) => isUsed[column]));
  return [tableRow(titles), `|${titles.map(() => ' :-- |').join('')}`, ...body.map(tableRow)].join('\n');
}

function tableRow(cells: readonly string[]): string {
  const escaped = cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ').trim());
  return `| ${escaped.join(' | ')} |`.replace(/ {2,}\|/g, ' |');
}
