import { SegmentedControl, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ReportPlace } from '../../../protocol/recipe-messages'
import { formatBytes } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { sizeAs, targetOf } from '../../store/export-target'
import { useStudio } from '../../store/store'
import { sentences } from '../../words/joining'

const places: readonly ReportPlace[] = ['inside', 'apart']

/** Whether the zip holds report and model card, or the files of the model alone. */
export function ReportChoice() {
  const { t } = useTranslation('page')
  const place = useStudio((state) => state.reportPlace)
  const bytes = useStudio((state) => sizeAs(state, targetOf(state))?.reportBytes ?? null)
  return (
    <div>
      <Text size="sm" mb={6}>
        {t('download.about.title')}
      </Text>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t('download.about.title')}
        value={place}
        onChange={commands.placeReport}
        data={places.map((value) => ({ value, label: t(`download.about.${value}.label`) }))}
      />
      <Text size="xs" c="dimmed" mt={6}>
        {sentences(
          t(`download.about.${place}.text`),
          place === 'inside' &&
            bytes !== null &&
            t('download.about.takes', { size: formatBytes(bytes) }),
        )}
      </Text>
    </div>
  )
}
