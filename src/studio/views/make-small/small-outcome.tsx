import { Alert, Button, Text } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useShallow } from 'zustand/react/shallow'
import { commands } from '../../commands/page-commands'
import type { SmallStatus } from '../../store/make-small-slice'
import { goalNow, isMet } from '../../store/small-figures'
import { useStudio } from '../../store/store'
import { sentences } from '../../words/joining'
import { ErrorText } from '../../words/problem-alert'
import { PinButton } from '../pin/pin-button'
import { FoundLine, FoundWorth } from './found-line'
import { takeLostFocus } from './search-parts'
import { UseBest } from './small-progress'
import { useGoalText } from './use-goal-text'
import { WinBack } from './win-back'
import classes from './make-small.module.css'

type Ended = Exclude<SmallStatus, { state: 'running' | 'training' | 'idle' }>

/** Whether there is anything to go on with: of these faults the same would come again. */
function canGoOn(status: Ended): boolean {
  if (status.state === 'failed')
    return !['search/not-smaller', 'search/nothing-smaller'].includes(status.error.code)
  return status.state !== 'done' && status.state !== 'elsewhere'
}

/** How a search ended: what it found, what that is worth, and what can be done with it. */
export function SmallOutcome({ status }: { readonly status: Ended }) {
  const { t } = useTranslation('small')
  const goalText = useGoalText()
  const place = useStudio((state) => state.reportPlace)
  const region = useRef<HTMLDivElement>(null)
  useEffect(() => {
    takeLostFocus(region.current)
  }, [])
  const { base, best, done, goal, state, trained } = status
  const isTrained = best !== null && best.recipe.trained !== base.trained
  const now = useStudio(useShallow(goalNow))
  const keepsToIt = isMet(status, place)
  return (
    <div
      ref={region}
      tabIndex={-1}
      role="group"
      aria-label={t('status')}
      className={`${classes['result'] ?? ''} ${classes['ended'] ?? ''}`}
    >
      {state === 'failed' ? (
        <Alert color="red" variant="light" p="xs" mb={6}>
          <ErrorText error={status.error} />
        </Alert>
      ) : (
        <Text size="xs" c="dimmed">
          {sentences(
            t(`done.${state}`, { count: done }),
            trained > 0 && t('training.count', { count: trained }),
            trained > 0 && !isTrained && t('training.nothing'),
          )}
        </Text>
      )}
      {best === null ? (
        state !== 'failed' && <Text size="sm">{t('nothing')}</Text>
      ) : (
        <>
          <Text size="xs" c="dimmed">
            {keepsToIt
              ? `${t(state === 'done' ? 'best' : 'bestSoFar')} · ${goalText(goal)}`
              : t('none', { goal: goalText(goal) })}
          </Text>
          <FoundLine best={best} />
          <FoundWorth best={best} tried={done} />
        </>
      )}
      {(now.kind !== goal.kind || now.most !== goal.most) && (
        <Text size="xs" c="dimmed">
          {t('otherGoal', { goal: goalText(goal), now: goalText(now) })}
        </Text>
      )}
      <div className={classes['buttons']}>
        {best !== null && <UseBest />}
        {best !== null && <PinButton recipe={best.recipe} />}
        {canGoOn(status) && (
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => {
              void commands.goOnSmall()
            }}
          >
            {t('goOn')}
          </Button>
        )}
        {state !== 'elsewhere' && (
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => {
              void commands.closeSmall()
            }}
          >
            {t('close')}
          </Button>
        )}
      </div>
      {best !== null && state !== 'cutShort' && state !== 'elsewhere' && <WinBack />}
    </div>
  )
}
