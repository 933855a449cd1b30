import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { preferredLanguage, showIn } from './studio/i18n/languages'
import './studio/studio.css'
import { offerScripting } from './studio/scripting'
import { StudioApp } from './studio/studio-app'

offerScripting(globalThis)

function render(): void {
  const root = document.getElementById('root')
  if (root === null) return
  createRoot(root).render(
    <StrictMode>
      <StudioApp />
    </StrictMode>,
  )
}

// If the words of a language do not arrive, the page is there in English.
showIn(preferredLanguage(localStorage, navigator.languages)).then(render, render)
