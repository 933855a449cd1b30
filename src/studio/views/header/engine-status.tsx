import { memo, useState } from 'react'
import { laterPart } from '../../words/later-part'
import { EngineButton } from './engine-button'

/** Few ask for it, and the page is there sooner without what a menu is made of. */
const EngineMenu = laterPart(async () => (await import('./engine-menu')).EngineMenu, EngineButton)

/** Which backend runs; pressed, a menu to force another. */
export const EngineStatus = memo(function EngineStatus() {
  const [isAsked, setIsAsked] = useState(false)
  if (isAsked) return <EngineMenu />
  return (
    <EngineButton
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => {
        setIsAsked(true)
      }}
    />
  )
})
