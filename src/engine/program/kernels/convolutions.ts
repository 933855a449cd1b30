import * as tf from '@tensorflow/tfjs'
import { convolvedInSpace } from './in-space'
import { given } from './kernel'
import type { Call, Follower, Kernel } from './kernel'
import { inRows, isStock, movesOf, reachOf } from '../../../graph/sides/window-moves'
import { marginsOf, onPictures, surrounded } from './window-places'
import type { Margin, Moves } from '../../../graph/sides/window-moves'
import { dilated } from './spread-out'
import { weighed } from './with-bias'
import { isOnTape, shaped } from './with-gradients'

type Pair = [number, number]
type Triple = [number, number, number]

/** A kernel [...places, in, out], or [...places, channels, filters of each], and how it moves. */
export interface Filters {
  readonly kernel: tf.Tensor
  readonly moves: Moves
  readonly bias: tf.Tensor | null
  readonly follower: Follower | null
}

/** tfjs dilates nothing that also strides, and has no gradients of what is dilated. */
function withDilations(filters: Filters, isTrained: boolean): Filters {
  const { strides, dilations } = filters.moves
  const isDilated = dilations.some((step) => step !== 1)
  if (!isDilated || (!isTrained && strides.every((step) => step === 1))) return filters
  return {
    ...filters,
    kernel: dilated(filters.kernel, dilations),
    moves: { ...filters.moves, dilations: dilations.map(() => 1) },
  }
}

/**
 * What tfjs pads by itself, or how much has to be said. Where a stride is beyond its window there is nothing to pad: in
 * space tfjs then takes off places in front, and XNNPACK loses its way.
 */
function paddingFor(x: tf.Tensor, { kernel, moves }: Filters): 'same' | readonly Margin[] {
  const sides = x.shape.slice(1, -1)
  const reaches = sides.map((_, at) => reachOf(kernel.shape[at] ?? 1, moves.dilations[at] ?? 1))
  const jumps = reaches.some((reach, at) => reach < (moves.strides[at] ?? 1))
  if (isStock(moves.padding) && !jumps) return 'same'
  return marginsOf(moves.padding, sides, reaches, moves.strides)
}

/**
 * Kernels of WebAssembly write over memory that is not theirs where a window is larger than all there is.
 * @throws RangeError
 */
function checkRoom(x: tf.Tensor, { kernel, moves }: Filters): void {
  const sides = x.shape.slice(1, -1)
  const reaches = sides.map((_, at) => reachOf(kernel.shape[at] ?? 1, moves.dilations[at] ?? 1))
  const margins = marginsOf(moves.padding, sides, reaches, moves.strides)
  for (const [at, side] of sides.entries()) {
    const [before, behind] = margins[at] ?? [0, 0]
    if (side + before + behind < (reaches[at] ?? 1))
      throw new RangeError(`a window of ${reaches[at]} places over ${side}`)
  }
}

type ExplicitPadding = [Pair, Pair, Pair, Pair]

/** As kernels of two places take it. */
function padOf(x: tf.Tensor, filters: Filters): 'same' | 'valid' | ExplicitPadding {
  const padding = paddingFor(x, filters)
  if (padding === 'same') return padding
  const [rows, columns] = padding
  if (rows === undefined || columns === undefined) throw new RangeError('two places')
  const isNothing = [...rows, ...columns].every((places) => places === 0)
  return isNothing ? 'valid' : [[0, 0], [...rows], [...columns], [0, 0]]
}

