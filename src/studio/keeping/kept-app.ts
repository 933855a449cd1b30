/** The studio itself, kept by the browser: there without a network from the second visit on. */
import type { RenewalAnswer } from '../../service-worker/renewal'

/**
 * Lets the browser keep the studio. Nothing changes under an open page: a new build waits until all tabs
 * are closed, or until it is asked for.
 * @param onReady a new build waits
 */
export async function keepApp(onReady: () => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  const { serviceWorker } = navigator
  const isFirst = serviceWorker.controller === null
  if (isFirst) serviceWorker.addEventListener('controllerchange', keepWhatWasUsed, { once: true })
  const registration = await serviceWorker.register('./service-worker.js', { scope: './' })
  const look = (): void => {
    // The first of all waits for nobody.
    if (registration.waiting !== null && serviceWorker.controller !== null) onReady()
  }
  const follow = (): void => {
    registration.installing?.addEventListener('statechange', look)
  }
  registration.addEventListener('updatefound', follow)
  // It may have been found while this page was loading.
  follow()
  look()
}

/** Starts the build that waits, with a reload, unless another tab still needs the old one. */
export async function renewApp(): Promise<RenewalAnswer> {
  const { serviceWorker } = navigator
  const waiting = (await serviceWorker.getRegistration('./'))?.waiting ?? null
  if (waiting === null) throw new Error('no newer studio waits')
  const { port1, port2 } = new MessageChannel()
  const answer = new Promise<RenewalAnswer>((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<RenewalAnswer>) => {
      resolve(data)
    }
  })
  const reload = (): void => {
    location.reload()
  }
  serviceWorker.addEventListener('controllerchange', reload, { once: true })
  waiting.postMessage('renew', [port2])
  if ((await answer) === 'otherPages') serviceWorker.removeEventListener('controllerchange', reload)
  return answer
}

/** The first visit began before anybody kept anything. */
function keepWhatWasUsed(): void {
  const own = new URL('./', location.href).href
  const urlsToCache = performance
    .getEntriesByType('resource')
    .map(({ name }) => name)
    .filter((url) => url.startsWith(own))
  navigator.serviceWorker.controller?.postMessage({ type: 'CACHE_URLS', payload: { urlsToCache } })
}
