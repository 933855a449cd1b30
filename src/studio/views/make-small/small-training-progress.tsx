import { Button, Progress, Stack, Text } from '@mantine/core'
import { IconPlayerStop } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { commands } from '../../commands/page-commands'
import type { SmallStatus } from '../../store/make-small-slice'
import { useStudio } from '../../store/store'
import { formatDuration } from '../../words/format-duration'
import { useRecipeText } from '../../words/use-recipe-text'
import { FoundLine } from './found-line'
import { takeLostFocus } from './small-progress'
import { useGoalText } from './use-goal-text'
import classes from './make-small.module.css'

type Training = Extract<SmallStatus, { state: 'training' }>

/** The second half of a search: the best so far first, then what is trained for it. */
export function SmallTrainingProgress({ status }: { readonly status: Training }) {
  const { t } = useTranslation('small')
  const text = useRecipeText()
  const goalText = useGoalText()
  const region = useRef<HTMLDivElement>(null)
  useEffect(() => {
    takeLostFocus(region.current)
  }, [])
  const minutes = useStudio((state) => state.smallWish.minutes)
  const { best, goal, msLeft, round, rounds, training } = status
  const title = t('training.round', { round, rounds })
  return (
    <Stack gap={8}>
      <div
        ref={region}
        tabIndex={-1}
        role="group"
        aria-label={t('status')}
        className={classes['result']}
      >
        <Text size="xs" c="dimmed">
          {t('bestSoFar')} · {goalText(goal)}
        </Text>
        <FoundLine best={best} />
      </div>
      <div>
        <Text size="sm">
          {title}
          <Text span size="sm" c="dimmed">
            {` · ${t('left', { time: formatDuration(msLeft) })}`}
          </Text>
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
      <div className={classes['buttons']}>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlayerStop size={14} />}
          onClick={() => {
            void commands.stopSmall()
          }}
        >
          {t('stop')}
        </Button>
      </div>
    </Stack>
  )
}
