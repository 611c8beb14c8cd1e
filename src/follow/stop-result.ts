/** What came of a stop request. */
/** What came of a stop request. */
export type StopResult =
  /** BK-CI took the request, which is no proof: it says `true` for more than it does (bk-ci: stop, channel mismatch). */
  | { readonly kind: 'sent' }
  /** It was sent, and what came of it is not known. */
  | { readonly kind: 'unanswered'; readonly why: string }
  /** It did not reach BK-CI, so it may be sent again. */
  | { readonly kind: 'undelivered'; readonly why: string }
  /** Ended already, or being stopped by somebody else. */
  | { readonly kind: 'unnecessary'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

export function wasSent({ kind }: StopResult): boolean {
  return kind === 'sent' || kind === 'unanswered';
}
