import { z } from 'zod'
import { madeOnce } from '../core/made-once'
import { alike, preparationSchema } from './preparation'
import type { Preparation } from './preparation'
import { targetScales } from './target-scale'
import type { TargetScale } from './target-scale'
import { tasks } from './task'
import type { Task } from './task'

/** How the samples of a data set are shown to a model and judged. */
export interface DataSettings {
  readonly task: Task
  /** Of what the first input is shown; null where those are numbers as they are. */
  readonly preparation: Preparation | null
  /** The same of the other inputs, in their order; absent where there are none. */
  readonly morePreparations?: readonly (Preparation | null)[]
  /** For each class of the data the output that stands for it, -1 for none; null: as is assumed. */
  readonly classMap: readonly number[] | null
  /** What target pictures are as numbers; absent where there are none, or as the outputs of the model say. */
  readonly targetScale?: TargetScale
}

/** For each input. */
export function preparationsOf({
  preparation,
  morePreparations = [],
}: DataSettings): readonly (Preparation | null)[] {
  return [preparation, ...morePreparations]
}

/** The settings with another preparation for each input. */
export function withPreparations(
  settings: DataSettings,
  [preparation = null, ...more]: readonly (Preparation | null)[],
): DataSettings {
  return { ...settings, preparation, ...(more.length === 0 ? {} : { morePreparations: more }) }
}

/** The first that is one of pictures; null where no input is shown any. */
export function picturePreparation(settings: DataSettings): Preparation | null {
  return preparationsOf(settings).find((preparation) => preparation !== null) ?? null
}

/** What is tried on the pictures of one input, on those of all: numbers, order of colours and fit; each keeps its size. */
export function withTried(settings: DataSettings, tried: Preparation | null): DataSettings {
  const first = picturePreparation(settings)
  if (tried === null || JSON.stringify(tried) === JSON.stringify(first)) return settings
  return withPreparations(
    settings,
    preparationsOf(settings).map((own) =>
      own === null ? null : own === first ? tried : alike(own, tried),
    ),
  )
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

/** More than any model has; bounds what a file may claim. */
const MOST_INPUTS = 1000

/** For settings that come from files. */
export const dataSettingsSchema = madeOnce(() =>
  z.strictObject({
    task: z.enum(tasks),
    preparation: preparationSchema().nullable(),
    morePreparations: z.array(preparationSchema().nullable()).max(MOST_INPUTS).exactOptional(),
    classMap: z.array(z.int().min(-1)).max(100_000).nullable(),
    targetScale: z.enum(targetScales).exactOptional(),
  }),
)
