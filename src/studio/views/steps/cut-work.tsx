import { Button, Group, Progress, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import '../../i18n/train-words'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { formatDuration } from '../../words/format-duration'

/** A cut on its way, or a choice that takes long: how far, how long still, and a way out. */
export function CutWork() {
  const { t } = useTranslation('train')
  const work = useStudio((state) => state.cutWork)
  const isCutting = useStudio((state) => state.cut.state === 'cutting')
  // A choice that is there at once needs no word.
  if (!isCutting && (work === null || work.msLeft === null)) return null
  const { phase, done, total } = work?.progress ?? { phase: 'scoring', done: 0, total: 0 }
  const says = t(`cut.work.${phase}`)
  return (
    <div role="group" aria-label={t('cut.work.title')}>
      <Group justify="space-between" wrap="nowrap" gap={8}>
        <Text size="xs">
          {says}
          {work?.msLeft != null && (
            <Text span size="xs" c="dimmed">
              {` · ${t('run.left', { time: formatDuration(work.msLeft) })}`}
            </Text>
          )}
        </Text>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => {
            void commands.cancelCut()
          }}
        >
          {t('run.cancel')}
        </Button>
      </Group>
      <Progress
        mt={6}
        size="sm"
        value={total === 0 ? 100 : (100 * done) / total}
        animated={total === 0}
        aria-label={says}
      />
    </div>
  )
}
