import type { KernelAxes, Layout } from '../../../graph/operators'
import { samePadding } from '../../tfjs-files/same-padding'
import { activated } from './activations'
import { NotExact } from './lowered-call'
import type { Flowing, LoweredCall } from './lowered-call'
import { layout, number, padding, repeated, whole } from './settings'

function sliding(call: LoweredCall, places: number, same: typeof samePadding) {
  const { config } = call
  const dilations = config.sizes('dilation_rate', places, 1)
  const sides = config.sizes('kernel_size', places)
  // No place reads what comes after it; the repair lets it through for Keras alone.
  const isCausal = config.object['padding'] === 'causal'
  return {
    strides: config.sizes('strides', places, 1),
    dilations,
    padding: isCausal
      ? {
          begin: sides.map((side, at) => (side - 1) * (dilations[at] ?? 1)),
          end: repeated(0, places),
        }
      : padding(config, places, same),
    layout: layout(config),
  }
}

/** [...sides, in, out] */
function kernelAxes(places: number): KernelAxes {
  return { spatial: axesUpTo(places), input: places, output: places + 1 }
}

function axesUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, axis) => axis)
}

function kernelAndBias(call: LoweredCall, kernel: string): [string | null, string | null] {
  return [call.weight(kernel), call.weight('bias')]
}

export function dense(call: LoweredCall): Flowing {
  const product = { transposeA: false, transposeB: false }
  const inputs = [call.x, ...kernelAndBias(call, 'kernel')]
  return activated(call, call.node('matMul', product, inputs))
}

export function convolution(places: number, same = samePadding) {
  return (call: LoweredCall): Flowing => {
    const window = sliding(call, places, same)
    const groups = number(call.config, 'groups', 1)
    const attributes = { ...window, kernel: kernelAxes(places), groups }
    return activated(
      call,
      call.node('conv', attributes, [call.x, ...kernelAndBias(call, 'kernel')]),
    )
  }
}

/** Of channels first tfjs turns what goes in, and forgets to turn back what comes out. */
export function convolution1d(call: LoweredCall): Flowing {
  if (layout(call.config) === 'channelsLast') return convolution(1)(call)
  const last = call.lead + 1
  const perm = [...axesUpTo(call.lead), last, last - 1]
  const x = call.node('transpose', { perm }, [call.x])
  const window = { ...sliding(call, 1, samePadding), layout: 'channelsLast' } as const
  const attributes = { ...window, kernel: kernelAxes(1), groups: 1 }
  return activated(call, call.node('conv', attributes, [x, ...kernelAndBias(call, 'kernel')]))
}

/**
 * [...sides, out, in] What goes in is spread by the strides. There are side * stride places, and where the padding is
 * valid as many more as the window reaches over; a stride beyond the window leaves places that nothing reaches, of
 * TensorFlow.js in three dimensions with the same padding on both sides of each. Further places and dilations only files
 * of Keras have.
 */
export function transposedConvolution(places: number, same = samePadding) {
  return (call: LoweredCall): Flowing => {
    const { config } = call
    const strides = config.sizes('strides', places, 1)
    const dilations = config.sizes('dilation_rate', places, 1)
    const sides = config
      .sizes('kernel_size', places)
      .map((side, at) => 1 + (side - 1) * (dilations[at] ?? 1))
    const kind = padding(config, places, same)
    const isCentred = kind === 'sameCentred'
    const isCut = typeof kind === 'string'
    const further = config.has('output_padding') ? furtherPlaces(call, places) : null
    const over = sides.map((side, at) => {
      const beyond = side - (strides[at] ?? 1)
      if (further === null || !isCut) return isCentred ? beyond : Math.max(0, beyond)
      const both = 2 * Math.floor(side / 2) - (further[at] ?? 0)
      if (both < 0) throw new NotExact('output_padding')
      return both
    })
    const attributes = {
      strides,
      dilations,
      padding: {
        begin: over.map((side) => (isCut ? Math.floor(side / 2) : 0)),
        end: over.map((side) => (isCut ? Math.ceil(side / 2) : 0)),
      },
      layout: layout(config),
      kernel: { spatial: axesUpTo(places), input: places + 1, output: places },
      groups: 1,
      outputPadding: sides.map((side, at) => {
        if (further !== null) return isCut ? 0 : (further[at] ?? 0)
        return isCentred ? 0 : Math.max(0, (strides[at] ?? 1) - side)
      }),
      output: null,
    }
    const inputs = [call.x, ...kernelAndBias(call, 'kernel')]
    return activated(call, call.node('transposedConv', attributes, inputs))
  }
}

function furtherPlaces({ config }: LoweredCall, places: number): number[] {
  const given = whole(config, 'output_padding', [0])
  const [first = 0] = given
  return given.length === 1 ? repeated(first, places) : given
}

/** [...sides, channels, filters of each] */
function depthwiseAxes(places: number) {
  return { spatial: axesUpTo(places), channel: places, multiplier: places + 1 }
}

/** Only files of Keras dilate it: the repair refuses others. */
export function depthwise(places: number) {
  return (call: LoweredCall): Flowing => {
    const attributes = { ...sliding(call, places, samePadding), kernel: depthwiseAxes(places) }
    const inputs = [call.x, ...kernelAndBias(call, 'depthwise_kernel')]
    return activated(call, call.node('depthwiseConv', attributes, inputs))
  }
}

/** Of channels first a softmax of TensorFlow.js runs over the channels, and its bias goes along the rows. */
export function separable(places: number, isStock = true) {
  return (call: LoweredCall): Flowing => {
    const window = sliding(call, places, samePadding)
    const [depthwiseKernel, bias] = kernelAndBias(call, 'depthwise_kernel')
    const ofRows = isStock && window.layout === 'channelsFirst' ? bias : null
    const deep = call.node('depthwiseConv', { ...window, kernel: depthwiseAxes(places) }, [
      call.x,
      depthwiseKernel,
    ])
    const points = {
      ...still(places),
      layout: window.layout,
      kernel: kernelAxes(places),
      groups: 1,
    }
    const inputs = [deep, call.weight('pointwise_kernel'), ofRows === null ? bias : null]
    const wide = call.node('conv', points, inputs)
    const summed = ofRows === null ? wide : withBiasOfRows(call, wide, ofRows)
    return isStock
      ? activated(call, summed, channelAxis(call, window.layout))
      : activated(call, summed)
  }
}

/**
 * Of channels first tfjs adds the bias along the rows, of which there have to be as many as filters. So none of these can
 * go: a stretch to what is there already says that.
 */
function withBiasOfRows(call: LoweredCall, x: Flowing, bias: string): Flowing {
  const stretched = call.node('expand', { to: repeated(1, x.rank) }, [x])
  const column = call.node('unsqueeze', { axes: [1] }, [bias], 2)
  return call.node('combine', { function: 'Add' }, [stretched, column], x.rank)
}

/** A window of one place, moved by one. */
function still(places: number) {
  const zeros = repeated(0, places)
  return {
    strides: repeated(1, places),
    dilations: repeated(1, places),
    padding: { begin: zeros, end: zeros },
  }
}

function channelAxis(call: LoweredCall, at: Layout): number {
  return at === 'channelsFirst' ? call.lead : call.x.rank - 1
}
