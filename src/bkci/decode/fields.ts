/** Members of undecoded JSON, one at a time: checked where a decision hangs on them, loose where they are only shown. */
import { isPathId } from '../../model/link.js';

/** The answer is not what the API documents. The message names the field and what was expected there. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function requiredObject(value: unknown, path: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new DecodeError(`${path} is not an object`);
}

/** An optional object that is only shown: anything else is taken for absent. */
export function optionalObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

export function optionalList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function requiredText(from: JsonObject, name: string, path: string): string {
  const value = from[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new DecodeError(`${path}.${name} is not a string`);
}

/** An id that becomes a segment of the next request's path. */
export function requiredId(from: JsonObject, name: string, path: string): string {
  const id = requiredText(from, name, path);
  if (isPathId(id)) return id;
  throw new DecodeError(`${path}.${name} is not an id`);
}

export function checkedNumber(from: JsonObject, name: string, path: string): number | undefined {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new DecodeError(`${path}.${name} is not a number`);
}

export function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function optionalNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
