import { StudioError } from '../../core/errors'
import type { TensorSpec } from '../../core/tensor-spec'
import type { FlatLayer } from '../tfjs-layers/flatten-layers'
import { channelLayout } from '../tfjs-layers/match-weights'
import { typeOf } from './bare-weights'
import type { KerasFile, KerasWeight } from './keras-file'

/**
 * The weights of a file by what each is for: those of a layer come in the order in which its class makes them.
 * @throws StudioError 'open/missing-weight', 'open/surplus-weight', 'open/weight-shape', 'open/duplicate-name'
 */
export function matchedWeights(
  { file, weightsOf }: Pick<KerasFile, 'file' | 'weightsOf'>,
  layers: readonly FlatLayer[],
): ReadonlyMap<KerasWeight, TensorSpec> {
  const specs = new Map<KerasWeight, TensorSpec>()
  const owners = new Map<string, string>()
  for (const layer of layers) {
    const found = weightsOf(layer.name)
    const surplus = found[layer.slots.length]
    if (surplus !== undefined)
      throw new StudioError('open/surplus-weight', {
        file,
        field: `layer ${layer.name}`,
        tensor: surplus.name,
        missing: 'none',
      })
    for (const [at, slot] of layer.slots.entries()) {
      const weight = found[at]
      if (weight === undefined)
        throw new StudioError('open/missing-weight', {
          file,
          layer: layer.name,
          tensor: slot.fullName,
        })
      refuseTwice(file, layer.name, slot.fullName, owners)
      refuseShared(file, layer.name, weight, specs.get(weight))
      specs.set(weight, specOf(file, weight, layer, slot))
    }
  }
  return specs
}

/** Of two weights of one name every layer would be given the second. */
function refuseTwice(file: string, layer: string, name: string, owners: Map<string, string>): void {
  const first = owners.get(name)
  if (first !== undefined)
    throw new StudioError('open/duplicate-name', {
      ...{ file, field: `layer ${layer}`, name },
      first: `layer ${first}`,
    })
  owners.set(name, layer)
}

/**
 * Of a layer that stands in two models a file holds the weights once, and its config the layer twice: Keras itself makes two layers
 * of it and finds too few weights.
 */
function refuseShared(
  file: string,
  layer: string,
  { name }: KerasWeight,
  first: TensorSpec | undefined,
): void {
  if (first === undefined) return
  throw new StudioError('open/duplicate-name', {
    ...{ file, field: `layer ${layer}`, name },
    first: `layer ${first.layerName}`,
  })
}

function specOf(
  file: string,
  weight: KerasWeight,
  layer: FlatLayer,
  slot: FlatLayer['slots'][number],
): TensorSpec {
  const { shape } = weight
  const fits =
    slot.shape === null ||
    (slot.shape.length === shape.length &&
      slot.shape.every((side, at) => side === null || side === shape[at]))
  if (!fits)
    throw new StudioError('open/weight-shape', {
      file,
      layer: layer.name,
      tensor: weight.name,
      expected: slot.shape.map((side) => side ?? '?').join(' × '),
      found: shape.length === 0 ? 'a single number' : shape.join(' × '),
    })
  return {
    name: slot.fullName,
    shape,
    dtype: typeOf(weight),
    role: slot.role,
    layerName: layer.name,
    layerKind: layer.kind,
    channel: channelLayout(slot.axis, shape),
  }
}
