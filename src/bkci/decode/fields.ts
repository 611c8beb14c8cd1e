/**
 * Reads single members of undecoded JSON: `required…` and `checked…` throw, for members that decisions depend on;
 * `optional…` takes a wrong type for absent, for members that are only shown.
 */

import { isId, isPathId } from '../../model/link.js';

/** The answer does not have the documented form. The message names the field and the expected type, never the value. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function requiredObject(value: unknown, path: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new DecodeError(`${path} is not an object`);
}

/** An empty object for anything else. */
export function optionalObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

export function optionalList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Many times what a pipeline can have: no more entries are looked at. */
const LIST_CAP = 1_000;

/** The start of a list, each entry of which takes a line of the log or a row of a report. */
export function shownList(value: unknown): readonly unknown[] {
  return optionalList(value).slice(0, LIST_CAP);
}

export function requiredText(from: JsonObject, name: string, path: string): string {
  const value = from[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new DecodeError(`${path}.${name} is not a string`);
}

/** An id that is used as a path segment of the next request. */
export function requiredId(from: JsonObject, name: string, path: string): string {
  const id = requiredText(from, name, path);
  if (isPathId(id)) return id;
  throw new DecodeError(`${path}.${name} is not an id`);
}

/** An id that may be sent in the query of a later request; undefined for anything but a text. */
export function optionalId(from: JsonObject, name: string, path: string): string | undefined {
  const id = optionalText(from[name]);
  if (id === undefined || isId(id)) return id;
  throw new DecodeError(`${path}.${name} is not an id`);
}

/** Undefined for an absent or null member; throws for any other value that is not a number. */
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

/** An answer that names another object than the one that was asked for says nothing about it. Case-sensitive. */
export function checkId(from: JsonObject, name: string, expected: string | undefined): void {
  const value = from[name] ?? undefined;
  if (value === undefined || expected === undefined || value === expected) return;
  throw new DecodeError(`data.${name} is not the one that was asked for`);
}
