/** What a tab learns that asks for the build that waits. */
export type RenewalAnswer = 'otherPages' | 'renewing'

/** The part of the service worker that is needed here; tests bring their own. */
export interface RenewalScope {
  readonly clients: {
    matchAll: (options: {
      type: 'window'
      includeUncontrolled: true
    }) => Promise<readonly unknown[]>
  }
  skipWaiting: () => Promise<void>
}

/**
 * A new build takes the place of the old one, whose files go with it: never under another tab, which may
 * still need one of them.
 * @param port where the answer goes
 */
export async function answerRenewal(
  scope: RenewalScope,
  port: Pick<MessagePort, 'postMessage'> | undefined,
): Promise<void> {
  const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const answer: RenewalAnswer = pages.length > 1 ? 'otherPages' : 'renewing'
  port?.postMessage(answer)
  if (answer === 'renewing') await scope.skipWaiting()
}
