import type { LayerFeatures } from '../../../core/model-summary'
import { areComparable } from '../../../training/comparable-features'
import type { DistillationSettings } from '../../../training/training-settings'

const DEFAULT_WEIGHT = 1

/** The deepest layers that can be compared, those of one name first; null where there are none. */
export function usualHint(
  student: readonly LayerFeatures[],
  teacher: readonly LayerFeatures[],
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
