import { Button, Text } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { SearchGoal } from '../../../search/search-goal'
import { commands } from '../../commands/page-commands'
import type { TriedPoint } from '../../store/run-slice'
import { FoundLine } from './found-line'
import { useGoalText } from './use-goal-text'
import classes from './make-small.module.css'

interface BestSoFarProps {
  readonly best: TriedPoint | null
  readonly goal: SearchGoal
}

/** What a search that goes on has found; it takes the focus of the button that began it. */
export function BestSoFar({ best, goal }: BestSoFarProps) {
  const { t } = useTranslation('small')
  const goalText = useGoalText()
  const region = useRef<HTMLDivElement>(null)
  useEffect(() => {
    takeLostFocus(region.current)
  }, [])
  return (
    <div
      ref={region}
      tabIndex={-1}
      role="group"
      aria-label={t('status')}
      className={classes['result']}
    >
      <Text size="xs" c="dimmed">
        {t(best === null ? 'before' : 'bestSoFar')} · {goalText(goal)}
      </Text>
      <FoundLine best={best} />
    </div>
  )
}

interface SearchButtonsProps {
  readonly paused: boolean
  /** What stopping it comes to. */
  readonly stop: string
  readonly children?: ReactNode
}

export function SearchButtons({ children, paused, stop }: SearchButtonsProps) {
  const { t } = useTranslation('small')
  return (
    <div className={classes['buttons']}>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
        onClick={() => {
          void (paused ? commands.continueSmall() : commands.pauseSmall())
        }}
      >
        {t(paused ? 'continue' : 'pause')}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconPlayerStop size={14} />}
        onClick={() => {
          void commands.stopSmall()
        }}
      >
        {stop}
      </Button>
      {children}
    </div>
  )
}

/** The button that was pressed is gone: who works by keyboard is brought to what took its place. */
export function takeLostFocus(element: HTMLElement | null): void {
  if (document.activeElement === null || document.activeElement === document.body) element?.focus()
}
