import type { OpenedModel } from '../../src/formats/format'
import type { ChannelMap } from '../../src/structure/channel-map'

/**
 * The model as large as it was, but nobody reads the removed channels: it computes what the cut one does.
 */
export function maskReaders(
  model: OpenedModel,
  map: ChannelMap,
  removed: ReadonlySet<number>,
): OpenedModel {
  const made = new Map([...map.kernels.values()].map(({ weight, axis }) => [weight, axis]))
  return {
    ...model,
    weights: model.weights.map((weight) => {
      const { spec, values } = weight
      const axes = map.slices.get(spec.name)
      const own = made.get(spec.name)
      if (axes === undefined || own === undefined || !(values instanceof Float32Array))
        return weight
      // All axes but that of the filters say what they read.
      const masked = values.map((value, index) => {
        const place = placeOf(index, spec.shape)
        const gone = axes.some(
          (axis, at) => at !== own && removed.has(axis?.[place[at] ?? -1] ?? -1),
        )
        return gone ? 0 : value
      })
      return { ...weight, values: masked, quantized: null }
    }),
  }
}

/** Where the element of a row-major tensor lies on each axis. */
function placeOf(index: number, shape: readonly number[]): number[] {
  const place: number[] = []
  let rest = index
  for (const side of shape.toReversed()) {
    place.unshift(rest % side)
    rest = Math.floor(rest / side)
  }
  return place
}
