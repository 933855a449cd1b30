/** Why the browser did not keep something; bytes. */
export type WhyNotKept =
  | { readonly kind: 'full'; readonly needed: number; readonly free: number | null }
  | { readonly kind: 'tooLarge'; readonly needed: number; readonly most: number }
  /** A private window, or a person who has forbidden it. */
  | { readonly kind: 'forbidden' }
  /** Files have no name to be found by outside https. */
  | { readonly kind: 'insecure' }
  | { readonly kind: 'failed'; readonly reason: string }

export class NotKept extends Error {
  override readonly name = 'NotKept'
  readonly why: WhyNotKept

  constructor(why: WhyNotKept, options?: ErrorOptions) {
    super(why.kind, options)
    this.why = why
  }
}

/** What a browser says that has no room; some end the transaction with it, some the request. */
export function isFull(thrown: unknown): boolean {
  return nameOf(thrown) === 'QuotaExceededError'
}

const FORBIDDEN = new Set(['SecurityError', 'InvalidStateError', 'NotAllowedError'])

/**
 * @param thrown whatever a database has thrown; a message may be missing, a reason never is
 * @param needed bytes that were to be kept
 */
export async function whyNotKept(thrown: unknown, needed: number): Promise<WhyNotKept> {
  if (thrown instanceof NotKept) return thrown.why
  if (isFull(thrown)) {
    const free = await freeBytes()
    // Some refuse what they say to have room for.
    return { kind: 'full', needed, free: free !== null && free < needed ? free : null }
  }
  const name = nameOf(thrown)
  if (FORBIDDEN.has(name)) return { kind: 'forbidden' }
  const message = thrown instanceof Error ? thrown.message : ''
  return { kind: 'failed', reason: message === '' ? name : message }
}

function nameOf(thrown: unknown): string {
  const isNamed = typeof thrown === 'object' && thrown !== null && 'name' in thrown
  return isNamed && typeof thrown.name === 'string' && thrown.name !== '' ? thrown.name : 'Error'
}

/** What the browser says that is left; null where it does not say. */
export async function freeBytes(): Promise<number | null> {
  try {
    const { quota, usage } = await navigator.storage.estimate()
    return quota === undefined || usage === undefined ? null : Math.max(0, quota - usage)
  } catch {
    return null
  }
}
