import { useEffect } from 'react'
import { commands } from '../commands/page-commands'
import { useStudio } from '../store/store'
import type { Pickers } from '../files/pickers'

/** Listens for the page's keys; fields keep their own undo and their question marks. */
export function useShortcuts(pickers: Pickers): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLElement &&
        event.target.matches('input:not([type=range]), textarea, [contenteditable]')
      const { model, setShortcutsOpen } = useStudio.getState()
      const key = event.key.toLowerCase()
      if (event.key === '?' && !typing) {
        setShortcutsOpen(true)
        event.preventDefault()
      }
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return
      if (key === 'o') {
        event.preventDefault()
        pickers.openFiles()
      } else if (key === 's' && model !== null) {
        event.preventDefault()
        void commands.download()
      } else if (key === 'z' && model !== null && !isTextField(event.target)) {
        event.preventDefault()
        if (event.shiftKey) commands.redo()
        else commands.undo()
      }
    }
    window.addEventListener('keydown', onKeyDown)
    return () => {
      window.removeEventListener('keydown', onKeyDown)
    }
  }, [pickers])
}

function isTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && ['text', 'number', 'search'].includes(target.type)
}
