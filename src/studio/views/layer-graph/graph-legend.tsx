import { useTranslation } from 'react-i18next'
import classes from './layer-graph.module.css'
import type { CSSProperties } from 'react'

interface GraphLegendProps {
  readonly ranges: readonly string[]
  /** What some of its layers compute is not known. */
  readonly hasOpaque: boolean
}

/** What the colours stand for, the weakest first. */
export function GraphLegend({ hasOpaque, ranges }: GraphLegendProps) {
  const { t } = useTranslation('graph')
  return (
    <ul className={classes['legend']} aria-label={t('legend')}>
      {ranges.map((range, strength) => (
        <li key={range}>
          <span className={classes['swatch']} style={{ '--strength': strength } as CSSProperties} />
          {range}
        </li>
      ))}
      {hasOpaque && (
        <li>
          <span className={classes['mark']}>?</span>
          {t('opaque')}
        </li>
      )}
    </ul>
  )
}
