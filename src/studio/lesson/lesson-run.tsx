import { Button, Group, Text } from '@mantine/core'
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatPercent } from '../../ui-kit/format-number'
import { commands } from '../commands/page-commands'
import type { RunId } from '../store/lesson-steps'
import type { TrainStatus } from '../store/train-slice'
import { useStudio } from '../store/store'
import { obstacleOf } from '../views/train/train-obstacle'
import { TrainNeeds } from '../views/train/train-needs'

/** A short run of the page: started by the person, and left whenever they like. */
export function LessonRun({ id }: { readonly id: Exclude<RunId, 'cut'> }) {
  const { t } = useTranslation('lesson')
  const found = useStudio(obstacleOf)
  const training = useStudio((state) => state.training)
  // What the original says needs no labels.
  const obstacle = found === 'labels' && id === 'distilled' ? null : found
  if (obstacle !== null) return <TrainNeeds obstacle={obstacle} />
  const isRunning = training.state === 'running'
  const Icon = isRunning ? IconPlayerStop : IconPlayerPlay
  return (
    <Group gap="sm">
      {/* One button, so that whoever pressed it still has it. */}
      <Button
        size="xs"
        variant={isRunning ? 'default' : 'filled'}
        disabled={isRunning && training.phase === 'cancelling'}
        leftSection={<Icon size={14} />}
        onClick={() => {
          void (isRunning ? commands.stopLessonRun() : commands.trainInLesson(id))
        }}
      >
        {t(isRunning ? 'run.stop' : id === 'recovered' ? 'run.start' : 'run.distil')}
      </Button>
      {isRunning && <Text size="sm">{told(training)}</Text>}
      {training.state === 'failed' && <Text size="sm">{t('run.failed')}</Text>}
    </Group>
  )

  function told({ preparing, run }: Extract<TrainStatus, { state: 'running' }>): string {
    const share = run.progress?.progress ?? null
    return preparing !== null || share === null
      ? t('run.preparing')
      : t('run.going', { share: formatPercent(share, 0) })
  }
}
