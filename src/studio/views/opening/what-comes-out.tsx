import { Button, Text } from '@mantine/core'
import { IconRoute } from '@tabler/icons-react'
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
  const sample = list.state === 'loaded' ? list.samples.find((one) => one.name === name) : undefined
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
