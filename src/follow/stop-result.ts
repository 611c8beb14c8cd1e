/** The result of a stop request. `why` is the reason, as part of a sentence. */

export type StopResult =
  /** BK-CI accepted it. This proves nothing: it can answer `true` without a stop (bk-ci: stop, channel mismatch). */
  | { readonly kind: 'sent' }
  /** It was sent, but its effect is not known. */
  | { readonly kind: 'unanswered'; readonly why: string }
  /** It did not reach BK-CI, so it may be sent again. */
  | { readonly kind: 'undelivered'; readonly why: string }
  /** The build has ended already, or another user is stopping it. */
  | { readonly kind: 'unnecessary'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

export function wasSent({ kind }: StopResult): boolean {
  return kind === 'sent' || kind === 'unanswered';
}
