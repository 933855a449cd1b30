/**
 * Runs beside all tabs of the studio: answers with the files of this build whether or not there is a
 * network, so that a part of the page that was not opened yet is there after a new build was put in its
 * place, too. Models and data come from the network first and are kept once they were used.
 */
import { NetworkFirst, Serwist } from 'serwist'
import type { PrecacheEntry } from 'serwist'
import { answerRenewal } from './renewal'
import { withSecurityHeaders } from './with-security-headers'

declare const self: ServiceWorkerGlobalScope & {
  /** Written by the build. */
  readonly __SW_MANIFEST: readonly PrecacheEntry[]
}

const plugins = [withSecurityHeaders]

const serwist = new Serwist({
  precacheEntries: [...self.__SW_MANIFEST],
  precacheOptions: {
    plugins,
    cleanupOutdatedCaches: true,
    // `?backend=wasm` is the same page.
    ignoreURLParametersMatching: [/./],
  },
  // What the first visit uses from here on is kept as well. Another build waits until it is asked for.
  clientsClaim: true,
  runtimeCaching: [
    {
      matcher: ({ sameOrigin }) => sameOrigin,
      handler: new NetworkFirst({ cacheName: 'used', plugins }),
    },
  ],
})

serwist.addEventListeners()
self.addEventListener('message', (event) => {
  if (event.data === 'renew') event.waitUntil(answerRenewal(self, event.ports[0]))
})
