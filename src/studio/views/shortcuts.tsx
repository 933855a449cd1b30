import { Kbd, Modal, Table } from '@mantine/core'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { commands } from '../studio-commands'
import { useStudio } from '../store/store'
import type { Pickers } from './pickers'

const shortcuts = [
  ['open', ['Ctrl', 'O']],
  ['download', ['Ctrl', 'S']],
  ['undo', ['Ctrl', 'Z']],
  ['redo', ['Shift', 'Ctrl', 'Z']],
  ['step', ['←', '→']],
  ['tenSteps', ['Shift', '←', '→']],
  ['help', ['?']],
] as const

/** Listens for the page's keys; fields keep their own undo and their question marks. */
export function useShortcuts(pickers: Pickers): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLElement &&
        event.target.matches('input:not([type=range]), textarea, [contenteditable]')
      const { model, exportFormat, setShortcutsOpen } = useStudio.getState()
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
        void commands.download(exportFormat)
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

/** The list behind the question mark. */
export function Shortcuts() {
  const { t } = useTranslation('page')
  const open = useStudio((state) => state.shortcutsOpen)
  const setOpen = useStudio((state) => state.setShortcutsOpen)
  return (
    <Modal
      opened={open}
      onClose={() => {
        setOpen(false)
      }}
      title={t('shortcuts.title')}
      closeButtonProps={{ 'aria-label': t('shortcuts.close') }}
    >
      <Table>
        <Table.Tbody>
          {shortcuts.map(([id, keys]) => (
            <Table.Tr key={id}>
              <Table.Td>{t(`shortcuts.${id}`)}</Table.Td>
              <Table.Td ta="right">
                {keys.map((key) => (
                  <Kbd key={key} ml={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  )
}
