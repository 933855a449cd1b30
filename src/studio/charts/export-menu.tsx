import { ActionIcon, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { StudioError, partNotLoaded } from '../../core/errors'
import { useStudio } from '../store/store'
import type { ChartValues } from './chart-values'
import type * as exportChart from './export-chart'

interface ExportMenuProps {
  /** What the files are called, after the model. */
  readonly name: string
  /** The chart with its title and legend. */
  readonly panel: RefObject<HTMLElement | null>
  /** What it draws, at the moment of the export; null where there is nothing yet. */
  readonly values: () => ChartValues | null
}

type Savers = typeof exportChart

/** What goes wrong is said on the page. */
async function save(work: (savers: Savers) => void | Promise<void>): Promise<void> {
  const { endProblem, showProblem } = useStudio.getState()
  endProblem('chart')
  let savers: Savers
  try {
    savers = await import('./export-chart')
  } catch (thrown) {
    showProblem(partNotLoaded(thrown).toData(), 'chart')
    return
  }
  try {
    await work(savers)
  } catch (thrown) {
    if (thrown instanceof StudioError) {
      showProblem(thrown.toData(), 'chart')
      return
    }
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    showProblem(new StudioError('page/chart-not-saved', { reason }).toData(), 'chart')
  }
}

/** @throws StudioError 'page/chart-not-there' */
function there<T>(part: T | null): T {
  if (part === null) throw new StudioError('page/chart-not-there', {})
  return part
}

/** The chart as a picture, or its numbers as a table. */
export function ExportMenu({ name, panel, values }: ExportMenuProps) {
  const { t } = useTranslation('charts')
  const model = useStudio((state) => state.model?.name ?? 'model')
  const file = `${model}-${name}`
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
            void save(({ savePng }) => savePng(file, there(panel.current)))
          }}
        >
          {t('export.png')}
        </Menu.Item>
        <Menu.Item
          onClick={() => {
            void save(({ saveCsv }) => {
              saveCsv(file, there(values()))
            })
          }}
        >
          {t('export.csv')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
