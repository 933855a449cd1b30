import { Button, Text } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { commands } from '../../commands/page-commands'
import type { SmallRun } from '../../store/make-small-slice'
import { isMet } from '../../store/small-figures'
import { useStudio } from '../../store/store'
import { FoundLine } from './found-line'
import { useGoalText } from './use-goal-text'
import classes from './make-small.module.css'

interface BestSoFarProps {
  readonly run: Pick<SmallRun, 'best' | 'goal'>
}

/** What a search that goes on has found; it takes the focus of the button that began it. */
export function BestSoFar({ run }: BestSoFarProps) {
  const { t } = useTranslation('small')
  const goalText = useGoalText()
  const keepsToGoal = useStudio(({ reportPlace }) => isMet(run, reportPlace))
  const { best, goal } = run
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
        {best === null || keepsToGoal
          ? `${t(best === null ? 'before' : 'bestSoFar')} · ${goalText(goal)}`
          : t('nearestSoFar', { goal: goalText(goal) })}
      </Text>
      <FoundLine best={best} />
    </div>
  )
}

interface SearchButtonsProps extends BestSoFarProps {
  readonly paused: boolean
  readonly children?: ReactNode
}

/** Stopping it uses the best so far, unless there is none that keeps to the goal. */
export function SearchButtons({ children, paused, run }: SearchButtonsProps) {
  const { t } = useTranslation('small')
  const keepsToGoal = useStudio(({ reportPlace }) => isMet(run, reportPlace))
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
        {t(keepsToGoal ? 'stop' : 'stopBare')}
      </Button>
      {children}
    </div>
  )
}

/** The button that was pressed is gone: who works by keyboard is brought to what took its place. */
export function takeLostFocus(element: HTMLElement | null): void {
  if (document.activeElement === null || document.activeElement === document.body) element?.focus()
}
