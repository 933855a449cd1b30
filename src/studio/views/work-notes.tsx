import { Button, Group, Paper, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { commands } from '../commands/page-commands'
import type { LongWork, WantedWork } from '../store/long-works'
import { useStudio } from '../store/store'

const waitedFor = ['download', 'opening', 'cut', 'attaching', 'teacher'] as const
const waiting = [
  'opening',
  'attaching',
  'search',
  'download',
  'teacher',
  'cut',
  'training',
  'caseStudy',
] as const

/** What waits for something else, with a way out, and what was ended for something else. */
export function WorkNotes() {
  const { t } = useTranslation('page')
  const waits = useStudio((state) => state.workWaits)
  const ended = useStudio((state) => state.endedWorks)
  if (waits.length === 0 && ended === null) return null
  const reason = (on: readonly LongWork[]): string =>
    t(`works.waits.${waitedFor.find((work) => on.includes(work)) ?? 'other'}`)
  const name = (wanted: WantedWork): string =>
    t(`works.wanted.${waiting.find((work) => work === wanted) ?? 'other'}`)
  return (
    <Paper withBorder p="sm" role="status">
      {ended?.ended.map((work) => (
        <Text key={work} size="sm">
          {t('works.ended', { work: t(`works.names.${work}`) })}
        </Text>
      ))}
      {waits.map(({ id, on, wanted }) => (
        <Group key={id} justify="space-between" wrap="nowrap">
          <Text size="sm">
            <b>{name(wanted)}</b>: {reason(on)}
          </Text>
          <Button
            size="xs"
            variant="default"
            aria-label={t('works.cancelWait', { wanted: name(wanted) })}
            onClick={() => {
              commands.cancelWait(id)
            }}
          >
            {t('cancel')}
          </Button>
        </Group>
      ))}
    </Paper>
  )
}
