import { Button, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatPercent } from '../../ui-kit/format-number'
import type { PanelProps } from '../panel.ui'
import type { PruneConfig } from './prune.meta'

/** From this share of filters without a weight on, hardly anything passes a layer. */
const EMPTIED = 0.75
const NAMED = 3

/**
 * Layers that a threshold leaves next to nothing of, which training does not bring back: in depthwise kernels, of nine weights
 * a filter and small beside others, one threshold for the whole model finds most of what it may take.
 */
export function EmptiedLayers({
  config,
  facts,
  onChange,
}: Pick<PanelProps<PruneConfig>, 'config' | 'facts' | 'onChange'>) {
  const { t } = useTranslation('techniques')
  const emptied = (facts.preview?.layers ?? []).filter(
    ({ kernels, pruning }) =>
      pruning !== null && kernels !== null && kernels.pruned >= EMPTIED * kernels.channels,
  )
  if (emptied.length === 0) return null
  const names = emptied.slice(0, NAMED).map(({ name }) => name)
  const more = emptied.length - names.length
  return (
    <div role="note">
      <Text size="xs">
        {t(more > 0 ? 'prune.emptied.andMore' : 'prune.emptied.layers', {
          count: more > 0 ? more : emptied.length,
          layers: names.join(', '),
          share: formatPercent(EMPTIED, 0),
        })}
      </Text>
      <Button
        size="compact-sm"
        variant="light"
        mt={6}
        onClick={() => {
          const overrides: Record<string, PruneConfig['overrides'][string]> = {}
          for (const { name } of emptied)
            overrides[name] = { ...config.overrides[name], enabled: false }
          onChange({ ...config, overrides: { ...config.overrides, ...overrides } })
        }}
      >
        {t('prune.emptied.spare', { count: emptied.length })}
      </Button>
    </div>
  )
}
