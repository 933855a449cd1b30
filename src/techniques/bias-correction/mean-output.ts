import { elementCount } from '../../core/tensor-spec'
import type { LinearNode } from './linear-nodes'

/** A kernel with its values. */
export interface Kernel {
  readonly spec: { readonly shape: readonly number[] }
  readonly values: Float32Array
}

/** How the elements of a kernel lie: which axis means what. */
interface Filters {
  /** Axes of the window, in the order of the axes that it moves along. */
  readonly spatial: readonly number[]
  /** Channels of the input. */
  readonly channels: number
  readonly outputs: number
  /** The first output that reads a channel, how many do, and where their elements begin. */
  readonly of: (channel: number) => { first: number; count: number; at: number }
  /** From one of these outputs to the next. */
  readonly step: number
}

/**
 * The mean of what nodes give, one behind the other, before bias and activation.
 * @param kernels of each node
 * @param patches of `patchMeans`, one for each place of the first window and each channel
 * @returns one number for each output channel
 */
export function meanOutput(
  nodes: readonly LinearNode[],
  kernels: readonly Kernel[],
  patches: Float64Array,
): Float64Array {
  return nodes.reduce((given, node, at) => {
    const kernel = kernels[at]
    if (kernel === undefined) throw new RangeError(`${node.id} has no kernel`)
    return summed(node, kernel, given)
  }, patches)
}

/** How many numbers one filter of a node is multiplied by, with those that it has no weights for. */
export function patchSize(node: LinearNode, shape: readonly number[]): number {
  const { channels, spatial } = filtersOf(node, shape)
  return elementCount([...spatial.map((axis) => shape[axis] ?? 1), channels])
}

function summed(
  node: LinearNode,
  { spec: { shape }, values }: Kernel,
  patches: Float64Array,
): Float64Array {
  const { channels, of, outputs, spatial, step } = filtersOf(node, shape)
  const places = placesOf(spatial, shape)
  const sums = new Float64Array(outputs)
  let patch = 0
  for (const place of places)
    for (let channel = 0; channel < channels; channel++) {
      const given = patches[patch++] ?? 0
      const { first, count, at } = of(channel)
      let from = place + at
      for (let output = first; output < first + count; output++, from += step)
        sums[output] = (sums[output] ?? 0) + given * (values[from] ?? 0)
    }
  return sums
}

/** Where the elements of each place of the window begin, row by row. */
function placesOf(spatial: readonly number[], shape: readonly number[]): readonly number[] {
  return spatial.reduce<readonly number[]>(
    (places, axis) =>
      places.flatMap((place) =>
        Array.from({ length: shape[axis] ?? 1 }, (_, at) => place + at * strideOf(axis, shape)),
      ),
    [0],
  )
}

function filtersOf(node: LinearNode, shape: readonly number[]): Filters {
  const side = (axis: number): number => shape[axis] ?? 1
  switch (node.op) {
    case 'depthwiseConv': {
      const { channel: own, multiplier, spatial } = node.attributes.kernel
      const count = multiplier === null ? 1 : side(multiplier)
      return {
        spatial,
        channels: side(own),
        outputs: side(own) * count,
        of: (channel) => ({ first: channel * count, count, at: channel * strideOf(own, shape) }),
        step: multiplier === null ? 0 : strideOf(multiplier, shape),
      }
    }
    case 'conv': {
      const { groups, kernel } = node.attributes
      return inGroups(kernel, groups, shape)
    }
    case 'matMul': {
      const output = node.attributes.transposeB ? 0 : 1
      return inGroups({ spatial: [], input: 1 - output, output }, 1, shape)
    }
  }
}

/** Each filter reads the channels of its group. */
function inGroups(
  { input, output, spatial }: { spatial: readonly number[]; input: number; output: number },
  groups: number,
  shape: readonly number[],
): Filters {
  const each = shape[input] ?? 1
  const outputs = shape[output] ?? 1
  const count = outputs / groups
  const [read, step] = [strideOf(input, shape), strideOf(output, shape)]
  return {
    spatial,
    channels: each * groups,
    outputs,
    of: (channel) => {
      const first = Math.floor(channel / each) * count
      return { first, count, at: (channel % each) * read + first * step }
    },
    step,
  }
}

function strideOf(axis: number, shape: readonly number[]): number {
  return elementCount(shape.slice(axis + 1))
}
