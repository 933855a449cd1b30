import { Button, Group, Paper, Progress, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '../../../ui-kit/format-number'
import { formatDuration } from '../../words/format-duration'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'

/** A model on its way in: the phase, how far, and a way out. */
export function OpeningProgress() {
  const { t } = useTranslation('page')
  const opening = useStudio((state) => state.opening)
  const starting = useStudio((state) => state.engine.state === 'starting')
  if (opening.state === 'idle') return null
  const progress = opening.state === 'fetching' ? opening : opening.progress
  const phase =
    opening.state === 'fetching'
      ? t('opening.fetching', { size: formatBytes(opening.total) })
      : opening.progress === null
        ? t(starting ? 'opening.engine' : 'opening.reading')
        : t(`opening.${opening.progress.phase}`)
  const msLeft = (opening.state === 'opening' ? opening.msLeft : null) ?? null
  const share = progress === null || progress.total === 0 ? null : progress.done / progress.total
  return (
    <Paper withBorder p="md" component="section" aria-label={t('opening.title')} role="group">
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Text fw={600}>{t('opening.name', { name: opening.name })}</Text>
          <Text size="sm" c="dimmed">
            {phase}
            {msLeft !== null && ` · ${t('opening.left', { time: formatDuration(msLeft) })}`}
          </Text>
        </div>
        <Button size="xs" variant="default" onClick={commands.cancelOpening}>
          {t('cancel')}
        </Button>
      </Group>
      <Progress
        mt="sm"
        size="sm"
        value={share === null ? 100 : share * 100}
        animated={share === null}
        aria-label={phase}
      />
    </Paper>
  )
}
