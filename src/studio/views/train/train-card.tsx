import { Alert, Button, Paper, Text } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Folded } from '../../../ui-kit/folded'
import { formatCount } from '../../../ui-kit/format-number'
import { commands } from '../../studio-commands'
import { useStudio } from '../../store/store'
import stepClasses from '../step-cards.module.css'
import { RunOutcome } from './run-outcome'
import { RunProgress } from './run-progress'
import { obstacleOf } from './train-obstacle'
import { TrainSettings } from './train-settings'

/** Recovers accuracy: one button first, everything else folded. */
export const TrainCard = memo(function TrainCard() {
  const { t } = useTranslation('train')
  const training = useStudio((state) => state.training)
  const obstacle = useStudio(obstacleOf)
  return (
    <Paper
      component="section"
      aria-label={t('title')}
      withBorder
      className={stepClasses['card'] ?? ''}
    >
      <div className={stepClasses['cardTitle']}>
        <Text component="h3" fw={600} size="sm" m={0}>
          {t('title')}
        </Text>
        <Text size="xs" c="dimmed">
          {t('summary')}
        </Text>
      </div>
      <div className={stepClasses['body']}>
        {training.state === 'running' ? (
          <RunProgress run={training.run} phase={training.phase} />
        ) : (
          <>
            {training.state !== 'idle' && <RunOutcome training={training} />}
            {obstacle === null ? (
              <Start again={training.state !== 'idle'} />
            ) : (
              <Alert color="gray" variant="light" p="xs">
                <Text size="sm">{t(`needs.${obstacle}`)}</Text>
              </Alert>
            )}
            <Folded title={t('settings.title')}>
              <TrainSettings />
            </Folded>
          </>
        )}
      </div>
    </Paper>
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
