import { z } from 'zod'
import type { CaseLimits } from '../../case-study/case-plan'
import { networks } from '../../case-study/networks'

const share = z.number().nonnegative().nullable()

/** What a case study is to keep to, as it is kept. */
export const caseLimitsSchema: z.ZodType<CaseLimits> = z.object({
  bytes: share,
  macs: share,
  memory: share,
  latency: share,
  accuracyDrop: share,
  load: z.object({ network: z.enum(networks), seconds: z.number().positive() }).nullable(),
})
