import { overrideOf, withOverrides } from '../techniques/overrides'
import { autoRange } from '../techniques/quantize/quantize-settings'
import { isOn, stepOf } from '../techniques/recipe'
import type { Recipe } from '../techniques/recipe'
import { codingOf } from './layer-coding'
import type { CauseFacts, Remedy, RemedyId, TouchedLayer } from './remedy'

/** So many layers are looked at, those first whose weights were changed most. */
const WORST_LAYERS = 3
const MORE_BITS = 2
/** Beyond 6 bits ranges are much the same, and so are scales. */
const COARSE_BITS = 6

/** By the share of their weights' energy that is gone. */
export function worstOf(layers: readonly TouchedLayer[]): readonly TouchedLayer[] {
  return layers
    .filter(({ sqnrDb }) => sqnrDb !== null)
    .toSorted((one, other) => (one.sqnrDb ?? 0) - (other.sqnrDb ?? 0))
    .slice(0, WORST_LAYERS)
}

/** Share of the energy of its weights that is error, 0..1 and more. */
export function errorShare({ sqnrDb }: Pick<TouchedLayer, 'sqnrDb'>): number {
  return sqnrDb === null ? 0 : 10 ** (-sqnrDb / 10)
}

/** What may be behind the loss of a layer, each an exception of that layer. */
export function layerRemedies(recipe: Recipe, layer: TouchedLayer): readonly Remedy[] {
  const found: Remedy[] = []
  const { clipped, kernels, name, weights, zeros } = layer
  const add = (id: RemedyId, changed: Recipe, facts: CauseFacts = {}): void => {
    found.push({ id, layer, facts: { layer: name, ...facts }, recipe: changed })
  }
  const coding = codingOf(recipe, name)
  const isPruned = isOn(recipe, 'prune') && overrideOf(recipe, 'prune', name).enabled !== false
  const { channels = 0, dead = 0, pruned = 0 } = kernels ?? {}
  if (coding !== null && layer.bits !== null) {
    const coded = (changes: Parameters<typeof withOverrides<'quantize'>>[3]): Recipe =>
      withOverrides(recipe, 'quantize', [name], changes)
    const { bits, granularity, range } = coding
    if (dead > pruned && granularity === 'perTensor')
      add('filtersStay', coded({ granularity: 'perChannel' }), {
        count: dead - pruned,
        all: channels,
      })
    const inUse = range === 'auto' ? autoRange(coding) : range
    if (clipped > 0 && inUse !== 'minMax' && bits <= COARSE_BITS)
      add('unclipped', coded({ range: 'minMax' }), { count: clipped, all: weights })
    if (layer.bits < 8)
      add('moreBits', coded({ bits: layer.bits + MORE_BITS }), { share: errorShare(layer) })
  }
  if (isPruned && zeros > 0 && stepOf(recipe, 'prune')?.config.target === 'sparsity')
    add(
      'lessRemoved',
      withOverrides(recipe, 'prune', [name], {
        // As many weights more as there are left.
        value: Math.max(0, rounded((2 * zeros) / weights - 1)),
      }),
      { share: zeros / weights, count: pruned, all: channels },
    )
  if (coding !== null || isPruned) {
    const free = coding === null ? recipe : withOverrides(recipe, 'quantize', [name], off)
    add('layerAsItIs', isPruned ? withOverrides(free, 'prune', [name], off) : free)
  }
  return found
}

const off = { enabled: false }

function rounded(share: number): number {
  return Math.round(1000 * share) / 1000
}
