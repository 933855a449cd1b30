import { z } from 'zod'
import { madeOnce } from '../core/made-once'
import { preparationSchema } from './preparation'
import type { Preparation } from './preparation'
import { targetScales } from './target-scale'
import type { TargetScale } from './target-scale'
import { tasks } from './task'
import type { Task } from './task'

/** How the samples of a data set are shown to a model and judged. */
export interface DataSettings {
  readonly task: Task
  /** null where samples are numbers that are shown as they are. */
  readonly preparation: Preparation | null
  /** For each class of the data the output that stands for it, -1 for none; null: as is assumed. */
  readonly classMap: readonly number[] | null
  /** What target pictures are as numbers; absent where there are none, or as the outputs of the model say. */
  readonly targetScale?: TargetScale
}

/**
 * Settings under which the model is shown samples otherwise: its outputs may lie elsewhere then, so a scale of
 * target pictures that was guessed is guessed anew.
 */
export function againGuessed(
  settings: DataSettings,
  guessed: TargetScale | undefined,
): DataSettings {
  const { targetScale, ...others } = settings
  return targetScale === guessed ? others : settings
}

/** For settings that come from files. */
export const dataSettingsSchema = madeOnce(() =>
  z.strictObject({
    task: z.enum(tasks),
    preparation: preparationSchema().nullable(),
    classMap: z.array(z.int().min(-1)).max(100_000).nullable(),
    targetScale: z.enum(targetScales).exactOptional(),
  }),
)
