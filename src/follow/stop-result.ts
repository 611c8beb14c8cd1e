/** The result of a stop request. `why` is the reason, as part of a sentence. */

export type StopResult =
  /** BK-CI accepted it. Only the end of the build proves it: BK-CI can answer `true` without a stop (bk-ci: stop). */
  | { readonly kind: 'sent' }
  /** It was sent, but its effect is not known. */
  | { readonly kind: 'unanswered'; readonly why: string }
  /** It did not reach BK-CI, so it may be sent again. */
  | { readonly kind: 'undelivered'; readonly why: string }
  /**
   * BK-CI refuses a stop within a minute of an earlier one of the build. That one may have been of an older execution,
   * and then nothing stops this one (bk-ci: observed on v4.1.0).
   */
  | { readonly kind: 'too-soon'; readonly why: string }
  /** The build has ended already, or is not ours to stop. */
  | { readonly kind: 'unnecessary'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

/** Whether the build may end as stopped. */
export function mayStop({ kind }: StopResult): boolean {
  return kind === 'sent' || kind === 'unanswered' || kind === 'too-soon';
}
