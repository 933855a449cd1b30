import { Table } from '@mantine/core'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { DataSummary } from '../../../protocol/data-messages'
import type { AccuracyEvent } from '../../../protocol/measure-messages'
import { Folded } from '../../../ui-kit/folded'
import { formatCount, formatPercent } from '../../../ui-kit/format-number'
import { confusionValues } from '../../charts/chart-values'
import { ExportMenu } from '../../charts/export-menu'
import { useStudio } from '../../store/store'
import classes from './data.module.css'
import { useOutputName } from '../../words/use-output-name'
import { bracketed } from '../../words/joining'

/** A larger table of counts does not fit a page; the list by class still does. */
const MOST_CELLS = 20

/** How each class fares: right answers, the likeliest mistake, and the confusion table. */
export function ClassResults({ data }: { readonly data: DataSummary }) {
  const { t } = useTranslation('page')
  const measure = useStudio((state) => state.measure?.value ?? state.originalMeasure)
  if (measure?.type !== 'accuracy' || measure.confusion === null) return null
  return (
    <Folded title={t('data.perClass')}>
      <Results measure={measure} confusion={measure.confusion} key={data.id} />
    </Folded>
  )
}

interface ResultsProps {
  readonly measure: AccuracyEvent
  readonly confusion: readonly number[]
}

function Results({ measure, confusion }: ResultsProps) {
  const { t } = useTranslation('page')
  const nameOf = useOutputName()
  const panel = useRef<HTMLDivElement>(null)
  const size = Math.round(Math.sqrt(confusion.length))
  const rows = Array.from({ length: size }, (_, label) => ({
    label,
    counts: confusion.slice(label * size, (label + 1) * size),
  })).filter(({ counts }) => counts.some((count) => count > 0))
  return (
    <div ref={panel} className={classes['results']}>
      <div data-export="no">
        <ExportMenu
          name="confusion"
          panel={panel}
          values={() => confusionValues({ [measure.split]: confusion }, nameOf)}
        />
      </div>
      <Table fz="xs" withRowBorders={false}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('data.perClassRow')}</Table.Th>
            <Table.Th>{t('data.perClassCount')}</Table.Th>
            <Table.Th>{t('data.perClassRight')}</Table.Th>
            <Table.Th>{t('data.perClassMistake')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ label, counts }) => (
            <ClassRow key={label} label={label} counts={counts} nameOf={nameOf} />
          ))}
        </Table.Tbody>
      </Table>
      {size <= MOST_CELLS && (
        <Table fz="xs" className={classes['confusion'] ?? ''}>
          <Table.Caption>
            {t('data.confusionCaption', {
              split: t(`splits.${measure.split}`),
              count: formatCount(measure.measured),
            })}
          </Table.Caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Td />
              {Array.from({ length: size }, (_, answer) => (
                <Table.Th key={answer} scope="col">
                  {nameOf(answer)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ label, counts }) => (
              <Table.Tr key={label}>
                <Table.Th scope="row">{nameOf(label)}</Table.Th>
                {counts.map((count, answer) => (
                  <Table.Td
                    key={answer}
                    data-right={answer === label || undefined}
                    data-wrong={(answer !== label && count > 0) || undefined}
                  >
                    {count === 0 ? '' : formatCount(count)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </div>
  )
}

interface ClassRowProps {
  readonly label: number
  readonly counts: readonly number[]
  readonly nameOf: (output: number) => string
}

function ClassRow({ label, counts, nameOf }: ClassRowProps) {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const mistakes = counts.map((count, answer) => (answer === label ? 0 : count))
  const most = Math.max(0, ...mistakes)
  return (
    <Table.Tr>
      <Table.Th scope="row">{nameOf(label)}</Table.Th>
      <Table.Td>{formatCount(total)}</Table.Td>
      <Table.Td>{formatPercent((counts[label] ?? 0) / total, 1)}</Table.Td>
      <Table.Td>
        {most === 0 ? '' : bracketed(nameOf(mistakes.indexOf(most)), formatCount(most))}
      </Table.Td>
    </Table.Tr>
  )
}
