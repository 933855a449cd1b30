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
 * carried out, clustered weights are looked up among their centroids, steps and thresholds are left out.
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

function clustered(
  inner: readonly KerasWeight[],
  own: readonly KerasWeight[],
): readonly KerasWeight[] {
  return inner.map((weight) => {
    const plain = plainName(weight.name)
    const named = (prefix: string): KerasWeight | undefined =>
      own.find(({ name }) => plainName(name) === `${prefix}_${plain}`)
    const [centroids, indices] = [named('cluster_centroids'), named('pulling_indices')]
    // Centroids of each channel have an axis more; what they are looked up by is not told by their shapes.
    if (centroids?.shape.length !== 1 || indices?.shape.join() !== weight.shape.join())
      return weight
    const { pieces: _, ...rest } = weight
    return {
      ...rest,
      read: async (between) => {
        const [values, places] = [await centroids.read(), await indices.read(between)]
        return Float32Array.from(places, (place) => values[place] ?? NaN)
      },
    }
  })
}