function inPlane(x: tf.Tensor, filters: Filters, isDepthwise: boolean): tf.Tensor {
  const { kernel, moves, bias, follower } = filters
  const [strides, dilations] = [moves.strides as Pair, moves.dilations as Pair]
  checkRoom(x, filters)
  const pad = padOf(x, filters)
  const [picture, filter] = [x as tf.Tensor4D, kernel as tf.Tensor4D]
  if (isOnTape()) return learningInPlane(x, filters, pad, isDepthwise)
  if (bias === null && follower === null)
    return isDepthwise
      ? tf.depthwiseConv2d(picture, filter, strides, pad, 'NHWC', dilations)
      : tf.conv2d(picture, filter, strides, pad, 'NHWC', dilations)
  return (isDepthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d)({
    x: picture,
    filter,
    strides,
    // The type of the fused operator knows no paddings of its own; it hands them on to what does.
    pad: pad as 'same',
    dilations,
    ...(bias === null ? {} : { bias }),
    ...(follower === null ? {} : { activation: follower.name }),
    ...(follower?.name === 'leakyrelu' ? { leakyreluAlpha: follower.alpha } : {}),
  })
}

/** The fused operators of tfjs compute all gradients or none, and no ReLU. */
function learningInPlane(
  x: tf.Tensor,
  filters: Filters,
  pad: ReturnType<typeof padOf>,
  isDepthwise: boolean,
): tf.Tensor {
  const { kernel: filter, moves, bias, follower } = filters
  const { strides, dilations } = moves
  const attributes = { strides, pad, dataFormat: 'NHWC', dilations }
  const run = (name: string, more: tf.NamedTensorMap = {}, activation: object = {}): tf.Tensor =>
    tf.engine().runKernel(name, { x, filter, ...more }, { ...attributes, ...activation })
  return weighed({
    x,
    weights: filter,
    bias,
    follower,
    kernel: isDepthwise ? 'DepthwiseConv2dNative' : 'Conv2D',
    names: ['x', 'filter'],
    attributes,
    compute: () => {
      // Our kernels know no fused one of each channel, and a sum is little work.
      if (isDepthwise) return finished(run('DepthwiseConv2dNative'), filters)
      if (bias === null && follower === null) return run('Conv2D')
      const more = bias === null ? {} : { bias }
      return run('FusedConv2D', more, { activation: follower?.name ?? 'linear' })
    },
  })
}

const followers: {
  readonly [Name in Follower['name']]: (x: tf.Tensor, alpha: number) => tf.Tensor
} = {
  relu: (x) => tf.relu(x),
  relu6: (x) => tf.relu6(x),
  elu: (x) => tf.elu(x),
  sigmoid: (x) => tf.sigmoid(x),
  leakyrelu: (x, alpha) => tf.leakyRelu(x, alpha),
}

/** Bias and function one after the other. */
export function finished(
  x: tf.Tensor,
  { bias, follower }: Pick<Filters, 'bias' | 'follower'>,
): tf.Tensor {
  const sum = bias === null ? x : tf.add(x, bias)
  if (follower === null) return sum
  return followers[follower.name](sum, follower.name === 'leakyrelu' ? follower.alpha : 0)
}

function inSpace(x: tf.Tensor, filters: Filters): tf.Tensor {
  const { kernel, moves } = filters
  checkRoom(x, filters)
  if (isOnTape()) {
    const sides = x.shape.slice(1, -1)
    const margins = marginsOf(moves.padding, sides, kernel.shape.slice(0, 3), moves.strides)
    return finished(convolvedInSpace(surrounded(x, margins), kernel, moves.strides), filters)
  }
  const padding = paddingFor(x, filters)
  const room = padding === 'same' ? x : surrounded(x, padding)
  const result = tf.conv3d(
    room as tf.Tensor5D,
    kernel as tf.Tensor5D,
    moves.strides as Triple,
    padding === 'same' ? 'same' : 'valid',
    'NDHWC',
    moves.dilations as Triple,
  )
  return finished(result, filters)
}

function eachGroup(
  x: tf.Tensor,
  filters: Filters,
  groups: number,
  kernels: readonly tf.Tensor[],
): tf.Tensor {
  const biases = filters.bias === null ? null : tf.split(filters.bias, groups)
  const parts = tf.split(x, groups, x.rank - 1).map((part, at) =>
    convolved(part, {
      ...filters,
      kernel: kernels[at] ?? filters.kernel,
      bias: biases?.[at] ?? null,
    }),
  )
  return tf.concat(parts, x.rank - 1)
}

