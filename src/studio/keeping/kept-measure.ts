import { z } from 'zod'
import { outputMeanings } from '../../core/output-meaning'
import type { MeasureEvent } from '../../protocol/measure-messages'

/** A figure that counts. */
export const count = z.int().nonnegative()
const split = z.enum(['train', 'calibration', 'validation', 'test'])

/** A figure of a model, as it is kept. */
export const measureSchema: z.ZodType<MeasureEvent> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('accuracy'),
    split,
    dataset: z.string(),
    correct: count,
    measured: count,
    total: count,
    originalCorrect: count,
    paired: z.object({ onlyOriginal: count, onlyCompressed: count }),
    topFive: z.object({ correct: count, originalCorrect: count }).nullable(),
    confusion: z.array(count).nullable(),
  }),
  z.object({
    type: z.literal('scores'),
    task: z.enum(['multiLabel', 'regression']),
    split,
    dataset: z.string(),
    measured: count,
    total: count,
    scores: z.array(
      z.object({
        id: z.enum(['labelAccuracy', 'microF1', 'exactMatch', 'mae', 'r2']),
        value: z.number().nullable(),
        original: z.number().nullable(),
      }),
    ),
  }),
  z.object({
    type: z.literal('agreement'),
    against: z.enum(['original', 'teacher']),
    data: z.object({ dataset: z.string(), split }).nullable(),
    measured: count,
    total: count,
    agreement: z.number().nullable(),
    relativeError: z.number(),
    klDivergence: z.number().nullable(),
    meaning: z.enum(outputMeanings),
    cosine: z.number().nullable(),
    r2: z.number().nullable(),
    classesReached: count,
    classes: count,
    informative: z.boolean(),
  }),
])
