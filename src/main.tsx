import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './studio/studio.css'
import { offerScripting } from './studio/scripting'
import { StudioApp } from './studio/studio-app'

offerScripting(globalThis)

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <StudioApp />
    </StrictMode>,
  )
}
