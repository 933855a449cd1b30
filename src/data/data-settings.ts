import { z } from 'zod'
import { preparationSchema } from './preparation'
import type { Preparation } from './preparation'
import { tasks } from './task'
import type { Task } from './task'

/** How the samples of a data set are shown to a model and judged. */
export interface DataSettings {
  readonly task: Task
  /** null where samples are numbers that are shown as they are. */
  readonly preparation: Preparation | null
  /** For each class of the data the output that stands for it, -1 for none; null: as is assumed. */
  readonly classMap: readonly number[] | null
}

/** For settings that come from files. */
export const dataSettingsSchema = z.strictObject({
  task: z.enum(tasks),
  preparation: preparationSchema.nullable(),
  classMap: z.array(z.int().min(-1)).max(100_000).nullable(),
})
