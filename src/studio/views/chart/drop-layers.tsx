import { Button, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { errorShare } from '../../../search/layer-remedies'
import type { TouchedLayer } from '../../../search/remedy'
import { formatCount, formatPercent } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { clauses } from '../../words/joining'
import classes from './drop-reasons.module.css'

/** The layers whose weights have changed most, each with a way to its histogram. */
export function DropLayers({ layers }: { readonly layers: readonly TouchedLayer[] }) {
  const { t } = useTranslation('charts')
  return (
    <div>
      <Text size="sm">{t('drop.layers')}</Text>
      <ul className={classes['list']}>
        {layers.map((layer) => (
          <LayerLine key={layer.name} layer={layer} />
        ))}
      </ul>
    </div>
  )
}

function LayerLine({ layer }: { readonly layer: TouchedLayer }) {
  const { t } = useTranslation('charts')
  const { bits, clipped, kernels, name, weights, zeros } = layer
  const { channels = 0, dead = 0 } = kernels ?? {}
  const share = (count: number): string => formatPercent(count / weights, 1)
  return (
    <li className={classes['remedy']}>
      <Text span size="sm" c="dimmed" className={classes['name'] ?? ''}>
        {clauses(
          t('drop.layer', { name, share: formatPercent(errorShare(layer), 1) }),
          bits === null ? t('drop.noBits') : t('drop.bits', { count: bits }),
          zeros > 0 && t('drop.zeros', { zeros: share(zeros) }),
          clipped > 0 && t('drop.clipped', { clipped: share(clipped) }),
          dead > 0 && t('drop.dead', { dead: formatCount(dead), all: formatCount(channels) }),
        )}
      </Text>
      <Button
        size="compact-xs"
        variant="subtle"
        fw={400}
        aria-label={t('drop.histogramOf', { name })}
        onClick={() => {
          commands.focusLayers([name])
          useStudio.getState().setWeightsView('histogram')
          useStudio.getState().setTab('weights')
        }}
      >
        {t('drop.histogram')}
      </Button>
    </li>
  )
}
