import { z } from 'zod'
import { madeOnce } from '../../core/made-once'
import { parseStepConfig } from '../parse-step-config'
import type { TechniqueMeta } from '../technique'

const configSchema = madeOnce(() =>
  z.strictObject({
    /** Layers whose kernels keep their ranges. */
    overrides: z.record(z.string(), z.strictObject({ enabled: z.boolean().optional() })),
  }),
)

export type EqualizeConfig = z.infer<ReturnType<typeof configSchema>>

export const equalizeMeta = {
  id: 'equalize',
  citations: [
    { label: 'Nagel et al. 2019, arXiv:1906.04721', url: 'https://arxiv.org/abs/1906.04721' },
    { label: 'Meller et al. 2019, arXiv:1902.01917', url: 'https://arxiv.org/abs/1902.01917' },
  ],
  defaultConfig: { overrides: {} },
  parseConfig: (input: unknown) => parseStepConfig(configSchema(), input),
  preserves: ['sparsity', 'shape'],
  removes: false,
  describe: () => ({ form: 'equalized', facts: {} }),
  aspects: {},
} as const satisfies TechniqueMeta<'equalize', EqualizeConfig>
