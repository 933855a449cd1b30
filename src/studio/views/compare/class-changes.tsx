import { Table } from '@mantine/core'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Folded } from '../../../ui-kit/folded'
import { formatCount, formatPercent, formatPoints } from '../../../ui-kit/format-number'
import { confusionValues } from '../../charts/chart-values'
import { ExportMenu } from '../../charts/export-menu'
import { useStudio } from '../../store/store'
import { useOutputName } from '../../words/use-output-name'
import classes from './compare.module.css'

/** A larger table of counts does not fit a page. */
const MOST_CELLS = 20

/** Accuracy of each class before and after, and how the table of confusions changed. */
export function ClassChanges() {
  const { t } = useTranslation('compare')
  const before = useStudio((state) => state.originalMeasure)
  const after = useStudio((state) => state.measure?.value ?? null)
  if (before?.type !== 'accuracy' || after?.type !== 'accuracy') return null
  if (before.confusion === null || after.confusion === null) return null
  if (before.confusion.length !== after.confusion.length) return null
  return (
    <Folded title={t('classes.title')}>
      <Changes before={before.confusion} after={after.confusion} />
    </Folded>
  )
}

interface ChangesProps {
  /** Row-major [label, answer]. */
  readonly before: readonly number[]
  readonly after: readonly number[]
}

function Changes({ before, after }: ChangesProps) {
  const { t } = useTranslation('compare')
  const nameOf = useOutputName()
  const panel = useRef<HTMLDivElement>(null)
  const size = Math.round(Math.sqrt(before.length))
  const labels = Array.from({ length: size }, (_, label) => label)
  const cell = (table: readonly number[], label: number, answer: number): number =>
    table[label * size + answer] ?? 0
  const countOf = (label: number): number =>
    labels.reduce((sum, answer) => sum + cell(before, label, answer), 0)
  const present = labels.filter((label) => countOf(label) > 0)
  return (
    <div ref={panel} className={classes['tables']}>
      <div data-export="no">
        <ExportMenu
          name="classes"
          panel={panel}
          values={() => confusionValues({ original: before, compressed: after }, nameOf)}
        />
      </div>
      <Table fz="xs" withRowBorders={false}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('classes.name')}</Table.Th>
            <Table.Th scope="col">{t('classes.count')}</Table.Th>
            <Table.Th scope="col">{t('classes.original')}</Table.Th>
            <Table.Th scope="col">{t('classes.compressed')}</Table.Th>
            <Table.Th scope="col">{t('classes.points')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {present.map((label) => {
            const count = countOf(label)
            const [from, to] = [
              cell(before, label, label) / count,
              cell(after, label, label) / count,
            ]
            return (
              <Table.Tr key={label}>
                <Table.Th scope="row">{nameOf(label)}</Table.Th>
                <Table.Td>{formatCount(count)}</Table.Td>
                <Table.Td>{formatPercent(from, 1)}</Table.Td>
                <Table.Td>{formatPercent(to, 1)}</Table.Td>
                <Table.Td>{formatPoints(to - from)}</Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
      {size <= MOST_CELLS && (
        <div
          className={classes['scroll']}
          tabIndex={0}
          role="group"
          aria-label={t('classes.difference')}
        >
          <Table fz="xs" captionSide="top">
            <Table.Caption>{t('classes.difference')}</Table.Caption>
            <Table.Thead>
              <Table.Tr>
                <Table.Td />
                {labels.map((answer) => (
                  <Table.Th key={answer} scope="col">
                    {nameOf(answer)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {present.map((label) => (
                <Table.Tr key={label}>
                  <Table.Th scope="row">{nameOf(label)}</Table.Th>
                  {labels.map((answer) => {
                    const change = cell(after, label, answer) - cell(before, label, answer)
                    const isBetter = label === answer ? change > 0 : change < 0
                    return (
                      <Table.Td
                        key={answer}
                        data-better={(change !== 0 && isBetter) || undefined}
                        data-worse={(change !== 0 && !isBetter) || undefined}
                      >
                        {change === 0 ? '' : signed(change)}
                      </Table.Td>
                    )
                  })}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </div>
  )
}

function signed(change: number): string {
  return change > 0 ? `+${formatCount(change)}` : `\u2212${formatCount(-change)}`
}
