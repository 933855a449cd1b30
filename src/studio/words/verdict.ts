import { mcNemarTest, SIGNIFICANT } from '../../core/proportions'

/** What a paired test says of the second of two models. */
export interface Verdict {
  readonly verdict: 'same' | 'chance' | 'worse' | 'better'
  /** As it stands in a sentence: `= 0.0312`, `< 0.0001`, in one piece. */
  readonly p: string
}

/**
 * @param onlyFirst samples that the first model alone has right
 * @param onlySecond samples that the second model alone has right
 */
export function verdictOf(onlyFirst: number, onlySecond: number): Verdict {
  const p = mcNemarTest(onlyFirst, onlySecond)
  const verdict =
    onlyFirst + onlySecond === 0
      ? 'same'
      : p >= SIGNIFICANT
        ? 'chance'
        : onlyFirst > onlySecond
          ? 'worse'
          : 'better'
  return { verdict, p: p < 0.0001 ? '<\u00A00.0001' : `=\u00A0${p.toFixed(4)}` }
}
