import { Table, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { stageIds } from '../../case-study/case-plan'
import {
  formatBytes,
  formatCount,
  formatPercent,
  formatSignificant,
} from '../../ui-kit/format-number'
import type { LessonRow } from '../store/lesson-slice'
import type { RowId, RunId, TrialId } from '../store/lesson-steps'
import { useStudio } from '../store/store'
import { openedBytes, zipBytes } from '../store/zip-bytes'
import type { Measure } from '../store/model-slice'
import { formatScore } from '../words/format-score'
import { useRecipeText } from '../words/use-recipe-text'
import classes from './lesson.module.css'

interface LessonRowsProps {
  readonly rows: readonly LessonRow[]
  /** All that was measured in the lesson. */
  readonly isWhole: boolean
}

/** What the page has measured, before and after; nothing is said before it is known. */
export function LessonRows({ rows, isWhole }: LessonRowsProps) {
  const { t } = useTranslation('lesson')
  const place = useStudio((state) => state.reportPlace)
  const before = useStudio(({ model }) => (model === null ? 0 : openedBytes(model.original)))
  const isMeasuring = useStudio((state) => state.phase === 'measuring')
  const describe = useRecipeText(useStudio((state) => state.model?.layers))
  const name = useRowName()
  const score = useAnswers()
  const counts = new Set(rows.flatMap(({ measure }) => measure?.measured ?? []))
  const [count] = counts
  return (
    <div>
      {(isMeasuring || rows.length === 0) && (
        <Text size="sm" c="dimmed">
          {t(isMeasuring ? 'measuring' : 'rows.none')}
        </Text>
      )}
      <div aria-live="polite" className={classes['scroll']}>
        {rows.length > 0 && (
          <Table fz="xs" withRowBorders={false} horizontalSpacing={4} verticalSpacing={3}>
            <Table.Caption fz="xs">
              {t(isWhole ? 'rows.all' : 'rows.caption')}
              {counts.size === 1 &&
                count !== undefined &&
                ` · ${t('rows.count', { count: formatCount(count) })}`}
            </Table.Caption>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('rows.what')}</Table.Th>
                <Table.Th className={classes['figure'] ?? ''}>{t('rows.size')}</Table.Th>
                <Table.Th className={classes['figure'] ?? ''}>{t('rows.score')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => {
                const { id, measure, recipe, size } = row
                const isBefore = isOriginal(row)
                return (
                  <Table.Tr key={id}>
                    <Table.Th scope="row" fw={400}>
                      {name(id)}
                      <Text size="xs" c="dimmed">
                        {describe(recipe)}
                      </Text>
                    </Table.Th>
                    <Table.Td className={classes['figure'] ?? ''}>
                      {isBefore
                        ? formatBytes(zipBytes(size, place))
                        : t('rows.accuracy', {
                            before: formatBytes(before),
                            after: formatBytes(zipBytes(size, place)),
                          })}
                    </Table.Td>
                    <Table.Td className={classes['figure'] ?? ''}>
                      {score(measure, isBefore)}
                    </Table.Td>
                  </Table.Tr>
                )
              })}
            </Table.Tbody>
          </Table>
        )}
      </div>
    </div>
  )
}

/** What everything else is compared with. */
function isOriginal({ id }: LessonRow): boolean {
  return id === 'original' || id === 'case float'
}

function useRowName(): (id: RowId) => string {
  const { t } = useTranslation('lesson')
  const { t: tTrain } = useTranslation('train')
  return (id) => {
    const stage = stageIds.find((one) => id === `case ${one}`)
    return stage === undefined
      ? t(`rows.${id as TrialId | RunId}`)
      : t('rows.case', { stage: tTrain(`case.stages.${stage}`) })
  }
}

/** The main figure of a measurement, after that of the original on the same samples; of the original it alone. */
function useAnswers(): (measure: Measure | null, isBefore: boolean) => string {
  const { t } = useTranslation('lesson')
  return (measure, isBefore) => {
    const told = (before: string, after: string): string =>
      isBefore ? after : t('rows.accuracy', { before, after })
    if (measure === null) return t('rows.notMeasured')
    switch (measure.type) {
      case 'accuracy': {
        const share = (correct: number) => formatPercent(correct / Math.max(1, measure.measured))
        const { correct, originalCorrect } = measure
        return told(share(originalCorrect), share(correct))
      }
      case 'scores': {
        const [main] = measure.scores
        const text = (value: number | null | undefined): string =>
          main === undefined || value == null ? '–' : formatScore(main.id, value)
        return told(text(main?.original), text(main?.value))
      }
      case 'agreement':
        return t('rows.outputs', { value: formatSignificant(measure.relativeError, 3) })
    }
  }
}
