import { Button, Text } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { memo, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Folded } from '../../../ui-kit/folded'
import { formatCount } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import '../../i18n/train-words'
import { RailCard } from '../rail/rail-card'
import { DistillationPart } from './distillation-part'
import { RunOutcome } from './run-outcome'
import { RunProgress } from './run-progress'
import { TrainNeeds } from './train-needs'
import { isAble, obstacleOf } from './train-obstacle'
import { TrainSettings } from './train-settings'
import { useLearningText } from './use-learning-text'
import { sentences } from '../../words/joining'

/** Recovers accuracy: one button first, then who teaches, everything else folded. */
export const TrainCard = memo(function TrainCard({ place }: { readonly place: number }) {
  const { t } = useTranslation('train')
  const training = useStudio((state) => state.training)
  const obstacle = useStudio(obstacleOf)
  const able = useStudio(isAble)
  const summary = useTrainSummary()
  const openCard = useStudio((state) => state.openCard)
  const isRunning = training.state === 'running'
  useEffect(() => {
    // Wherever it was begun, its buttons are here.
    if (isRunning) openCard('train', true)
  }, [isRunning, openCard])
  return (
    <RailCard card="train" place={place} title={t('title')} summary={summary} active>
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
        </>
      )}
      {able && <DistillationPart />}
      {able && !isRunning && (
        <Folded title={t('settings.title')}>
          <TrainSettings />
        </Folded>
      )}
    </RailCard>
  )
})

/** How far a run is, that its weights are in use, or what one would be. */
function useTrainSummary(): string {
  const { t } = useTranslation('train')
  const training = useStudio((state) => state.training)
  const trained = useStudio((state) => state.recipe.trained !== undefined)
  const able = useStudio(isAble)
  const { distillation, epochs: count } = useStudio((state) => state.trainingSettings)
  if (training.state === 'running') {
    const { facts, progress, settings } = training.run
    const epochs = facts?.epochs ?? settings.epochs
    return t('run.short', { epoch: Math.min(epochs, (progress?.epoch ?? 0) + 1), epochs })
  }
  if (trained) return t('inUse')
  if (!able) return t('none')
  return t(distillation === null ? 'set' : 'setTaught', { count })
}

function Start({ again }: { readonly again: boolean }) {
  const { t } = useTranslation('train')
  const epochs = useStudio((state) => state.trainingSettings.epochs)
  const learning = useLearningText()
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
        {sentences(
          t('plan', { epochs, samples: formatCount(samples) }),
          learning,
          trained && t('goingOn'),
        )}
      </Text>
    </>
  )
}
