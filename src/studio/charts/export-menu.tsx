import { ActionIcon, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { useStudio } from '../store/store'
import type { ChartValues } from './chart-values'

interface ExportMenuProps {
  /** What the files are called, after the model. */
  readonly name: string
  /** The chart with its title and legend. */
  readonly panel: RefObject<HTMLElement | null>
  /** What it draws, at the moment of the export; null where there is nothing yet. */
  readonly values: () => ChartValues | null
}

/** The chart as a picture, or its numbers as a table. */
export function ExportMenu({ name, panel, values }: ExportMenuProps) {
  const { t } = useTranslation('charts')
  const model = useStudio((state) => state.model?.name ?? 'model')
  const file = `${model}-${name}`
  const failed = (): void => {
    useStudio.getState().announce(t('export.failed'))
  }
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <ActionIcon
          size={26}
          variant="default"
          aria-label={t('export.title')}
          title={t('export.title')}
        >
          <IconDownload size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          onClick={() => {
            const { current } = panel
            if (current === null) return
            import('./export-chart').then(({ savePng }) => savePng(file, current)).catch(failed)
          }}
        >
          {t('export.png')}
        </Menu.Item>
        <Menu.Item
          onClick={() => {
            const numbers = values()
            if (numbers === null) return
            import('./export-chart')
              .then(({ saveCsv }) => {
                saveCsv(file, numbers)
              })
              .catch(failed)
          }}
        >
          {t('export.csv')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
