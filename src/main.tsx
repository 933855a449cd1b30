import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './studio/studio.css'
import { StudioApp } from './studio/studio-app'

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <StudioApp />
    </StrictMode>,
  )
}
