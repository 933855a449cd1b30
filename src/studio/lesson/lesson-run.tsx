import { Button, Group, Text } from '@mantine/core'
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatPercent } from '../../ui-kit/format-number'
import { commands } from '../commands/page-commands'
import type { RunId } from '../store/lesson-steps'
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
  if (training.state !== 'running')
    return (
      <>
        {training.state === 'failed' && <Text size="sm">{t('run.failed')}</Text>}
        <div>
          <Button
            size="xs"
            leftSection={<IconPlayerPlay size={14} />}
            onClick={() => {
              void commands.trainInLesson(id)
            }}
          >
            {t(id === 'recovered' ? 'run.start' : 'run.distil')}
          </Button>
        </div>
      </>
    )
  const { phase, preparing, run } = training
  const share = run.progress?.progress ?? null
  return (
    <Group gap="sm">
      <Text size="sm">
        {preparing !== null || share === null
          ? t('run.preparing')
          : t('run.going', { share: formatPercent(share, 0) })}
      </Text>
      <Button
        size="compact-xs"
        variant="default"
        disabled={phase === 'cancelling'}
        leftSection={<IconPlayerStop size={14} />}
        onClick={() => {
          void commands.stopLessonRun()
        }}
      >
        {t('run.stop')}
      </Button>
    </Group>
  )
}
