import { useTranslation } from 'react-i18next'
import '../../i18n/graph-words'
import type { LayerSummary } from '../../../core/model-summary'
import { formatBytes, formatPercent } from '../../../ui-kit/format-number'
import type { GraphMeasure } from '../../store/look-slice'
import { clauses, listed, sentences } from '../../words/joining'
import { STRENGTHS } from './graph-values'

/** So many names are read out. */
const SAID = 4

/** Figures of the graph in words. */
export function useGraphWords(measure: GraphMeasure) {
  const { t } = useTranslation('graph')
  const figure = (value: number): string => {
    switch (measure) {
      case 'bytes':
        return formatBytes(value)
      case 'sparsity':
        return formatPercent(value, value > 0 && value < 0.1 ? 1 : 0)
      case 'error':
        return `${value.toFixed(1)}\u00A0dB`
      case 'sensitivity':
        return formatPercent(value, value < 0.01 ? 2 : value < 0.1 ? 1 : 0)
    }
  }
  const end = (value: number): string =>
    measure === 'error'
      ? `${value}\u00A0dB`
      : measure === 'bytes'
        ? bytesEnd(value)
        : `${Number((100 * value).toPrecision(3))}\u00A0%`
  const names = (all: readonly string[]): string =>
    all.length > SAID
      ? t('more', { names: listed(all.slice(0, SAID)), count: all.length - SAID })
      : listed(all)
  return {
    figure,
    /** What each strength stands for, the weakest first. */
    ranges: (ends: readonly number[]): readonly string[] => {
      const falls = (ends[0] ?? 0) > (ends[3] ?? 0)
      return STRENGTHS.map((strength) => {
        const [from, to] = [ends[strength - 1], ends[strength]]
        if (from === undefined) return t(falls ? 'least' : 'below', { value: end(to ?? 0) })
        if (to === undefined) return t(falls ? 'below' : 'least', { value: end(from) })
        return falls
          ? t('between', { from: end(to), to: end(from) })
          : t('between', { from: end(from), to: end(to) })
      })
    },
    /** A layer for the ear. */
    layer: (
      layer: LayerSummary,
      value: number | null,
      bits: number | null,
      readers: readonly string[],
    ): string =>
      sentences(
        t('layer', {
          layer: clauses(
            layer.name,
            layer.className,
            layer.opaque && t('opaque'),
            value === null
              ? t(
                  layer.parameters === 0
                    ? 'noWeights'
                    : measure === 'error'
                      ? 'noError'
                      : 'noValue',
                )
              : measure === 'sensitivity' && bits === null
                ? t('asFloat')
                : t(`value.${measure}`, { value: figure(value), bits }),
          ),
        }),
        layer.inputs.length > 0 && t('reads', { names: names(layer.inputs) }),
        readers.length > 0 && t('readBy', { names: names(readers) }),
      ),
  }
}

/** Powers of ten as they are written: `1 kB`, not `1.00 kB`. */
function bytesEnd(bytes: number): string {
  return formatBytes(bytes).replace(/\.0+(?=\D)/, '')
}
