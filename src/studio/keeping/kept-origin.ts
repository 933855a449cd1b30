import { z } from 'zod'
import { outputMeanings } from '../../core/output-meaning'
import type { CutOrigin, CutRecord } from '../../protocol/structure-messages'
import { channelCriteria } from '../../structure/channel-scores'
import { parseTrainingRecord } from '../../training/training-record'
import { asKept, keptFilesSchema } from './kept-files'

const targetSchema = z.object({
  criterion: z.enum(channelCriteria),
  of: z.enum(['channels', 'macs']),
  share: z.number().min(0).max(1),
  scope: z.enum(['global', 'perLayer']),
  protectFirst: z.boolean(),
  seed: z.int().nonnegative(),
})

/** A removal as it is kept. Parsing throws where the runs in it are nobody's. */
export const cutRecordSchema: z.ZodType<CutRecord> = z.object({
  target: targetSchema,
  blocks: z.array(z.string()),
  start: z.enum(['kept', 'fresh']),
  trained: z.string().nullable(),
  training: z.array(z.unknown().transform((record) => parseTrainingRecord(record))),
})

const originSchema = z.object({ files: keptFilesSchema, cuts: z.array(cutRecordSchema).min(1) })

/** What goes on with a model that is opened again; an older studio kept none of it. */
export const keptStandingSchema = {
  origin: originSchema.nullable().default(null),
  meaning: z.enum(outputMeanings).nullable().default(null),
  outputNames: z.array(z.string()).nullable().default(null),
}

export function asKeptOrigin(origin: CutOrigin | null): z.input<typeof originSchema> | null {
  return origin === null ? null : { files: asKept(origin.files), cuts: [...origin.cuts] }
}
