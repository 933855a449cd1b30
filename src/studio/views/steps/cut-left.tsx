import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import '../../i18n/train-words'
import type { CutPlan } from '../../../protocol/structure-messages'
import { formatBytes, formatPercent } from '../../../ui-kit/format-number'
import { compactNumber } from '../../words/compact-number'
import { listed, sentences } from '../../words/joining'
import { useLayerName } from '../../words/use-layer-name'

/** What would be left. */
export function CutLeft({ plan }: { readonly plan: CutPlan }) {
  const { t } = useTranslation('train')
  const { bytes, gone, layers, macs, parameters, whole } = plan
  const called = useLayerName()
  return (
    <div role="status" aria-label={t('cut.plan')}>
      <Text size="sm">
        {t('cut.parameters', {
          before: compactNumber(whole.parameters),
          after: compactNumber(parameters),
          share: formatPercent(parameters / Math.max(1, whole.parameters), 0),
        })}
      </Text>
      <Text size="sm">
        {t('cut.bytes', { before: formatBytes(whole.bytes), after: formatBytes(bytes) })}
      </Text>
      {macs !== null && whole.macs !== null && (
        <Text size="sm">
          {t('cut.macs', {
            before: compactNumber(whole.macs),
            after: compactNumber(macs),
            share: formatPercent(macs / Math.max(1, whole.macs), 0),
          })}
        </Text>
      )}
      <Text size="xs" c="dimmed" mt={4}>
        {sentences(
          gone.length > 0 && t('cut.gone', { layers: listed(gone.map(called)) }),
          layers.length === 0
            ? gone.length === 0 && t('cut.nothing')
            : listed(
                layers.map(({ name, before, after }) => `${called(name)} ${before} → ${after}`),
              ),
        )}
      </Text>
    </div>
  )
}
