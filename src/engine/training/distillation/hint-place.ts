import type { LayerFeatures } from '../../../core/model-summary'
import { StudioError } from '../../../core/errors'
import { areComparable } from '../../../training/comparable-features'
import type { DistillationSettings } from '../../../training/training-settings'
import { shapeText } from '../../../core/shape-text'

/** Where a student's features are compared with a teacher's. */
export interface HintPlace {
  readonly studentLayer: string
  readonly teacherLayer: string
  /** Last sides of both features. */
  readonly studentChannels: number
  readonly teacherChannels: number
  /** Of the hint in the loss. */
  readonly weight: number
}

/**
 * Whether features of two layers can be compared: as many sides, pictures of any size, everything else but the
 * channels alike.
 * @param student what can be looked into; @param teacher the same; null where nothing can
 * @throws StudioError 'train/hint-layer'
 */
export function hintPlace(
  { askFirst, hint }: DistillationSettings,
  student: readonly LayerFeatures[],
  teacher: readonly LayerFeatures[] | null,
): HintPlace | null {
  if (hint === null) return null
  const { studentLayer, teacherLayer, weight } = hint
  const own = student.find(({ name }) => name === studentLayer)?.shape
  const other = teacher?.find(({ name }) => name === teacherLayer)?.shape
  const refuse = (reason: string): StudioError =>
    new StudioError('train/hint-layer', { student: studentLayer, teacher: teacherLayer, reason })
  if (askFirst) throw refuse('features are not kept when the teacher is asked first')
  if (teacher === null)
    throw refuse(
      'the teacher has an operator that only TensorFlow.js computes, so nothing looks into it',
    )
  if (own === undefined) throw refuse('the student has no layer of that name to look into')
  if (other === undefined) throw refuse('the teacher has no layer of that name to look into')
  const [studentChannels, teacherChannels] = [own.at(-1), other.at(-1)]
  if (typeof studentChannels !== 'number' || typeof teacherChannels !== 'number')
    throw refuse('the number of channels is left open')
  if (!areComparable(own, other))
    throw refuse(`${shapeText(own.slice(1))} and ${shapeText(other.slice(1))} cannot be compared`)
  return { studentLayer, teacherLayer, studentChannels, teacherChannels, weight }
}
