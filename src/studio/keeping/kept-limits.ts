import { z } from 'zod'
import type { CaseLimits } from '../../case-study/case-plan'
import { networks } from '../../case-study/networks'
import { madeOnce } from '../../core/made-once'

/** What a case study is to keep to, as it is kept. */
export const caseLimitsSchema = madeOnce((): z.ZodType<CaseLimits> => {
  const share = z.number().nonnegative().nullable()
  return z.object({
    bytes: share,
    macs: share,
    memory: share,
    latency: share,
    accuracyDrop: share,
    load: z.object({ network: z.enum(networks), seconds: z.number().positive() }).nullable(),
  })
})
