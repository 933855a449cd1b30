import { z } from 'zod'
import { madeOnce } from '../../core/made-once'
import { parseStepConfig } from '../parse-step-config'
import type { Description, TechniqueMeta } from '../technique'
import {
  DEFAULT_GROUP_SIZE,
  DEFAULT_PERCENTILE,
  LEAST_PERCENTILE,
  autoRange,
  rangeChoices,
} from './quantize-settings'

export const MAX_BITS = 16
const MAX_GROUP_SIZE = 2 ** 16

/** What a step and a layer of its own may both say. */
const fields = madeOnce(() => ({
  bits: z.int().min(1).max(MAX_BITS),
  scheme: z.enum(['linear', 'affine', 'mean']),
  symmetry: z.enum(['symmetric', 'asymmetric']),
  granularity: z.enum(['perTensor', 'perChannel', 'perGroup']),
  range: z.enum(rangeChoices),
  percentile: z.number().min(LEAST_PERCENTILE).max(100),
  groupSize: z.int().min(2).max(MAX_GROUP_SIZE),
}))

/** Of tensors that are small and sensitive: kept as floats, or in so many bits of their own. */
export type SmallBits = 'float' | 8 | 16

/** Recipes once said whether such tensors share the bits of the kernels. */
const smallBitsOrOnce = madeOnce(() =>
  z.union([z.union([z.literal('float'), z.literal(8), z.literal(16)]), z.boolean()]),
)

/** Per-layer changes to the step; a missing field follows the step. */
const overrideSchema = madeOnce(() => {
  const { bits, granularity, groupSize, percentile, range, scheme, symmetry } = fields()
  return z.strictObject({
    enabled: z.boolean().optional(),
    bits: bits.optional(),
    scheme: scheme.optional(),
    symmetry: symmetry.optional(),
    granularity: granularity.optional(),
    groupSize: groupSize.optional(),
    range: range.optional(),
    percentile: percentile.optional(),
  })
})

const configSchema = madeOnce(() => {
  const { bits, granularity, groupSize, percentile, range, scheme, symmetry } = fields()
  return z
    .strictObject({
      bits,
      /**
       * linear: y = floor(x / q), restored as y * q + q / 2 (moves zeros).
       * affine: rounded to the nearest code, real zero exactly representable.
       * mean: the bins of linear, each restored as the mean of its weights.
       */
      scheme,
      /** Of the affine scheme only; symmetric needs at least 2 bits. */
      symmetry,
      granularity,
      /** Inputs that share a scale for one output channel, of `perGroup`; recipes from before it have none. */
      groupSize: groupSize.default(DEFAULT_GROUP_SIZE),
      /**
       * minMax: nothing is clipped. percentile: as many weights as that leaves are, at either end. mse: what gives
       * the least mean squared error. auto: mse where a whole tensor has few levels, else minMax. Recipes from before the choice
       * have none, and mean minMax.
       */
      range: range.default('minMax'),
      /** In per cent, to six decimals. */
      percentile: percentile.default(DEFAULT_PERCENTILE),
      biases: smallBitsOrOnce(),
      normalization: smallBitsOrOnce(),
      overrides: z.record(z.string(), overrideSchema()),
    })
    .transform((config) => ({
      ...config,
      biases: nowOf(config.biases, config.bits),
      normalization: nowOf(config.normalization, config.bits),
    }))
})

/** The smallest choice that is not coarser than what the recipe asked for once. */
function nowOf(value: SmallBits | boolean, bits: number): SmallBits {
  return typeof value !== 'boolean' ? value : !value ? 'float' : bits <= 8 ? 8 : 16
}

export type QuantizeConfig = z.infer<ReturnType<typeof configSchema>>

function describeSmall(bits: SmallBits): Description {
  return bits === 'float' ? { form: 'float', facts: {} } : { form: 'inBits', facts: { bits } }
}

export const quantizeMeta = {
  id: 'quantize',
  citations: [
    { label: 'Jacob et al. 2018, arXiv:1712.05877', url: 'https://arxiv.org/abs/1712.05877' },
    { label: 'Han et al. 2016, arXiv:1510.00149', url: 'https://arxiv.org/abs/1510.00149' },
    { label: 'Nagel et al. 2021, arXiv:2106.08295', url: 'https://arxiv.org/abs/2106.08295' },
    { label: 'Wu et al. 2020, arXiv:2004.09602', url: 'https://arxiv.org/abs/2004.09602' },
  ],
  defaultConfig: {
    bits: 8,
    scheme: 'affine',
    symmetry: 'asymmetric',
    granularity: 'perTensor',
    groupSize: DEFAULT_GROUP_SIZE,
    range: 'auto',
    percentile: DEFAULT_PERCENTILE,
    biases: 'float',
    normalization: 'float',
    overrides: {},
  },
  parseConfig: (input: unknown) => parseStepConfig(configSchema(), input),
  preserves: ['sparsity', 'shape'],
  removes: false,
  describe: (config: QuantizeConfig) => ({
    // What was left to the studio is no setting of the person.
    form: ['auto', 'minMax'].includes(config.range)
      ? config.granularity
      : `${config.granularity}, ${config.range}`,
    facts: {
      bits: config.bits,
      scheme: { word: config.scheme },
      size: config.groupSize,
      percentile: config.percentile,
    },
  }),
  aspects: {
    bits: {
      fields: ['bits'],
      describe: ({ bits }: QuantizeConfig) => ({ form: 'bits', facts: { bits } }),
    },
    scheme: {
      fields: ['scheme', 'symmetry'],
      describe: ({ scheme, symmetry }: QuantizeConfig) => ({
        form: scheme === 'affine' ? symmetry : scheme,
        facts: {},
      }),
    },
    scales: {
      fields: ['granularity', 'groupSize'],
      describe: ({ granularity, groupSize }: QuantizeConfig) => ({
        form: granularity,
        facts: granularity === 'perGroup' ? { size: groupSize } : {},
      }),
    },
    ranges: {
      fields: ['range', 'percentile'],
      describe: (config: QuantizeConfig) => {
        // What was left to the studio is what it chooses.
        const form = config.range === 'auto' ? autoRange(config) : config.range
        return { form, facts: form === 'percentile' ? { percentile: config.percentile } : {} }
      },
    },
    biases: {
      fields: ['biases'],
      describe: ({ biases }: QuantizeConfig) => describeSmall(biases),
    },
    normalization: {
      fields: ['normalization'],
      describe: ({ normalization }: QuantizeConfig) => describeSmall(normalization),
    },
  },
} as const satisfies TechniqueMeta<'quantize', QuantizeConfig>
