/** Members of undecoded JSON, one at a time: checked where a decision hangs on them, loose where they are only shown. */
import { isPathId } from '../../model/link.js';

/** The answer is not what the API documents. The message names the field and what was expected there. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new DecodeError(`${where} is not an object`);
}

/** An optional object that is only shown: anything else is taken for absent. */
export function looseFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function requiredText(from: Fields, name: string, where: string): string {
  const value = from[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new DecodeError(`${where}.${name} is not a string`);
}

/** An id that becomes a segment of the next request's path. */
export function requiredId(from: Fields, name: string, where: string): string {
  const id = requiredText(from, name, where);
  if (isPathId(id)) return id;
  throw new DecodeError(`${where}.${name} is not an id`);
}

export function checkedNumber(from: Fields, name: string, where: string): number | undefined {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new DecodeError(`${where}.${name} is not a number`);
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
