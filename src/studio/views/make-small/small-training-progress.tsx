import { Progress, Stack, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SmallStatus } from '../../store/make-small-slice'
import { useStudio } from '../../store/store'
import { formatDuration } from '../../words/format-duration'
import { useRecipeText } from '../../words/use-recipe-text'
import { PinButton } from '../pin/pin-button'
import { BestSoFar, SearchButtons } from './search-parts'

type Training = Extract<SmallStatus, { state: 'training' }>

/** The second half of a search: the best so far first, then what is trained for it. */
export function SmallTrainingProgress({ status }: { readonly status: Training }) {
  const { t } = useTranslation('small')
  const text = useRecipeText(useStudio((state) => state.model?.layers))
  const isRunPaused = useStudio(
    ({ training: now }) => now.state === 'running' && now.phase === 'paused',
  )
  const isPaused = status.paused || isRunPaused
  const { best, minutes, round, rounds, training } = status
  const msLeft = useCountdown(status.msLeft, isPaused)
  const title = t(isPaused ? 'training.paused' : 'training.round', { round, rounds })
  return (
    <Stack gap={8}>
      <BestSoFar run={status} />
      <div>
        <Text size="sm">
          {title}
          {/* An epoch that is under way is not broken off. */}
          {msLeft > 0 && !isPaused && (
            <Text span size="sm" c="dimmed">
              {` · ${t('left', { time: formatDuration(msLeft) })}`}
            </Text>
          )}
        </Text>
        <Progress value={100 * (1 - msLeft / (60_000 * minutes))} aria-label={title} mt={4} />
        <Text size="xs" c="dimmed" mt={4}>
          {training === null
            ? t('training.measured')
            : t('training.now', {
                count: training.epochs,
                settings: text(training.recipe),
              })}
        </Text>
      </div>
      <SearchButtons run={status} paused={isPaused}>
        {best !== null && <PinButton recipe={best.recipe} />}
      </SearchButtons>
    </Stack>
  )
}

const SECOND = 1000

/** A run takes minutes, and tells the time before it and after. */
function useCountdown(msLeft: number, isStill: boolean): number {
  const [passed, setPassed] = useState({ of: msLeft, ms: 0 })
  useEffect(() => {
    if (isStill) return
    let last = performance.now()
    const timer = setInterval(() => {
      const now = performance.now()
      const more = now - last
      last = now
      setPassed(({ ms, of }) => ({ of: msLeft, ms: (of === msLeft ? ms : 0) + more }))
    }, SECOND)
    return () => {
      clearInterval(timer)
    }
  }, [isStill, msLeft])
  return Math.max(0, msLeft - (passed.of === msLeft ? passed.ms : 0))
}
