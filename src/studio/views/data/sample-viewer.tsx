import { ActionIcon, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { Fragment, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { shapeText } from '../../../core/shape-text'
import { elementCount } from '../../../core/tensor-spec'
import type { DataSummary, SampleInput, SamplePicture } from '../../../protocol/data-messages'
import { formatCount, formatSignificant } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import classes from './data.module.css'
import { SampleCanvas } from './sample-canvas'
import { useOutputName } from '../../words/use-output-name'
import { useClassName } from '../../words/use-class-name'
import { bracketed, labelled, listed } from '../../words/joining'

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
        {shown.state === 'shown' &&
          shown.sample.inputs.map(({ name, picture }) => (
            <SampleCanvas
              key={name}
              picture={picture}
              label={shown.sample.inputs.length > 1 ? name : t('data.sample')}
            />
          ))}
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

/** What an input is shown: of several its name, and the first numbers of what is no picture. */
function Numbers({ input, isAlone }: { readonly input: SampleInput; readonly isAlone: boolean }) {
  const { t } = useTranslation('page')
  const [low, high] = input.range
  const range = t('data.sampleRange', {
    low: formatSignificant(low, 3),
    high: formatSignificant(high, 3),
  })
  if (isAlone) return range
  const areWhole = input.values.every(Number.isInteger)
  const numbers = input.values.map((value) =>
    areWhole ? formatCount(value) : formatSignificant(value, 3),
  )
  const isAll = elementCount(input.shape) === numbers.length
  const said = input.picture === null ? listed([...numbers, ...(isAll ? [] : ['…'])]) : range
  return labelled(bracketed(input.name, shapeText(input.shape)), said)
}

function Facts({ sample }: { readonly sample: SamplePicture }) {
  const { t } = useTranslation('page')
  const className = useClassName()
  const outputName = useOutputName()
  const { inputs } = sample
  return (
    <Text size="xs" c="dimmed">
      {sample.label !== null && t('data.sampleLabel', { label: className(sample.label) })}
      {sample.label !== null && inputs.length === 1 && ' · '}
      {inputs.map((input) => (
        <Fragment key={input.name}>
          {inputs.length > 1 && <br />}
          <Numbers input={input} isAlone={inputs.length === 1} />
        </Fragment>
      ))}
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
