import { Button, NumberInput, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { MINUTES } from '../../../search/training-minutes'
import { useNumberDraft } from '../../../ui-kit/use-number-draft'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { TrainNeeds } from '../train/train-needs'
import { obstacleTo } from '../train/train-obstacle'
import classes from './make-small.module.css'

/** Smaller files still, where weights may be trained for them. */
export function WinBack() {
  const { t } = useTranslation('small')
  // The original is the teacher, so labels need not be there.
  const obstacle = useStudio((state) => obstacleTo(state, true))
  const minutes = useStudio((state) => state.smallWish.minutes)
  const busy = useStudio((state) => state.training.state === 'running')
  const draft = useNumberDraft(
    minutes,
    (next) => next >= MINUTES.least && next <= MINUTES.most,
    (next) => {
      commands.changeSmallWish({ minutes: next })
    },
  )
  if (obstacle !== null)
    return (
      <div className={classes['winBack']}>
        <Text size="sm" fw={500}>
          {t('winBack')}
        </Text>
        <TrainNeeds obstacle={obstacle} />
      </div>
    )
  return (
    <div className={classes['winBack']}>
      <div className={classes['buttons']}>
        <Button
          size="compact-sm"
          variant="default"
          disabled={busy}
          onClick={() => {
            void commands.winBack()
          }}
        >
          {t('winBack')}
        </Button>
        <NumberInput
          size="xs"
          w={110}
          aria-label={t('training.minutes')}
          suffix={` ${t('training.unit')}`}
          {...draft}
          min={MINUTES.least}
          max={MINUTES.most}
          allowDecimal={false}
          clampBehavior="blur"
        />
      </div>
      <Text size="xs" c="dimmed">
        {t(busy ? 'training.busy' : 'training.plan')}
      </Text>
    </div>
  )
}
