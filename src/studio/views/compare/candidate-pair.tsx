import { NativeSelect, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { countOnly } from '../../../core/right-bits'
import { allOff, withoutTraining } from '../../../techniques/recipe'
import type { Recipe } from '../../../techniques/recipe'
import { formatBytes, formatCount } from '../../../ui-kit/format-number'
import { freshnessOf } from '../../store/candidates-slice'
import type { CandidateResult } from '../../store/candidates-slice'
import { useStudio } from '../../store/store'
import { zipBytes } from '../../store/zip-bytes'
import { sentences } from '../../words/joining'
import { useDifferenceText } from '../../words/use-difference-text'
import { verdictOf } from '../../words/verdict'
import classes from './candidates.module.css'

/** Something that can be compared: a candidate, the controls, the model as it was opened. */
interface Side {
  readonly id: string
  /** In the list. */
  readonly label: string
  /** In a sentence. */
  readonly name: string
  /** Of the original, that of the controls. */
  readonly recipe: Recipe
  /** Of a candidate whose figures hold for what is open. */
  readonly result: CandidateResult | null
}

/** What two of them differ in, in words, and whether their answers do, by more than chance. */
export function CandidatePair() {
  const { t } = useTranslation('compare')
  const sides = useSides()
  const [chosen, choose] = useState<{ readonly from?: string; readonly to?: string }>({})
  const [first, second] = sides.filter(({ id }) => id !== 'original' && id !== 'now')
  const find = (id: string | undefined, otherwise: Side | undefined): Side | undefined =>
    sides.find((side) => side.id === id) ?? otherwise
  const isOnly = second === undefined
  const from = find(chosen.from, isOnly ? sides[0] : first)
  const to = find(chosen.to, isOnly ? first : second)
  if (from === undefined || to === undefined) return null
  const options = sides.map(({ id, label }) => ({ value: id, label }))
  return (
    <section aria-label={t('candidates.pair.title')} className={classes['pair']}>
      <Text component="h3" size="sm" fw={600} m={0}>
        {t('candidates.pair.title')}
      </Text>
      <div className={classes['selects']}>
        {(['to', 'from'] as const).map((side) => (
          <NativeSelect
            key={side}
            size="xs"
            label={t(`candidates.pair.${side}`)}
            value={(side === 'from' ? from : to).id}
            data={options}
            onChange={(event) => {
              choose({ ...chosen, [side]: event.currentTarget.value })
            }}
          />
        ))}
      </div>
      <div aria-live="polite">
        <Differences from={from} to={to} />
        <PairText from={from} to={to} />
      </div>
    </section>
  )
}

function useSides(): readonly Side[] {
  const { t } = useTranslation('compare')
  const candidates = useStudio((state) => state.candidates)
  const data = useStudio((state) => state.data)
  const originalMeasure = useStudio((state) => state.originalMeasure)
  const committed = useStudio((state) => state.committed)
  const own = (id: 'original' | 'now', recipe: Recipe): Side => {
    const label = t(`candidates.pair.${id}`)
    return { id, label, name: label, recipe, result: null }
  }
  return [
    own('original', committed),
    ...candidates.map((one): Side => {
      const isCurrent = freshnessOf(one, { data, originalMeasure }) === 'current'
      const label = one.name === '' ? one.letter : `${one.letter} · ${one.name}`
      const result = isCurrent ? one.result : null
      return { id: one.letter, label, name: one.letter, recipe: one.recipe, result }
    }),
    own('now', committed),
  ]
}

interface PairProps {
  readonly from: Side
  readonly to: Side
}

function Differences({ from, to }: PairProps) {
  const { t } = useTranslation('compare')
  // The original has whatever the other side has, switched off.
  const recipeOf = (side: Side, other: Side): Recipe =>
    side.id === 'original' ? allOff(withoutTraining(other.recipe)) : side.recipe
  const lines = useDifferenceText()(recipeOf(from, to), recipeOf(to, from))
  if (lines.length === 0) return <Text size="sm">{t('candidates.pair.nothing')}</Text>
  return (
    <ul className={classes['differences']}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}

/** Of two candidates that were measured on the same samples. */
function PairText({ from, to }: PairProps) {
  const { t } = useTranslation('compare')
  const { t: page } = useTranslation('page')
  const place = useStudio((state) => state.reportPlace)
  if (from.result === null || to.result === null || from.id === to.id) return null
  const names = { from: from.name, to: to.name }
  const exact = ({ offers }: CandidateResult): number | null => {
    const size = offers.find(({ target }) => target.precision === 'exact')?.size ?? null
    return size === null ? null : zipBytes(size, place)
  }
  const [before, after] = [exact(from.result), exact(to.result)]
  const format = page('download.precisions.exact.label')
  const bytes = before === null || after === null ? null : after - before
  const size =
    bytes === null
      ? null
      : bytes === 0
        ? t('candidates.pair.sameSize', { ...names, format })
        : t(bytes < 0 ? 'candidates.pair.smaller' : 'candidates.pair.larger', {
            ...{ ...names, format, bytes: formatBytes(Math.abs(bytes)) },
          })
  return (
    <Text size="sm" mt={6}>
      {sentences(size, ...testedWords())}
    </Text>
  )

  function testedWords(): readonly string[] {
    const [one, other] = [from.result?.answers ?? null, to.result?.answers ?? null]
    if (one === null || other === null || one.samples !== other.samples) return []
    const { onlyFirst, onlySecond } = countOnly(one.right, other.right)
    const { p, verdict } = verdictOf(onlyFirst, onlySecond)
    const counts = t('candidates.pair.counts', {
      ...{ ...names, count: formatCount(one.samples) },
      ...{ onlyFrom: formatCount(onlyFirst), onlyTo: formatCount(onlySecond) },
    })
    return [
      ...(verdict === 'same' ? [] : [counts]),
      t(`candidates.pair.${verdict}`, { ...names, p }),
      ...backendWords(),
    ]
  }

  function backendWords(): readonly string[] {
    const [fromBackend, toBackend] = [from.result?.backend, to.result?.backend]
    return fromBackend === toBackend
      ? []
      : [t('candidates.pair.backends', { ...names, fromBackend, toBackend })]
  }
}