/** @param x [n, ...places, channels] */
function convolved(x: tf.Tensor, filters: Filters): tf.Tensor {
  return x.rank === 4 ? inPlane(x, filters, false) : inSpace(x, filters)
}

/** tfjs has no filters in space that read one channel each. */
function eachChannel(x: tf.Tensor, filters: Filters): tf.Tensor {
  const { kernel } = filters
  const channels = kernel.shape.at(-2) ?? 1
  return eachGroup(x, filters, channels, tf.split(kernel, channels, kernel.rank - 2))
}

function filtersOf(call: Call<'conv' | 'depthwiseConv'>, kernel: tf.Tensor): Filters {
  const { pass, follower, node } = call
  const own = { kernel, moves: movesOf(node.attributes), bias: call.inputs[2] ?? null, follower }
  return withDilations(own, pass.training || isOnTape())
}

/** What kernels of two places are told of a convolution. */
export interface InPlane {
  readonly filter: tf.Tensor4D
  readonly isDepthwise: boolean
  readonly convolution: {
    readonly strides: Pair
    readonly dilations: Pair
    readonly pad: 'same' | 'valid' | ExplicitPadding
    readonly dataFormat: 'NHWC'
  }
}

/** null where it is no single convolution in a plane, of all channels or of each. */
export function inPlaneOf(call: Call<'conv' | 'depthwiseConv'>): InPlane | null {
  const { node } = call
  const [x, filter] = [given(call, 0), given(call, 1)]
  const { spatial } = node.attributes.kernel
  if (spatial.length !== 2 || x.rank !== 4) return null
  if (node.op === 'conv' && node.attributes.groups !== 1) return null
  const isDepthwise = node.op === 'depthwiseConv'
  const sides = isDepthwise && node.attributes.kernel.multiplier === null ? [1] : []
  const filters = filtersOf(call, shaped(filter, [...filter.shape, ...sides]))
  checkRoom(x, filters)
  const { strides, dilations } = filters.moves
  return {
    filter: filters.kernel as tf.Tensor4D,
    isDepthwise,
    convolution: {
      ...{ strides: strides as Pair, dilations: dilations as Pair },
      ...{ pad: padOf(x, filters), dataFormat: 'NHWC' },
    },
  }
}

export const conv: Kernel<'conv'> = (call) => {
  const { kernel: axes, groups } = call.node.attributes
  const places = axes.spatial.length
  const [x, read] = [given(call, 0), given(call, 1)]
  const kernel = shaped(
    read,
    inRows(read.shape.slice(0, places), 1).concat(read.shape.slice(places)),
  )
  return onPictures(x, places, (pictures) => {
    if (groups === 1) return convolved(pictures, filtersOf(call, kernel))
    const [read = 1, made = 1] = kernel.shape.slice(-2)
    if (read === 1 && pictures.rank === 4) {
      const own = tf.reshape(kernel, [...kernel.shape.slice(0, 2), groups, made / groups])
      return inPlane(pictures, filtersOf(call, own), true)
    }
    const filters = filtersOf(call, kernel)
    return eachGroup(
      pictures,
      filters,
      groups,
      tf.split(filters.kernel, groups, filters.kernel.rank - 1),
    )
  })
}

export const depthwiseConv: Kernel<'depthwiseConv'> = (call) => {
  const { kernel: axes } = call.node.attributes
  const places = axes.spatial.length
  const [x, read] = [given(call, 0), given(call, 1)]
  const filters = axes.multiplier === null ? [1] : []
  const sides = inRows(read.shape.slice(0, places), 1)
  const kernel = shaped(read, [...sides, ...read.shape.slice(places), ...filters])
  return onPictures(x, places, (pictures) => {
    const own = filtersOf(call, kernel)
    return pictures.rank === 4 ? inPlane(pictures, own, true) : eachChannel(pictures, own)
  })
}
