import './styles'
import { StrictMode, startTransition, useEffect, useLayoutEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { preferredLanguage, showIn } from './i18n/languages'
import { pageStorage } from './keeping/page-storage'
import { STYLES_ID } from './first-screen/data-in-page'
import { samplesInPage } from './first-screen/samples-in-page'
import { takeOver } from './first-screen/take-over'
import { offerScripting } from './scripting'
import { StudioApp } from './studio-app'
import { useStudio } from './store/store'
import { selectNothingAfterButtons } from '../ui-kit/click-again'

/** Puts the studio in the place of the first screen that stands in the page. */
export function start(): void {
  offerScripting(globalThis)
  selectNothingAfterButtons(document)
  if (import.meta.env.PROD) keepForLater()
  // If the words of a language do not arrive, the page is there in English.
  showIn(preferredLanguage(pageStorage, navigator.languages)).then(render, render)
}

function render(): void {
  const root = document.getElementById('root')
  if (root === null) return
  const samples = samplesInPage(document)
  const studio = createRoot(root)
  const drawn = takeOver(root)
  // In slices: meanwhile the page scrolls, and keeps what is done with it.
  startTransition(() => {
    studio.render(
      <StrictMode>
        <StudioApp samples={samples} />
        <Drawn then={drawn} />
      </StrictMode>,
    )
  })
}

/** After all that stands before it. */
function Drawn({ then }: { readonly then: () => void }) {
  // The styles of the first screen would go before those that the studio brings.
  useLayoutEffect(() => {
    document.getElementById(STYLES_ID)?.remove()
  }, [])
  useEffect(then, [then])
  return null
}

/** Once nothing on the first screen waits for the network any more. */
function keepForLater(): void {
  const stopWaiting = useStudio.subscribe(({ engine }) => {
    if (engine.state === 'starting') return
    stopWaiting()
    import('./keeping/kept-app')
      .then(({ keepApp }) =>
        keepApp(() => {
          useStudio.getState().setRenewal('ready')
        }),
      )
      // Private windows and old browsers keep nothing: the studio is as useful as before.
      .catch(() => undefined)
  })
}
