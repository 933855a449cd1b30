import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import { CardSection } from '../../../ui-kit/card-section'
import { useStudio } from '../../store/store'
import classes from './rail-card.module.css'

interface RailCardProps {
  /** Names it among the cards that are remembered as open or closed. */
  readonly card: string
  /** Its place in the order in which things run, from 1. */
  readonly place: number
  readonly title: string
  /** What it is set to. */
  readonly summary: string
  /**
   * Whether there is something in it to be seen: a step that is on, filters that were removed, a run. The card is open
   * unless somebody closed it; when this changes, whoever changed it, it opens or closes.
   */
  readonly active: boolean
  readonly off?: boolean
  readonly aside?: ReactNode
  readonly children: ReactNode
}

/** One of the cards beside the chart: several may be open at once, and each is remembered. */
export function RailCard(props: RailCardProps) {
  const { active, aside, card, children, off = false, place, summary, title } = props
  const chosen = useStudio((state) => state.look.cards[card])
  const openCard = useStudio((state) => state.openCard)
  const was = useRef(active)
  useEffect(() => {
    if (was.current === active) return
    was.current = active
    openCard(card, active)
  }, [active, card, openCard])
  const open = chosen ?? active
  return (
    <li id={`card-${card}`} className={classes['item']}>
      <CardSection
        title={title}
        summary={summary}
        off={off}
        lead={
          <span className={classes['number']} data-off={off || undefined} aria-hidden>
            {place}
          </span>
        }
        aside={aside}
        fold={{
          open,
          onToggle: () => {
            openCard(card, !open)
          },
        }}
      >
        {children}
      </CardSection>
    </li>
  )
}
