import { z } from 'zod'
import type { CutRecord } from '../../protocol/structure-messages'
import { channelCriteria } from '../../structure/channel-scores'
import { parseTrainingRecord } from '../../training/training-record'

const targetSchema = z.object({
  criterion: z.enum(channelCriteria),
  of: z.enum(['channels', 'macs']),
  share: z.number().min(0).max(1),
  scope: z.enum(['global', 'perLayer']),
  protectFirst: z.boolean(),
  seed: z.int().nonnegative(),
  only: z.array(z.string()).optional(),
})

/** A removal as it is kept. Parsing throws where the runs in it are nobody's. */
export const cutRecordSchema: z.ZodType<CutRecord> = z.object({
  target: targetSchema,
  blocks: z.array(z.string()),
  start: z.enum(['kept', 'fresh']),
  trained: z.string().nullable(),
  training: z.array(z.unknown().transform((record) => parseTrainingRecord(record))),
})
