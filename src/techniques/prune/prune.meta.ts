import { z } from 'zod'
import { madeOnce } from '../../core/made-once'
import { parseStepConfig } from '../parse-step-config'
import type { TechniqueMeta } from '../technique'

/** Per-layer changes to the step; a missing field follows the step. */
const overrideSchema = madeOnce(() =>
  z.strictObject({
    enabled: z.boolean().optional(),
    /** Same meaning as the step's value for its own target. */
    value: z.number().nonnegative().optional(),
  }),
)

const configSchema = madeOnce(() =>
  z.strictObject({
    /** magnitude: keep w if and only if |w| > t. random: the control that any criterion must beat. */
    method: z.enum(['magnitude', 'random']),
    /**
     * matched: removes at random as many weights of each layer as the threshold would remove.
     * literal: removes k weights at random, k = number above the threshold, as the tutorial words it.
     */
    randomRule: z.enum(['matched', 'literal']),
    /** Which of the three linked controls leads; the other two are computed and shown. */
    target: z.enum(['threshold', 'sigma', 'sparsity']),
    scope: z.enum(['global', 'perLayer']),
    /** Threshold t in weight units, a multiple of the standard deviation, or a sparsity 0..1. */
    value: z.number().nonnegative(),
    dense: z.boolean(),
    convolution: z.boolean(),
    overrides: z.record(z.string(), overrideSchema()),
  }),
)

export type PruneConfig = z.infer<ReturnType<typeof configSchema>>

export const pruneMeta = {
  id: 'prune',
  citations: [
    { label: 'Han et al. 2015, arXiv:1506.02626', url: 'https://arxiv.org/abs/1506.02626' },
    { label: 'Zhu & Gupta 2017, arXiv:1710.01878', url: 'https://arxiv.org/abs/1710.01878' },
  ],
  defaultConfig: {
    method: 'magnitude',
    randomRule: 'matched',
    target: 'sparsity',
    scope: 'global',
    value: 0.5,
    dense: true,
    convolution: true,
    overrides: {},
  },
  parseConfig: (input: unknown) => parseStepConfig(configSchema(), input),
  preserves: ['shape'],
  removes: true,
  describe: ({ method, target, value }: PruneConfig) => ({
    form: method === 'random' ? `${target}Random` : target,
    facts: { value: target === 'sparsity' ? { percent: value } : { significant: value } },
  }),
  aspects: {
    amount: {
      fields: ['target', 'value'],
      describe: ({ target, value }: PruneConfig) => ({
        form: target,
        facts: { value: target === 'sparsity' ? { percent: value } : { significant: value } },
      }),
    },
    which: {
      fields: ['method', 'randomRule'],
      describe: ({ method, randomRule }: PruneConfig) => ({
        form: method === 'random' ? randomRule : method,
        facts: {},
      }),
    },
    scope: {
      fields: ['scope'],
      describe: ({ scope }: PruneConfig) => ({ form: scope, facts: {} }),
    },
    dense: {
      fields: ['dense'],
      describe: ({ dense }: PruneConfig) => ({ form: dense ? 'on' : 'off', facts: {} }),
    },
    convolution: {
      fields: ['convolution'],
      describe: ({ convolution }: PruneConfig) => ({ form: convolution ? 'on' : 'off', facts: {} }),
    },
  },
} as const satisfies TechniqueMeta<'prune', PruneConfig>
