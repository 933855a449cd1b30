import { Button, Text } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Folded } from '../../../ui-kit/folded'
import { formatCount } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { CardSection } from '../../../ui-kit/card-section'
import { RunOutcome } from './run-outcome'
import { RunProgress } from './run-progress'
import { TrainNeeds } from './train-needs'
import { obstacleOf } from './train-obstacle'
import { TrainSettings } from './train-settings'

/** Recovers accuracy: one button first, everything else folded. */
export const TrainCard = memo(function TrainCard() {
  const { t } = useTranslation('train')
  const training = useStudio((state) => state.training)
  const obstacle = useStudio(obstacleOf)
  return (
    <CardSection title={t('title')} summary={t('summary')}>
      {training.state === 'running' ? (
        <RunProgress run={training.run} phase={training.phase} preparing={training.preparing} />
      ) : (
        <>
          {training.state !== 'idle' && <RunOutcome training={training} />}
          {obstacle === null ? (
            <Start again={training.state !== 'idle'} />
          ) : (
            <TrainNeeds obstacle={obstacle} />
          )}
          <Folded title={t('settings.title')}>
            <TrainSettings />
          </Folded>
        </>
      )}
    </CardSection>
  )
})

function Start({ again }: { readonly again: boolean }) {
  const { t } = useTranslation('train')
  const epochs = useStudio((state) => state.trainingSettings.epochs)
  const trained = useStudio((state) => state.recipe.trained !== undefined)
  const samples = useStudio((state) =>
    state.data.state === 'attached'
      ? (state.data.data.splits.find(({ name }) => name === 'train')?.count ?? 0)
      : 0,
  )
  return (
    <>
      <Button
        fullWidth
        leftSection={<IconPlayerPlay size={16} />}
        variant={again ? 'default' : 'filled'}
        onClick={() => {
          void commands.startTraining()
        }}
      >
        {t(again ? 'again' : 'go')}
      </Button>
      <Text size="xs" c="dimmed" my={8}>
        {t('plan', { epochs, samples: formatCount(samples) })} {trained && t('goingOn')}
      </Text>
    </>
  )
}
