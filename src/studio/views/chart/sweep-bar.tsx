import { Button, Group, Progress, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { commands } from '../../commands/page-commands'
import type { SweepStatus } from '../../store/history-slice'
import { shownWorks } from '../../store/shown-works'
import { useStudio } from '../../store/store'
import { curveKinds } from '../../../search/sweep-plan'
import classes from './sweep-bar.module.css'
import { ErrorText } from '../../words/problem-alert'
import { formatDuration } from '../../words/format-duration'

/** What a sweep waits for, the longest first. */
const waitedFor = ['caseStudy', 'training', 'download', 'makeSmall', 'measuring'] as const

/** One button for each whole curve; while one is measured, how far it is. */
export function SweepBar() {
  const { t } = useTranslation('charts')
  const sweep = useStudio((state) => state.sweep)
  const runs = useStudio((state) => state.model?.obstacles.run === null)
  if (!runs) return null
  if (sweep.state === 'running') return <Going sweep={sweep} />
  return (
    <div className={classes['bar']}>
      <Group gap={6} role="group" aria-label={t('sweep.title')}>
        <Text size="sm" c="dimmed">
          {t('sweep.title')}
        </Text>
        {curveKinds.map((kind) => (
          <Button
            key={kind}
            size="compact-sm"
            variant="default"
            fw={400}
            aria-label={t(`sweep.names.${kind}`)}
            title={t(`sweep.hints.${kind}`)}
            onClick={() => {
              void commands.startSweep(kind)
            }}
          >
            {t(`sweep.buttons.${kind}`)}
          </Button>
        ))}
      </Group>
      {sweep.state === 'failed' && <ErrorText error={sweep.error} />}
    </div>
  )
}

function Going({ sweep }: { readonly sweep: Extract<SweepStatus, { state: 'running' }> }) {
  const { t } = useTranslation('charts')
  const { done, kind, msLeft, total, waits } = sweep
  const reason = useStudio((state) => {
    const works = shownWorks(state)
    return waitedFor.find((work) => works.includes(work)) ?? 'other'
  })
  return (
    <div className={classes['bar']} role="group" aria-label={t('sweep.title')}>
      <div className={classes['going']}>
        <Text size="sm" className={classes['text'] ?? ''}>
          {t('sweep.going', { name: t(`sweep.names.${kind}`), done, total })}
          <Text span size="sm" c="dimmed">
            {waits
              ? ` · ${t(`sweep.waits.${reason}`)}`
              : msLeft !== null && ` · ${t('sweep.left', { time: formatDuration(msLeft) })}`}
          </Text>
        </Text>
        <Progress
          value={(100 * done) / Math.max(1, total)}
          aria-label={t(`sweep.names.${kind}`)}
          className={classes['progress'] ?? ''}
        />
        <Button
          size="compact-sm"
          variant="default"
          fw={400}
          leftSection={<IconX size={14} />}
          onClick={() => void commands.cancelSweep()}
        >
          {t('sweep.cancel')}
        </Button>
      </div>
    </div>
  )
}
