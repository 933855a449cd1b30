import { Checkbox } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { wilsonInterval } from '../../../core/proportions'
import type { VariantId } from '../../../core/transformers-variants'
import type { MeasureEvent } from '../../../protocol/measure-messages'
import type { RuntimeTimes, VariantRow } from '../../../protocol/variant-messages'
import { formatBytes, formatPercent, formatSignificant } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import type { MeasuredVariants } from '../../store/variants-slice'
import { useErrorWords } from '../../words/use-error-words'
import { variantVerdict } from '../../words/variant-verdict'
import classes from './variants-table.module.css'

interface VariantsTableProps {
  readonly measured: MeasuredVariants
  /** null: nothing can be taken yet. */
  readonly taken: readonly VariantId[] | null
}

/** What each variant takes, what it is worth and how long it takes, the original first. */
export function VariantsTable({ measured: { original, rows }, taken }: VariantsTableProps) {
  const { t } = useTranslation('variants')
  const say = useErrorWords()
  const [first] = rows.flatMap(({ measure }) => measure ?? [])
  const unknown = ''
  return (
    <table className={classes['table']}>
      <caption>{t('table')}</caption>
      <thead>
        <tr>
          {taken !== null && <th scope="col">{t('columns.take')}</th>}
          <th scope="col">{t('columns.variant')}</th>
          <th scope="col">{t('columns.bytes')}</th>
          <th scope="col">{t(`columns.${kindOf(first ?? null)}`)}</th>
        </tr>
      </thead>
      {original !== null && (
        <tbody>
          <tr>
            {taken !== null && <td rowSpan={2} />}
            <th scope="row">{t('original')}</th>
            <td>{formatBytes(original.bytes)}</td>
            <td>
              {first?.type === 'accuracy'
                ? accuracyOf(first.originalCorrect, first.measured)
                : unknown}
            </td>
          </tr>
          <Worth times={original.times} />
        </tbody>
      )}
      {rows.map((row) => {
        const { bytes, id, measure, refusal, times } = row
        const verdict = variantVerdict(row)
        return (
          <tbody key={id}>
            <tr>
              {taken !== null && (
                <td rowSpan={2}>
                  <label className={classes['take']}>
                    <Checkbox
                      size="sm"
                      aria-label={t('take', { variant: id })}
                      checked={taken.includes(id)}
                      disabled={refusal !== null}
                      onChange={({ currentTarget: { checked } }) => {
                        const others = taken.filter((one) => one !== id)
                        void commands.takeVariants(
                          rows
                            .map((one) => one.id)
                            .filter((one) => (one === id ? checked : others.includes(one))),
                        )
                      }}
                    />
                  </label>
                </td>
              )}
              <th scope="row">{id}</th>
              <td>{bytes === null ? unknown : formatBytes(bytes)}</td>
              <td>{measure === null ? unknown : shareOf(measure)}</td>
            </tr>
            <Worth times={times}>
              <span className={classes['verdict']} data-verdict={verdict}>
                {refusal === null
                  ? t(`verdicts.${verdict}`)
                  : t('refusedFor', { reason: say('message', refusal) })}
              </span>
            </Worth>
          </tbody>
        )
      })}
    </table>
  )

  function accuracyOf(correct: number, measured: number): ReactNode {
    if (measured === 0) return unknown
    const [low, high] = wilsonInterval(correct, measured)
    const share = formatPercent(correct / measured)
    const interval = t('range', { low: formatPercent(low), high: formatPercent(high) })
    return (
      <>
        {share}
        <small className={classes['interval']}>{interval}</small>
      </>
    )
  }

  function shareOf(measure: MeasureEvent): ReactNode {
    switch (measure.type) {
      case 'accuracy':
        return accuracyOf(measure.correct, measure.measured)
      case 'agreement':
        return measure.agreement === null
          ? formatSignificant(measure.relativeError)
          : formatPercent(measure.agreement)
      case 'scores':
        return formatSignificant(measure.scores[0]?.value ?? NaN, 4)
    }
  }
}

function kindOf(measure: VariantRow['measure']): 'accuracy' | 'agreement' | 'error' {
  if (measure?.type === 'agreement') return measure.agreement === null ? 'error' : 'agreement'
  return 'accuracy'
}

interface WorthProps {
  readonly times: RuntimeTimes | null
  readonly children?: ReactNode
}

/** What is said in words, over the width of the panel: beside the numbers it would lie where nobody looks. */
function Worth({ children, times }: WorthProps) {
  const { t } = useTranslation('variants')
  const ms = (value: number): string =>
    t('ms', { value: formatSignificant(value, value < 100 ? 2 : 3) })
  return (
    <tr>
      <td colSpan={3}>
        {children}
        {times !== null && (
          <span className={classes['times']}>
            {t('loadAndRun', { load: ms(times.loadMs), run: ms(times.runMs) })}
          </span>
        )}
      </td>
    </tr>
  )
}
