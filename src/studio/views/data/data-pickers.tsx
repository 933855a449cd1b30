import { Button, FileButton } from '@mantine/core'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { commands } from '../../commands/page-commands'

/** The file dialogs for people's own data. */
export function DataPickers({ compact = false }: { readonly compact?: boolean }) {
  const { t } = useTranslation('page')
  const folder = useRef<HTMLInputElement>(null)
  const look = compact
    ? ({ size: 'compact-xs', variant: 'subtle', color: 'gray' } as const)
    : ({ size: 'compact-sm', variant: 'default' } as const)
  return (
    <>
      <FileButton
        multiple
        onChange={(files) => {
          if (files.length > 0) void commands.openData(files)
        }}
      >
        {(props) => (
          <Button {...props} {...look}>
            {t(compact ? 'data.replace' : 'data.chooseFiles')}
          </Button>
        )}
      </FileButton>
      {!compact && (
        <>
          <Button {...look} onClick={() => folder.current?.click()}>
            {t('data.chooseFolder')}
          </Button>
          <input
            ref={folder}
            type="file"
            multiple
            hidden
            aria-label={t('data.chooseFolder')}
            {...{ webkitdirectory: '' }}
            onChange={(event) => {
              const files = Array.from(event.currentTarget.files ?? [])
              event.currentTarget.value = ''
              if (files.length > 0) void commands.openData(files)
            }}
          />
        </>
      )}
    </>
  )
}
