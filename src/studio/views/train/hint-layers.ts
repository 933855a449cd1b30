import type { Shape } from '../../../graph/values'
import { areComparable } from '../../../training/comparable-features'
import type { DistillationSettings } from '../../../training/training-settings'

interface Layer {
  readonly name: string
  readonly className: string
  readonly shape: Shape | null
}

/** A layer that a hint can compare. */
export interface HintLayer {
  readonly name: string
  readonly shape: Shape
  /** For lists: its name and what it says. */
  readonly text: string
}

/** Say nothing of their own, or something else while they train. */
const SILENT: ReadonlySet<string> = new Set([
  'InputLayer',
  'BatchNormalization',
  'Dropout',
  'SpatialDropout2D',
  'GaussianNoise',
  'GaussianDropout',
])

const DEFAULT_WEIGHT = 1

/** Layers whose features can be compared; the last one is left out, the outputs are compared anyway. */
export function hintLayers(layers: readonly Layer[]): readonly HintLayer[] {
  return layers.slice(0, -1).flatMap(({ className, name, shape }) => {
    const isKnown = shape !== null && shape.length >= 2 && typeof shape.at(-1) === 'number'
    if (!isKnown || SILENT.has(className)) return []
    return [{ name, shape, text: `${name} (${shape.slice(1).join(' × ')})` }]
  })
}

/** The deepest layers that can be compared, those of one name first; null where there are none. */
export function usualHint(
  student: readonly HintLayer[],
  teacher: readonly HintLayer[],
): NonNullable<DistillationSettings['hint']> | null {
  const pairs = student.flatMap((own) =>
    teacher
      .filter((other) => areComparable(own.shape, other.shape))
      .map((other) => ({ own, other })),
  )
  const pair = pairs.findLast(({ own, other }) => own.name === other.name) ?? pairs.at(-1)
  if (pair === undefined) return null
  return { studentLayer: pair.own.name, teacherLayer: pair.other.name, weight: DEFAULT_WEIGHT }
}
