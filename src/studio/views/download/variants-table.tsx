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
import { sentences } from '../../words/joining'
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
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- without it no key scrolls the table
    <div className={classes['scrolled']} role="region" aria-label={t('table')} tabIndex={0}>
      <table className={classes['table']}>
        <caption>{t('table')}</caption>
        <thead>
          <tr>
            {taken !== null && <th scope="col">{t('columns.take')}</th>}
            <th scope="col">{t('columns.variant')}</th>
            <th scope="col">{t('columns.bytes')}</th>
            <th scope="col">{t(`columns.${kindOf(first ?? null)}`)}</th>
            <th scope="col">{t('columns.verdict')}</th>
            <th scope="col">{t('columns.load')}</th>
            <th scope="col">{t('columns.run')}</th>
          </tr>
        </thead>
        <tbody>
          {original !== null && (
            <tr>
              {taken !== null && <td />}
              <th scope="row">{t('original')}</th>
              <td>{formatBytes(original.bytes)}</td>
              <td>
                {first?.type === 'accuracy'
                  ? accuracyOf(first.originalCorrect, first.measured)
                  : unknown}
              </td>
              <td />
              <Times times={original.times} />
            </tr>
          )}
          {rows.map((row) => {
            const { bytes, id, measure, refusal, times } = row
            const verdict = variantVerdict(row)
            return (
              <tr key={id}>
                {taken !== null && (
                  <td>
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
                <td className={classes['verdict']} data-verdict={verdict}>
                  {refusal === null
                    ? t(`verdicts.${verdict}`)
                    : sentences(`${t('verdicts.refused')}:`, say('message', refusal))}
                </td>
                <Times times={times} />
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
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

function Times({ times }: { readonly times: RuntimeTimes | null }) {
  const { t } = useTranslation('variants')
  const cell = (ms: number | undefined): string =>
    ms === undefined ? '' : t('ms', { value: formatSignificant(ms, ms < 100 ? 2 : 3) })
  return (
    <>
      <td>{cell(times?.loadMs)}</td>
      <td>{cell(times?.runMs)}</td>
    </>
  )
}
