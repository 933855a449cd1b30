import { ActionIcon, Group, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SamplePicture } from '../../../protocol/data-messages'
import { softened } from '../../../training/softened'
import type { DistillationSettings } from '../../../training/training-settings'
import { formatPercent } from '../../../ui-kit/format-number'
import type { OutputNumbers } from '../../commands/outputs-command'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import type { StudioState } from '../../store/store'
import { ExportMenu } from '../../charts/export-menu'
import { SampleCanvas } from '../data/sample-canvas'
import { useClassName } from '../../words/use-class-name'
import { useOutputName } from '../../words/use-output-name'
import classes from './dark-knowledge.module.css'

/** Samples that can be looked at. */
const SAMPLES = 8
/** More classes than this are cut to the likeliest. */
const MOST_ROWS = 12

interface Both {
  readonly teacher: OutputNumbers
  readonly student: OutputNumbers
}

/** What the student is now: the last epoch of a run that goes on, else what the settings say. */
function studentOf({ training, recipe }: StudioState): StudioState['recipe'] {
  const [last] = training.state === 'running' ? training.run.epochs.slice(-1) : []
  return last?.recipe ?? recipe
}

/** The teacher's softened outputs beside the student's, for one picture at a time. */
export function DarkKnowledge({ teacher, temperature }: DistillationSettings) {
  const { t } = useTranslation('train')
  const className = useClassName()
  const [index, setIndex] = useState(0)
  const [both, setBoth] = useState<Both | null>(null)
  const [sample, setSample] = useState<SamplePicture | null>(null)
  const [failed, setFailed] = useState(false)
  const recipe = useStudio(studentOf)
  const idle = useStudio((state) => state.phase === 'idle' || state.training.state === 'running')
  useEffect(() => {
    if (!idle) return
    const abort = new AbortController()
    commands.bothOutputs(recipe, teacher, SAMPLES, abort.signal).then(
      (found) => {
        setBoth(found)
        setFailed(false)
      },
      () => {
        if (!abort.signal.aborted) setFailed(true)
      },
    )
    return () => {
      abort.abort()
    }
  }, [recipe, teacher, idle])
  useEffect(() => {
    let current = true
    commands.sampleOfData(index).then(
      (found) => {
        if (current) setSample(found)
      },
      () => undefined,
    )
    return () => {
      current = false
    }
  }, [index])
  if (failed) return <Text size="xs">{t('dark.failed')}</Text>
  if (both === null)
    return (
      <Text size="xs" c="dimmed">
        {t('dark.waiting')}
      </Text>
    )
  const count = Math.max(1, both.student.samples)
  const turn = (by: number): void => {
    setIndex((index + by + count) % count)
  }
  return (
    <figure className={classes['figure']} aria-label={t('dark.title')}>
      <Group gap={8} wrap="nowrap">
        <div className={classes['picture']}>
          {sample !== null && (
            <SampleCanvas
              picture={sample.inputs.find(({ picture }) => picture !== null)?.picture ?? null}
              label={t('dark.picture')}
            />
          )}
        </div>
        <Text size="xs" flex={1}>
          {sample?.label != null && t('dark.label', { label: className(sample.label) })}
        </Text>
        <ActionIcon
          size="sm"
          variant="default"
          aria-label={t('dark.previous')}
          onClick={() => {
            turn(-1)
          }}
        >
          <IconChevronLeft size={14} />
        </ActionIcon>
        <ActionIcon
          size="sm"
          variant="default"
          aria-label={t('dark.next')}
          onClick={() => {
            turn(1)
          }}
        >
          <IconChevronRight size={14} />
        </ActionIcon>
      </Group>
      <Distributions both={both} index={index} temperature={temperature} />
      <Text component="figcaption" size="xs" c="dimmed">
        {t('dark.caption', { temperature })}
      </Text>
    </figure>
  )
}

function Distributions({
  both,
  index,
  temperature,
}: {
  readonly both: Both
  readonly index: number
  readonly temperature: number
}) {
  const { t } = useTranslation('train')
  const outputName = useOutputName()
  const of = ({ values, classes: columns, kind }: OutputNumbers): number[] =>
    softened(values.subarray(index * columns, (index + 1) * columns), kind, temperature)
  const [teacher, student] = [of(both.teacher), of(both.student)]
  const panel = useRef<HTMLDivElement>(null)
  const rows = teacher
    .map((value, output) => ({ output, value }))
    .toSorted((left, right) => right.value - left.value)
    .slice(0, MOST_ROWS)
    .toSorted((left, right) => left.output - right.output)
  return (
    <div ref={panel}>
      <table className={classes['table']}>
        <thead>
          <tr>
            <th scope="col">{t('dark.class')}</th>
            <th scope="col">{t('distillation.teacher')}</th>
            <th scope="col">{t('dark.student')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ output, value }) => (
            <tr key={output}>
              <th scope="row">{outputName(output)}</th>
              <Share value={value} of="teacher" />
              <Share value={student[output] ?? 0} of="student" />
            </tr>
          ))}
        </tbody>
      </table>
      <div data-export="no">
        <ExportMenu
          name="outputs"
          panel={panel}
          values={() => ({
            columns: ['class', 'teacher', 'student'],
            rows: teacher.map((value, output) => [outputName(output), value, student[output] ?? 0]),
          })}
        />
      </div>
    </div>
  )
}

function Share({ value, of }: { readonly value: number; readonly of: 'teacher' | 'student' }) {
  return (
    <td>
      <span className={classes['bar']} data-of={of} style={{ inlineSize: `${100 * value}%` }} />
      <span className={classes['share']}>{formatPercent(value, 1)}</span>
    </td>
  )
}
