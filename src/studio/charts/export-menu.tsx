import { ActionIcon, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { useStudio } from '../store/store'
import type { DrawnTab } from '../store/view-slice'
import { chartValues } from './chart-values'

interface ExportMenuProps {
  readonly tab: DrawnTab
  /** The chart with its title and legend. */
  readonly panel: RefObject<HTMLElement | null>
}

/** The chart as a picture, or its numbers as a table. */
export function ExportMenu({ tab, panel }: ExportMenuProps) {
  const { t } = useTranslation('charts')
  const name = useStudio((state) => state.model?.name ?? 'model')
  const file = `${name}-${tab}`
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
            const values = chartValues(tab, useStudio.getState())
            if (values === null) return
            import('./export-chart')
              .then(({ saveCsv }) => {
                saveCsv(file, values)
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
