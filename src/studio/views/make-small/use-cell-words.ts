import { useTranslation } from 'react-i18next'
import '../../i18n/train-words'
import { mapCell } from '../../../search/map-cells'
import type { MapColumn } from '../../../search/map-cells'
import type { LayerSensitivity } from '../../../search/sensitivity'
import { formatBytes, formatPercent, formatSignificant } from '../../../ui-kit/format-number'
import { listed, sentences } from '../../words/joining'
import { useLayerName } from '../../words/use-layer-name'

/** Cells of the map in words. */
export function useCellWords() {
  const { t } = useTranslation('small')
  const { t: structure } = useTranslation('train')
  const called = useLayerName()
  const choice = ({ of, value }: MapColumn): string =>
    of === 'bits'
      ? t('map.bits', { count: value })
      : t(`map.${of}`, { share: formatPercent(value, 0) })
  return {
    choice,
    cell: (layer: LayerSensitivity, column: MapColumn): string => {
      const found = mapCell(layer, column)
      if (found === null) return ''
      if ('state' in found)
        return t('map.stays', {
          layer: called(layer.layer),
          why:
            found.reason === 'follows'
              ? t('map.follows', { layer: called(found.layer) })
              : structure(`group.fixed.${found.reason}`, { layer: called(found.layer) }),
        })
      const { cell, distance, error, saved } = found
      const facts = {
        ...{
          layer: called(layer.layer),
          choice: choice(column),
          bytes: formatBytes(Math.abs(saved)),
        },
        error: formatPercent(error, error < 0.01 ? 3 : 1),
      }
      const says = cell === null ? 'map.filterCell' : saved < 0 ? 'map.more' : 'map.cell'
      const others = cell === null && layer.filters?.state === 'go' ? layer.filters.with : []
      return sentences(
        `${t(says, facts)}${distance === null ? '' : tried(layer, distance)}${t('map.stop')}`,
        others.length > 0 && t('map.asOne', { layers: listed(others.map(called)) }),
      )
    },
  }

  function tried({ unit }: LayerSensitivity, distance: number): string {
    return unit === 'nats'
      ? t('map.triedNats', { distance: formatSignificant(distance, 2) })
      : t('map.triedShare', { distance: formatPercent(distance, distance < 0.01 ? 3 : 1) })
  }
}
