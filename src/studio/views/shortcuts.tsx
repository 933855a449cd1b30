import { Kbd, Modal, Table } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useStudio } from '../store/store'
import { About } from './header/about'

const shortcuts = [
  ['open', ['Ctrl', 'O']],
  ['download', ['Ctrl', 'S']],
  ['undo', ['Ctrl', 'Z']],
  ['redo', ['Shift', 'Ctrl', 'Z']],
  ['step', ['←', '→']],
  ['tenSteps', ['Shift', '←', '→']],
  ['help', ['?']],
] as const

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
      <About />
    </Modal>
  )
}
