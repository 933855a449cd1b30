import type { ConfigLayer } from './config-layers'
import type { KerasWeight } from './keras-file'
import { combined } from './weight-of-dataset'

/** Weights of a wrapped layer and those that the wrapper keeps beside them. */
export interface Unwrapped {
  readonly inner: readonly KerasWeight[]
  readonly own: readonly KerasWeight[]
}

/** What the wrappers call their own weights; a name of theirs may end in that of the weight that it is about. */
const ownNames =
  /(?:^|[/_])(?:mask|threshold|pruning_step|optimizer_step|(?:pre_|post_)?(?:activation|output)_(?:min|max)|\w+_(?:min|max)|cluster_centroids_\w+|pulling_indices_\w+)(?:_\d+)?(?::\d+)?$/

/** The order in which layers make their weights; ClusterWeights takes one away and puts it back as the last one. */
const order = [
  ...['depthwise_kernel', 'pointwise_kernel', 'kernel', 'recurrent_kernel', 'embeddings', 'bias'],
  ...['gamma', 'beta', 'moving_mean', 'moving_variance'],
]

/**
 * Takes apart what a wrapper of the TensorFlow Model Optimization Toolkit saved in one list: the mask of what was pruned is
 * carried out, clustered weights become the nearest of their centroids, steps and thresholds are left out.
 */
export function unwrapped(layer: ConfigLayer, weights: readonly KerasWeight[]): Unwrapped {
  const own = weights.filter(({ name }) => ownNames.test(name))
  const inner = weights.filter(({ name }) => !ownNames.test(name))
  switch (layer.className) {
    case 'PruneLowMagnitude':
      return { inner: masked(inner, own), own }
    case 'ClusterWeights':
      return {
        inner: clustered(
          inner.toSorted((one, other) => rank(one) - rank(other)),
          own,
          layer.config,
        ),
        own,
      }
    default:
      return { inner, own }
  }
}

function rank({ name }: KerasWeight): number {
  const place = order.indexOf(plainName(name))
  return place < 0 ? order.length : place
}

/** The last part of a name, without the number that TensorFlow puts behind it. */
function plainName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).replace(/:\d+$/, '')
}

/** A mask goes with the next weight of its shape that has none: both stand in the order of the layer's kernels. */
function masked(
  inner: readonly KerasWeight[],
  own: readonly KerasWeight[],
): readonly KerasWeight[] {
  const masks = own.filter(({ name }) => /(?:^|[/_])mask(?:_\d+)?$/.test(plainName(name)))
  return inner.map((weight) => {
    if (plainName(weight.name) === 'bias') return weight
    const at = masks.findIndex(({ shape }) => shape.join() === weight.shape.join())
    const [mask] = at < 0 ? [] : masks.splice(at, 1)
    return mask === undefined ? weight : combined(weight, mask, withoutMasked)
  })
}

/** A place that is masked is 0, never -0, which takes more room in a zip. */
export function withoutMasked(values: Float32Array, mask: ArrayLike<number>): Float32Array {
  return values.map((value, index) => (mask[index] === 0 ? 0 : value * (mask[index] ?? 1)))
}

/**
 * The wrapper looks for the nearest centroid of each weight whenever it runs: where a file lists them, they are those
 * of before the last step of training.
 */
function clustered(
  inner: readonly KerasWeight[],
  own: readonly KerasWeight[],
  { preserve_sparsity: keepsZeros }: ConfigLayer['config'],
): readonly KerasWeight[] {
  return inner.map((weight) => {
    const plain = plainName(weight.name)
    const named = (prefix: string): KerasWeight | undefined =>
      own.find(({ name }) => plainName(name) === `${prefix}_${plain}`)
    const [centroids, indices] = [named('cluster_centroids'), named('pulling_indices')]
    const [channels = 1] = centroids?.shape.length === 2 ? centroids.shape : []
    const last = weight.shape.at(-1)
    if (centroids === undefined || (channels !== 1 && channels !== last)) return weight
    if (keepsZeros !== true)
      return combined(weight, centroids, (values, found) => nearest(values, found, channels))
    const known = indices?.shape.join() === weight.shape.join() && channels === 1 ? indices : null
    return combined(
      weight,
      known === null ? centroids : together(centroids, known),
      (values, told) =>
        withZeros(
          values,
          told,
          centroids.shape.reduce((one, side) => one * side, 1),
          channels,
        ),
    )
  })
}

/** Values of both in one list, those of the first one first. */
function together(first: KerasWeight, second: KerasWeight): KerasWeight {
  return combined(first, second, (values, others) => {
    const both = new Float32Array(values.length + others.length)
    both.set(values)
    both.set(others, values.length)
    return both
  })
}

/**
 * As `nearest`, where the wrapper holds what was zero at zero: whenever it runs it makes the centroid that it began with
 * next to zero, of each channel, into 0, and so it does with the weights that were zero then. No file lists those. A weight
 * that it holds gets no gradient, so that one that is 0 still is one of them; whatever it took for another cluster in the
 * last step is not. Of others in the cluster of zeros nothing says which it is: they stay in it.
 * @param told centroids, then the cluster in which each weight was in the last step, where that is known
 * @param count of centroids
 */
function withZeros(
  weights: Float32Array,
  told: Float32Array | Int32Array | Uint8Array,
  count: number,
  channels: number,
): Float32Array {
  const list = Array.from(told.subarray(0, count))
  const clusters = told.length > count ? told.subarray(count) : null
  const each = count / channels
  for (let first = 0; first < count; first += each) {
    const held = clusters?.[weights.indexOf(0)] ?? null
    let zero = first
    for (let at = first + 1; at < first + each; at++)
      if (Math.abs(list[at] ?? NaN) < Math.abs(list[zero] ?? NaN)) zero = at
    list[held ?? zero] = 0
  }
  const found = nearest(weights, list, channels)
  return found.map((value, at) =>
    weights[at] === 0 || (clusters !== null && list[clusters[at] ?? NaN] === 0) ? 0 : value,
  )
}

/** @param channels of the last axis that have centroids of their own, one after the other */
function nearest(
  weights: Float32Array,
  centroids: ArrayLike<number>,
  channels: number,
): Float32Array {
  const count = centroids.length / channels
  return weights.map((weight, at) => {
    const first = (at % channels) * count
    let best = first
    for (let place = first + 1; place < first + count; place++)
      if (apart(weight, centroids[place]) < apart(weight, centroids[best])) best = place
    return centroids[best] ?? NaN
  })
}

/** In 32 bits, as TensorFlow takes it. */
function apart(weight: number, centroid = NaN): number {
  return Math.abs(Math.fround(weight - centroid))
}
