/** A hint for people who give the display name of a project instead of its English name. */

import type { ActionError } from '../lib/errors.js';
import { quote } from '../lib/sanitize.js';

/** The error; with a hint if nothing was found, and `projectId` is not written as English names are. */
export function withProjectHint(error: ActionError, projectId: string | undefined): ActionError {
  if (error.code !== 'not-found' || projectId === undefined || !/^[A-Z]|[^ -~]/.test(projectId)) return error;
  const hint = `projectId ${quote(projectId, 80)} looks like a display name: give the English name in the address bar.`;
  return error.with({ remedy: [error.text.remedy, hint].filter(Boolean).join(' ') });
}
