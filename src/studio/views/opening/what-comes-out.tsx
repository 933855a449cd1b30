import { Button, Group, Text } from '@mantine/core'
import { IconRoute, IconSchool } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { StudioErrorData } from '../../../core/errors'
import { formatBytes, formatCount, formatPercent } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import type { Sample } from '../../files/samples'
import shown from '../../files/shown-result.json'
import classes from './what-comes-out.module.css'

export type SampleList =
  | { readonly state: 'loading' }
  | { readonly state: 'loaded'; readonly samples: readonly Sample[] }
  | { readonly state: 'failed'; readonly error: StudioErrorData }

interface WhatComesOutProps {
  readonly busy: boolean
  readonly list: SampleList
}

/** What the tour makes of its sample, as it was measured, and the way to see it happen. */
export function WhatComesOut({ busy, list }: WhatComesOutProps) {
  const { t } = useTranslation('page')
  const { after, before, images, sample: name } = shown
  const samples = list.state === 'loaded' ? list.samples : []
  const sample = samples.find((one) => one.name === name)
  // A run of it takes seconds.
  const small = samples.find(({ id }) => id === 'lenet-300-100')
  return (
    <section aria-label={t('first.result.label')} className={classes['result']}>
      <div className={classes['figures']}>
        <Figure before={formatBytes(before.bytes)} after={formatBytes(after.bytes)} />
        <Figure
          before={formatPercent(before.correct / images)}
          after={formatPercent(after.correct / images)}
        />
        <Text size="xs" c="dimmed" className={classes['of'] ?? ''}>
          {t('first.result.of', {
            name,
            ratio: Math.round(before.bytes / after.bytes),
            count: formatCount(images),
          })}
        </Text>
      </div>
      <Group gap="xs" className={classes['ways'] ?? ''}>
        <Button
          variant="default"
          leftSection={<IconRoute size={18} />}
          disabled={busy || sample === undefined}
          onClick={() => {
            if (sample !== undefined) void commands.startTour(sample)
          }}
        >
          {t('first.tour')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconSchool size={18} />}
          disabled={busy || small === undefined}
          onClick={() => {
            if (small !== undefined) void commands.startLesson(small)
          }}
        >
          {t('lesson')}
        </Button>
      </Group>
    </section>
  )
}

function Figure({ before, after }: { readonly before: string; readonly after: string }) {
  const { t } = useTranslation('page')
  return (
    <span className={classes['figure']}>
      <span className={classes['before']}>{before}</span>{' '}
      <span role="img" aria-label={t('answer.to')} className={classes['arrow']}>
        →
      </span>{' '}
      <strong className={classes['after']}>{after}</strong>
    </span>
  )
}
