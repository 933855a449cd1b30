import type { OpenedModel } from '../../src/formats/format'
import { recipeWith } from '../studio/recipe-with'
import { asItCame, compressed, cut, trained } from './variants'
import type { Variant } from './variants'

/** Why nothing can be made: what is said instead. */
export interface NotMade {
  readonly reason: string
}

export interface Setting {
  readonly name: string
  readonly make: (model: OpenedModel) => Promise<Variant | NotMade>
}

export function isMade(variant: Variant | NotMade): variant is Variant {
  return 'tensors' in variant
}

type Recipes = Parameters<typeof recipeWith>[0]

function steps(name: string, recipe: Recipes): Setting {
  return { name, make: (model) => Promise.resolve(compressed(model, recipeWith(recipe))) }
}

const half = { prune: { value: 0.5 } } as const
const fourByChannels = { quantize: { bits: 4, granularity: 'perChannel' } } as const

const scales = [
  ['per tensor', { granularity: 'perTensor' }],
  ['per channel', { granularity: 'perChannel' }],
  ['in blocks of 16', { granularity: 'perGroup', groupSize: 16 }],
] as const

/** Another network, and what its weights are then made of. */
function after(
  name: string,
  change: typeof cut,
  reasonOf: (model: OpenedModel) => string,
  recipe: Recipes | null = null,
): Setting {
  return {
    name,
    make: async (model) => {
      const changed = await change(model)
      if (changed === null) return { reason: reasonOf(model) }
      return recipe === null ? asItCame(changed) : compressed(changed, recipeWith(recipe))
    },
  }
}

const whyNotCut = ({ obstacles }: OpenedModel): string =>
  obstacles.cut?.code ?? 'every channel is read by what cannot lose any'
const whyNotTrained = ({ obstacles }: OpenedModel): string => obstacles.train?.code ?? ''

export const settings: readonly Setting[] = [
  { name: 'as it came', make: (model) => Promise.resolve(asItCame(model)) },
  ...[8, 4, 2].flatMap((bits) =>
    scales.map(([name, how]) => steps(`${bits} bits ${name}`, { quantize: { bits, ...how } })),
  ),
  steps('4 bits per channel, symmetric', {
    quantize: { ...fourByChannels.quantize, symmetry: 'symmetric' },
  }),
  steps('3 bits in blocks of 5', {
    quantize: { bits: 3, granularity: 'perGroup', groupSize: 5 },
  }),
  steps('4 bits, levels at means', { quantize: { bits: 4, scheme: 'mean' } }),
  steps('pruned', half),
  steps('pruned, 4 bits linear with a mask', { ...half, quantize: { bits: 4, scheme: 'linear' } }),
  steps('pruned, 4 bits per channel', { ...half, ...fourByChannels }),
  after('filters cut', cut, whyNotCut),
  after('filters cut, 4 bits per channel', cut, whyNotCut, fourByChannels),
  after('trained', trained, whyNotTrained),
  after('trained, 8 bits per tensor', trained, whyNotTrained, { quantize: { bits: 8 } }),
]
