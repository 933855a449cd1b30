import { useTranslation } from 'react-i18next'
import classes from './layer-graph.module.css'
import type { CSSProperties } from 'react'

/** What the colours stand for, the weakest first. */
export function GraphLegend({ ranges }: { readonly ranges: readonly string[] }) {
  const { t } = useTranslation('graph')
  return (
    <ul className={classes['legend']} aria-label={t('legend')}>
      {ranges.map((range, strength) => (
        <li key={range}>
          <span className={classes['swatch']} style={{ '--strength': strength } as CSSProperties} />
          {range}
        </li>
      ))}
    </ul>
  )
}
