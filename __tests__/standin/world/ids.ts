import { createHash } from 'node:crypto';

/** 34 characters: one letter, `-`, 32 hex digits (bk-ci: IdGenerator, UUIDUtil). The same name gives the same id. */
export function hexId(letter: 'p' | 'b' | 'e' | 'c', name: string): string {
  return `${letter}-${hex(`${letter} ${name}`)}`;
}

export function hex(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}
