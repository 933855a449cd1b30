import { Text } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { createContext, useContext, useMemo, useRef } from 'react'
import type { ReactNode } from 'react'
import { useDropzone } from 'react-dropzone'
import { useTranslation } from 'react-i18next'
import { commands } from '../../commands/page-commands'
import type { Pickers } from '../../files/pickers'
import classes from './window-drop.module.css'

interface WindowDropProps {
  readonly children: ReactNode
}

const PickersContext = createContext<Pickers>({
  openFiles: () => undefined,
  openFolder: () => undefined,
})

/** The file dialogs of the page. */
export function usePickers(): Pickers {
  return useContext(PickersContext)
}

function openAll(list: FileList | null): void {
  void commands.addFiles(Array.from(list ?? []))
}

/** The whole window takes files and folders, at any time; the two pickers belong to it. */
export function WindowDrop({ children }: WindowDropProps) {
  const { t } = useTranslation('page')
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const pickers = useMemo<Pickers>(
    () => ({
      openFiles: () => {
        files.current?.click()
      },
      openFolder: () => {
        folder.current?.click()
      },
    }),
    [],
  )
  const { getRootProps, isDragActive } = useDropzone({
    noClick: true,
    noKeyboard: true,
    onDrop: (dropped: File[]) => {
      void commands.addFiles(dropped)
    },
  })
  return (
    <div
      {...getRootProps({ role: undefined, tabIndex: undefined })}
      className={classes['root']}
      data-takes-files
    >
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label={t('first.chooseFiles')}
        onChange={(event) => {
          openAll(event.currentTarget.files)
          event.currentTarget.value = ''
        }}
      />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        aria-label={t('first.chooseFolder')}
        {...{ webkitdirectory: '' }}
        onChange={(event) => {
          openAll(event.currentTarget.files)
          event.currentTarget.value = ''
        }}
      />
      <PickersContext value={pickers}>{children}</PickersContext>
      {isDragActive && (
        <div className={classes['overlay']} aria-hidden data-dropping>
          <div className={classes['target']}>
            <IconFileImport size={40} stroke={1.5} />
            <Text size="xl" fw={600}>
              {t('first.release')}
            </Text>
          </div>
        </div>
      )}
    </div>
  )
}
