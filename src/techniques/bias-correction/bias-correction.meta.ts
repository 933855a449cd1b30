import { z } from 'zod'
import { madeOnce } from '../../core/made-once'
import { parseStepConfig } from '../parse-step-config'
import type { TechniqueMeta } from '../technique'

const configSchema = madeOnce(() =>
  z.strictObject({
    /** Layers that are not corrected. */
    overrides: z.record(z.string(), z.strictObject({ enabled: z.boolean().optional() })),
  }),
)

export type BiasCorrectionConfig = z.infer<ReturnType<typeof configSchema>>

export const biasCorrectionMeta = {
  id: 'bias-correction',
  citations: [
    { label: 'Nagel et al. 2019, arXiv:1906.04721', url: 'https://arxiv.org/abs/1906.04721' },
  ],
  defaultConfig: { overrides: {} },
  parseConfig: (input: unknown) => parseStepConfig(configSchema(), input),
  preserves: ['sparsity', 'shape'],
  removes: false,
  describe: () => ({ form: 'corrected', facts: {} }),
  aspects: {},
} as const satisfies TechniqueMeta<'bias-correction', BiasCorrectionConfig>
