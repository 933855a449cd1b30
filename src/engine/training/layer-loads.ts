import type { Shape } from '../../graph/values'
import type { OpenedModel } from '../../formats/format'
import type { LayerLoad } from '../../training/layer-memory'

/**
 * The layers of a model as far as memory is concerned.
 * @param shapes of their outputs, the batch first
 * @param sample sides of each input for one sample, for models that leave theirs open
 */
export function layerLoads(
  { layers }: Pick<OpenedModel, 'layers'>,
  shapes: ReadonlyMap<string, Shape>,
  sample: readonly (readonly number[])[],
): LayerLoad[] {
  const closed = new Map<string, readonly number[]>()
  const [first = []] = sample
  let inputs = 0
  return layers.map((layer) => {
    const { name, className, config, calls } = layer
    const isInput = className === 'InputLayer'
    const reads = (isInput ? sample[inputs++] : closed.get(layer.inputs[0] ?? '')) ?? first
    const output = closedSides(shapes.get(name) ?? [], reads, stepOf(className, config))
    closed.set(name, output)
    return { name, className, config, inputs: layer.inputs, reads, output, calls: calls ?? 1 }
  })
}

/** Open sides are those of what is read, smaller or larger by the layer's steps. */
function closedSides(
  [, ...sides]: Shape,
  read: readonly number[],
  step: readonly number[],
): readonly number[] {
  return sides.map((side, axis) => {
    if (side !== null) return side
    const scale = step[axis] ?? step[0] ?? 1
    return Math.max(1, Math.ceil((read[axis] ?? 1) / scale))
  })
}

/** What sides are divided by, height before width. */
function stepOf(className: string, config: Readonly<Record<string, unknown>>): readonly number[] {
  const numbers = (value: unknown): readonly number[] =>
    (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'number')
  if (className.startsWith('UpSampling')) return numbers(config['size']).map((size) => 1 / size)
  const strides = numbers(config['strides'])
  if (className.endsWith('Transpose')) return strides.map((stride) => 1 / stride)
  return strides.length > 0 ? strides : numbers(config['pool_size'])
}
