import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatPercent } from '../../ui-kit/format-number'
import type { PanelProps } from '../panel.ui'
import type { PruneConfig } from './prune.meta'

type Facts = PanelProps<PruneConfig>['facts']

/** Where a sparsity was asked for and another one results: both, and why. */
export function AskedAndGot({
  config,
  facts,
}: {
  readonly config: PruneConfig
  readonly facts: Facts
}) {
  const { t } = useTranslation('techniques')
  const got = facts.preview?.pruning?.sparsity ?? null
  // The literal rule removes what is above the threshold; its own text says so.
  const isLiteral = config.method === 'random' && config.randomRule === 'literal'
  if (got === null || config.target !== 'sparsity' || isLiteral) return null
  const [asked, found] = [config.value, got].map((share) => formatPercent(share, 1))
  if (asked === found) return null
  return (
    <Text size="xs" role="note">
      {t('prune.askedAndGot', { asked, got: found })} {t(`prune.why.${whyOf(config, got, facts)}`)}
    </Text>
  )
}

function whyOf(
  { overrides, scope, value }: PruneConfig,
  got: number,
  { preview }: Facts,
): 'exceptions' | 'ties' | 'whole' {
  if (Object.values(overrides).some((own) => own.value !== undefined)) return 'exceptions'
  const layers = preview?.layers.flatMap(({ pruning }) => pruning ?? []) ?? []
  const weights = layers.reduce((sum, layer) => sum + layer.weights, 0)
  // Half a weight for each threshold is what rounding to whole weights can do.
  const rounded = scope === 'global' ? 0.5 : 0.5 * layers.length
  return Math.abs(got - value) * weights > rounded + 1e-6 ? 'ties' : 'whole'
}
