import { countAtMost } from '../../core/selection'
import { elementCount } from '../../core/tensor-spec'
import type { TensorStep, WorkingTensor } from '../technique'
import type { PruneConfig } from './prune.meta'
import { chooseRandomMask } from './random-removal'
import { LazilyPruned } from './lazily-pruned'
import { removeFromEncoded, removeMasked, removeSmall } from './removal'
import type { PrunedValues } from './removal'
import { isPruned, resolvePruning } from './thresholds'

/**
 * Longer tensors are pruned whenever they are read, which costs next to nothing: held beside what they come from, those of a
 * VGG16 took 94 MB.
 */
const HELD = 2 ** 20

/** What pruning will do to one tensor. */
export type PrunePlan =
  | { readonly action: 'skip' }
  | { readonly action: 'magnitude'; readonly threshold: number }
  | { readonly action: 'random'; readonly remove: number; readonly seed: number }

/** How many weights of a tensor a random control removes; `above` have |w| > t. */
function randomCount(rule: PruneConfig['randomRule'], weights: number, above: number): number {
  return rule === 'matched' ? weights - above : above
}

function plan(
  tensors: readonly WorkingTensor[],
  config: PruneConfig,
  seed: number,
): readonly PrunePlan[] {
  const { layers } = resolvePruning(tensors, config)
  return tensors.map(({ spec, values }): PrunePlan => {
    const layer = isPruned(spec, config) ? layers.get(spec.layerName) : undefined
    if (layer === undefined) return { action: 'skip' }
    const { threshold } = layer
    if (config.method === 'magnitude') return { action: 'magnitude', threshold }
    const above = values.length - countAtMost(values, threshold)
    const remove = randomCount(config.randomRule, values.length, above)
    return { action: 'random', remove, seed }
  })
}

function apply(tensor: WorkingTensor, todo: PrunePlan): WorkingTensor {
  switch (todo.action) {
    case 'skip':
      return tensor
    case 'magnitude':
      return isLong(tensor)
        ? new LazilyPruned(tensor, todo.threshold)
        : prunedTensor(tensor, removeSmall(tensor.values, todo.threshold))
    case 'random': {
      const { spec, values } = tensor
      const mask = chooseRandomMask(values.length, todo.remove, todo.seed, spec.name)
      // What an earlier step removed stays removed.
      tensor.mask?.forEach((kept, index) => {
        if (kept === 0) mask[index] = 0
      })
      return isLong(tensor)
        ? new LazilyPruned(tensor, mask)
        : prunedTensor(tensor, removeMasked(values, mask))
    }
  }
}

function isLong({ encoded, spec }: WorkingTensor): boolean {
  return encoded.kind === 'float' && elementCount(spec.shape) > HELD
}

function prunedTensor(tensor: WorkingTensor, pruned: PrunedValues): WorkingTensor {
  const { spec, clipped } = tensor
  const encoded = removeFromEncoded(tensor.encoded, pruned)
  return { spec, values: pruned.values, mask: pruned.mask, encoded, clipped }
}

/**
 * Removes connections: sets weights to zero, by magnitude or, as the control, at random.
 * @see README.md beside this file for the rules
 */
export const prune: TensorStep<PruneConfig, PrunePlan> = {
  plan: (tensors, config, context) => plan(tensors, config, context.seed),
  apply,
}
