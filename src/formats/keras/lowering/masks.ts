import type { ConfigReader } from '../../tfjs-files/config-reader'
import type { Mask } from '../../tfjs-layers/lowering/lowered-call'
import { isMasked, maskBehind } from '../../tfjs-layers/lowering/masks'
import type { Spoken } from '../../tfjs-layers/lowering/masks'
import type { Meaning } from '../../tfjs-layers/lowering/meaning'

/** Layers that hand on the mask of what they read first; of all others Keras drops it. */
const handsOn: ReadonlySet<string> = new Set([
  ...['Dense', 'Activation', 'ReLU', 'LeakyReLU', 'ELU', 'PReLU', 'ThresholdedReLU', 'Softmax'],
  ...['Dropout', 'SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D'],
  ...['GaussianNoise', 'GaussianDropout', 'AlphaDropout', 'TimeDistributed', 'Identity'],
  ...['BatchNormalization', 'LayerNormalization', 'GroupNormalization', 'UnitNormalization'],
  ...['Normalization', 'Rescaling', 'ActivityRegularization'],
  ...['MultiHeadAttention', 'Attention', 'AdditiveAttention'],
])

const sums: ReadonlySet<string> = new Set([
  ...['Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum'],
])

/**
 * Which steps of what a layer says count, as Keras has it: masks follow values.
 * @param major version that wrote the file: 2 joins masks by and, 3 by or
 */
export function kerasMasks(major: 2 | 3): Meaning['masks'] {
  return { isMasked, behind: (spoken) => behind(spoken, major), areToldOn: false }
}

function behind(spoken: Spoken, major: 2 | 3): Mask | null {
  const { className, config, lead, masks } = spoken
  const [first = null] = masks
  if (handsOn.has(className)) return first
  const some = masks.filter((mask) => mask !== null)
  if (sums.has(className)) {
    if (some.length === 0 || (major === 3 && some.length < masks.length)) return null
    return joined(major === 3 ? 'any' : 'all', lead, some)
  }
  if (className !== 'Concatenate') return maskBehind(spoken)
  if (some.length === 0) return null
  // A step counts in what has no mask.
  if (isAlongLast(spoken, config))
    return major === 3 && some.length < masks.length
      ? null
      : joined(major === 3 ? 'any' : 'all', lead, some)
  return 'unknown'
}

function isAlongLast({ inputs: [x] }: Spoken, { object }: ConfigReader): boolean {
  const axis = object['axis'] ?? -1
  return axis === -1 || (x !== undefined && axis === x.rank - 1)
}

function joined(kind: 'any' | 'all', lead: number, of: readonly Mask[]): Mask {
  const [one, ...others] = of
  if (one !== undefined && others.length === 0) return one
  return of.includes('unknown') ? 'unknown' : { kind, lead, of }
}
