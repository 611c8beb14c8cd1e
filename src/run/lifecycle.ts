/** How far the retry of this step is, and what that leaves for the post step. Pure. */

import type { BuildRef } from '../model/link.js';
import type { Baseline } from '../model/snapshot.js';
import type { AcceptedRetry } from '../retry/accepted-retry.js';

/** A retry that was accepted, and the build as it was read before: an end of the retry differs from that. */
export interface Running {
  readonly accepted: AcceptedRetry;
  readonly baseline?: Baseline | undefined;
}

export type Lifecycle =
  /** Nothing was sent that may have taken effect. */
  | { readonly kind: 'idle' }
  /** A retry was sent, and its outcome is not known. `from` is where it goes back to if the retry had no effect. */
  | {
      readonly kind: 'sending';
      readonly build: BuildRef;
      readonly baseline: Baseline | undefined;
      readonly from: Lifecycle;
    }
  | ({ readonly kind: 'running' } & Running)
  /** The build has ended, or a stop was sent that may have arrived. */
  | { readonly kind: 'ended' }
  /** A stop was sent and did not arrive, so one may be sent again. */
  | ({ readonly kind: 'stop-undelivered' } & Running);

export type LifecycleEvent =
  /** Right before the request: from here on it may take effect. */
  | { readonly kind: 'send'; readonly build: BuildRef; readonly baseline: Baseline | undefined }
  /** The request is known to have had no effect. */
  | { readonly kind: 'send-failed' }
  | ({ readonly kind: 'accept' } & Running)
  /** The build has ended, or a stop is sent next. */
  | { readonly kind: 'end' }
  | ({ readonly kind: 'stop-failed' } & Running);

export const IDLE: Lifecycle = { kind: 'idle' };

export function next(now: Lifecycle, event: LifecycleEvent): Lifecycle {
  switch (event.kind) {
    case 'send': {
      const { build, baseline } = event;
      return { kind: 'sending', build, baseline, from: now.kind === 'sending' ? now.from : now };
    }
    case 'send-failed':
      return now.kind === 'sending' ? now.from : now;
    case 'accept':
      return { kind: 'running', accepted: event.accepted, baseline: event.baseline };
    case 'end':
      return { kind: 'ended' };
    case 'stop-failed':
      return { kind: 'stop-undelivered', accepted: event.accepted, baseline: event.baseline };
  }
}

/** What post needs to reconcile a retry and to stop the build. */
export interface LeftRetry {
  /** `sending`: the retry was sent and its outcome is not known. `running`: it was accepted. */
  readonly phase: 'sending' | 'running';
  readonly build: BuildRef;
  readonly baseline?: Baseline | undefined;
  /** Of the execution that was accepted, if known. */
  readonly executeCount?: number | undefined;
  /** The build is only stopped if BK-CI names our user as the starter of the execution. */
  readonly unsure?: true | undefined;
}

/** What post would have to do if this process died now; undefined for nothing. Decided here and nowhere else. */
export function leftForPost(now: Lifecycle): LeftRetry | undefined {
  switch (now.kind) {
    case 'sending':
      return { phase: 'sending', build: now.build, baseline: now.baseline };
    case 'running':
    case 'stop-undelivered': {
      const { accepted, baseline } = now;
      // Post must not stop what somebody else may have started.
      if (accepted.ownership === 'other') return undefined;
      const { build, executeCount, ownership } = accepted;
      return { phase: 'running', build, baseline, executeCount, unsure: ownership === 'unsure' || undefined };
    }
    case 'idle':
    case 'ended':
      return undefined;
  }
}

/** The lifecycle once main has reported its result: post goes on only with what main could not finish. */
export function atExit(now: Lifecycle, cancelled: boolean): Lifecycle {
  if (now.kind === 'stop-undelivered') return now;
  return cancelled && now.kind === 'sending' ? now : { kind: 'ended' };
}
