import { preparationsOf } from '../../../data/data-settings'
import type { DataSettings } from '../../../data/data-settings'
import { pictureForm } from '../../../data/input-form'
import { scaleOf, withColor, withScale } from '../../../data/preparation'
import type { Preparation } from '../../../data/preparation'
import { hinted, preparationHint } from '../../../data/preparation-hint'
import type { Told } from '../../../data/told-beside'
import type { OpenedModel } from '../../../formats/format'
import type { TeacherNumbers } from '../../../protocol/training-messages'
import type { RunnableModel } from '../../model/runnable-model'
import { ofBytes } from '../../samples/of-bytes'

/** What a model is, and what came with it. */
export interface ToldModel {
  readonly opened: Pick<OpenedModel, 'graph'>
  readonly told: readonly Told[]
  readonly runnable: Pick<RunnableModel, 'inputs'>
}

/** value * scale + shift, one of each for each channel of the teacher. */
export interface NumbersFit {
  readonly scale: readonly number[]
  readonly shift: readonly number[]
  /** Whether blue comes first for one of both alone. */
  readonly isReversed: boolean
  /** Whether channels stand first in the teacher. */
  readonly isFirst: boolean
  /** Whether the teacher takes whole numbers. */
  readonly isWhole: boolean
}

/** The preparation with the numbers that a model asks for: by a file beside it, or since it scales bytes itself. */
function askedNumbers(
  { opened, runnable, told }: ToldModel,
  place: number,
  like: Preparation,
): Preparation | null {
  const hint = preparationHint(told)
  // Who writes such files shows red first.
  const rgb = like.color === 'bgr' ? withColor(like, 'rgb') : like
  if (hint !== null) return { ...hinted(rgb, hint), fit: like.fit }
  return ofBytes({ opened }, runnable)[place] === true ? withScale(like, 'bytes') : null
}

/** How pictures are prepared that the student is shown where the teacher looks first; null: those are none. */
export function preparedFor(
  settings: DataSettings | null,
  order: readonly number[] | null,
): Preparation | null {
  return settings === null ? null : (preparationsOf(settings)[order?.[0] ?? 0] ?? null)
}

/**
 * Whether only measuring can tell what a teacher is to be shown: its student is shown what it asks for itself, and the
 * teacher asks for nothing.
 */
export function isUntold(student: ToldModel, teacher: ToldModel, prepared: Preparation): boolean {
  if (askedNumbers(teacher, 0, prepared) !== null) return false
  const asked = askedNumbers(student, 0, prepared)
  return asked !== null && scaleOf(asked) === scaleOf(prepared) && scaleOf(prepared) !== 'unit'
}

/** What the teacher's pictures are as numbers; null: what its student's are. */
export function teacherNumbers(
  teacher: ToldModel,
  prepared: Preparation,
  isPlain: boolean,
): { readonly wanted: Preparation; readonly said: TeacherNumbers } | null {
  const asked = askedNumbers(teacher, 0, prepared)
  const wanted = asked ?? (isPlain ? withScale(prepared, 'unit') : null)
  if (wanted === null) return null
  return { wanted, said: { scale: scaleOf(wanted), by: asked === null ? 'tried' : 'asked' } }
}

/** @returns null where they are the same */
export function numbersFit(
  student: Preparation,
  teacher: Preparation,
  { inputs: [input] }: Pick<RunnableModel, 'inputs'>,
): NumbersFit | null {
  const isReversed = student.color !== teacher.color
  const { mean, std } = withColor(student, teacher.color)
  const at = (values: readonly number[], channel: number): number => values[channel] ?? 0
  const scale = std.map((own, channel) => own / at(teacher.std, channel))
  const shift = mean.map(
    (own, channel) => (own - at(teacher.mean, channel)) / at(teacher.std, channel),
  )
  const isSame = !isReversed && scale.every((one) => one === 1) && shift.every((one) => one === 0)
  const isFirst = pictureForm(input?.shape.slice(1) ?? [])?.layout === 'channelsFirst'
  return isSame ? null : { scale, shift, isReversed, isFirst, isWhole: input?.dtype === 'int32' }
}
