import { ActionIcon, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DataSummary, SamplePicture } from '../../../protocol/data-messages'
import { formatCount, formatSignificant } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import classes from './data.module.css'
import { SampleCanvas } from './sample-canvas'
import { useOutputName } from '../../words/use-output-name'
import { useClassName } from '../../words/use-class-name'
import { labelled, listed } from '../../words/joining'

type Shown =
  | { readonly state: 'loading' | 'failed' }
  | { readonly state: 'shown'; readonly sample: SamplePicture }

/** One sample as the model sees it: its picture after the preparation, its label, and the answers. */
export function SampleViewer({ data }: { readonly data: DataSummary }) {
  const { t } = useTranslation('page')
  const [index, setIndex] = useState(0)
  const [shown, setShown] = useState<Shown>({ state: 'loading' })
  // Shown once the engine has nothing more urgent to do.
  const idle = useStudio((state) => state.phase !== 'dragging')
  const { settings } = data
  useEffect(() => {
    if (!idle) return
    let current = true
    commands.sampleOfData(index).then(
      (sample) => {
        if (current) setShown({ state: 'shown', sample })
      },
      () => {
        if (current) setShown({ state: 'failed' })
      },
    )
    return () => {
      current = false
    }
  }, [index, settings, idle])
  const count = shown.state === 'shown' ? shown.sample.count : 1
  return (
    <figure className={classes['sample']} aria-label={t('data.sample')}>
      <div className={classes['frame']}>
        {shown.state === 'shown' && (
          <SampleCanvas picture={shown.sample.picture} label={t('data.sample')} />
        )}
        {shown.state === 'failed' && (
          <Text size="xs" c="dimmed">
            {t('data.sampleFailed')}
          </Text>
        )}
      </div>
      <figcaption className={classes['caption']}>
        <div className={classes['turn']}>
          <ActionIcon
            size="sm"
            variant="default"
            aria-label={t('data.previous')}
            onClick={() => {
              setIndex((index + count - 1) % count)
            }}
          >
            <IconChevronLeft size={14} />
          </ActionIcon>
          <ActionIcon
            size="sm"
            variant="default"
            aria-label={t('data.next')}
            onClick={() => {
              setIndex((index + 1) % count)
            }}
          >
            <IconChevronRight size={14} />
          </ActionIcon>
          {shown.state === 'shown' && (
            <Text size="xs" className={classes['sampleName'] ?? ''}>
              {t('data.sampleName', {
                name: shown.sample.name,
                index: formatCount(shown.sample.index + 1),
                count: formatCount(shown.sample.count),
              })}
            </Text>
          )}
        </div>
        {shown.state === 'shown' && <Facts sample={shown.sample} />}
      </figcaption>
    </figure>
  )
}

function Facts({ sample }: { readonly sample: SamplePicture }) {
  const { t } = useTranslation('page')
  const className = useClassName()
  const outputName = useOutputName()
  const [low, high] = sample.range
  return (
    <Text size="xs" c="dimmed">
      {sample.label !== null && `${t('data.sampleLabel', { label: className(sample.label) })} · `}
      {t('data.sampleRange', { low: formatSignificant(low, 3), high: formatSignificant(high, 3) })}
      <br />
      {labelled(
        t('data.answers'),
        listed(
          sample.answers.map(
            ({ output, value }) => `${outputName(output)} ${formatSignificant(value, 3)}`,
          ),
        ),
      )}
    </Text>
  )
}
