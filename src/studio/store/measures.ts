import type { Measure } from './model-slice'

/** What a measure is: key of its name on the chart. */
export type MeasureKind =
  | 'accuracy'
  | 'agreement'
  | 'cosine'
  | 'outputsR2'
  | 'multiLabel'
  | 'regression'

/** How closeness to the original is told, by what its outputs mean. */
export const kindOfMeaning = {
  classes: 'agreement',
  vectors: 'cosine',
  numbers: 'outputsR2',
} as const

export function measureKind(measure: Measure): MeasureKind {
  switch (measure.type) {
    case 'accuracy':
      return measure.type
    case 'scores':
      return measure.task
    case 'agreement':
      return kindOfMeaning[measure.meaning]
  }
}

/** Whether it counts some of all; others are coefficients, which may be below zero. */
export function isShareKind(kind: MeasureKind): boolean {
  return kind === 'accuracy' || kind === 'agreement' || kind === 'multiLabel'
}

/** What the accuracy chart can show; null where nothing can be said. */
export function measuredShare(measure: Measure): number | null {
  if (measure.measured === 0) return null
  switch (measure.type) {
    case 'accuracy':
      return measure.correct / measure.measured
    case 'agreement':
      return { classes: measure.agreement, vectors: measure.cosine, numbers: measure.r2 }[
        measure.meaning
      ]
    case 'scores': {
      const wanted = measure.task === 'regression' ? 'r2' : 'labelAccuracy'
      return measure.scores.find(({ id }) => id === wanted)?.value ?? null
    }
  }
}

/** What the chart of accuracy and size tells: points that were measured as something else are on another scale. */
export function shownKind(
  original: Measure | null,
  tried: readonly { readonly measure: Measure }[],
): MeasureKind {
  const shown = original ?? tried.at(-1)?.measure ?? null
  return shown === null ? 'accuracy' : measureKind(shown)
}

/**
 * The least score that loses no more than is allowed.
 * @param original its score; null where it was not measured
 * @param loss in percentage points, or hundredths of a coefficient
 * @returns null where there is nothing to lose from
 */
export function allowedFloor(
  kind: MeasureKind,
  original: number | null,
  loss: number,
): number | null {
  // What is compared with the original agrees with it as a whole.
  const isOwn = kind === 'agreement' || kind === 'cosine' || kind === 'outputsR2'
  const start = original ?? (isOwn ? 1 : null)
  return start === null ? null : start - loss / 100
}
