import '@mantine/core/styles.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { preferredLanguage, showIn } from './studio/i18n/languages'
import { pageStorage } from './studio/keeping/page-storage'
import './studio/studio.css'
import { offerScripting } from './studio/scripting'
import { StudioApp } from './studio/studio-app'
import { useStudio } from './studio/store/store'
import { selectNothingAfterButtons } from './ui-kit/click-again'

offerScripting(globalThis)
selectNothingAfterButtons(document)

function render(): void {
  const root = document.getElementById('root')
  if (root === null) return
  createRoot(root).render(
    <StrictMode>
      <StudioApp />
    </StrictMode>,
  )
}

/** Once nothing on the first screen waits for the network any more. */
function keepForLater(): void {
  const stopWaiting = useStudio.subscribe(({ engine }) => {
    if (engine.state === 'starting') return
    stopWaiting()
    import('./studio/keeping/kept-app')
      .then(({ keepApp }) =>
        keepApp(() => {
          useStudio.getState().setRenewal('ready')
        }),
      )
      // Private windows and old browsers keep nothing: the studio is as useful as before.
      .catch(() => undefined)
  })
}

if (import.meta.env.PROD) keepForLater()

// If the words of a language do not arrive, the page is there in English.
showIn(preferredLanguage(pageStorage, navigator.languages)).then(render, render)
