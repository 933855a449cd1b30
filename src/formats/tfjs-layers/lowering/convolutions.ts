import type { KernelAxes, Layout } from '../../../graph/operators'
import { activated } from './activations'
import type { Flowing, LoweredCall } from './lowered-call'
import { layout, padding, repeated } from './settings'

function sliding(call: LoweredCall, places: number) {
  const { config } = call
  const strides = config.sizes('strides', places, 1)
  return {
    strides,
    dilations: config.sizes('dilation_rate', places, 1),
    padding: padding(config, places),
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

export function convolution(places: number) {
  return (call: LoweredCall): Flowing => {
    const window = sliding(call, places)
    const attributes = { ...window, kernel: kernelAxes(places), groups: 1 }
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
  const window = { ...sliding(call, 1), layout: 'channelsLast' } as const
  const attributes = { ...window, kernel: kernelAxes(1), groups: 1 }
  return activated(call, call.node('conv', attributes, [x, ...kernelAndBias(call, 'kernel')]))
}

/**
 * [...sides, out, in] What goes in is spread by the strides. tfjs gives side * stride places, and where the padding is
 * valid as many more as the window reaches over; a stride beyond the window leaves places that nothing reaches, in three
 * dimensions with the same padding on both sides of each.
 */
export function transposedConvolution(places: number) {
  return (call: LoweredCall): Flowing => {
    const { config } = call
    const strides = config.sizes('strides', places, 1)
    const sides = config.sizes('kernel_size', places)
    const kind = padding(config, places)
    const isCentred = kind === 'sameCentred'
    const over = sides.map((side, at) => {
      const beyond = side - (strides[at] ?? 1)
      return isCentred ? beyond : Math.max(0, beyond)
    })
    const isCut = typeof kind === 'string'
    const attributes = {
      strides,
      dilations: repeated(1, places),
      padding: {
        begin: over.map((side) => (isCut ? Math.floor(side / 2) : 0)),
        end: over.map((side) => (isCut ? Math.ceil(side / 2) : 0)),
      },
      layout: layout(config),
      kernel: { spatial: axesUpTo(places), input: places + 1, output: places },
      groups: 1,
      outputPadding: sides.map((side, at) =>
        isCentred ? 0 : Math.max(0, (strides[at] ?? 1) - side),
      ),
      output: null,
    }
    const inputs = [call.x, ...kernelAndBias(call, 'kernel')]
    return activated(call, call.node('transposedConv', attributes, inputs))
  }
}

/** [h, w, channels, filters of each] */
const depthwiseAxes = { spatial: [0, 1], channel: 2, multiplier: 3 } as const

/** tfjs does not dilate it. */
export function depthwise(call: LoweredCall): Flowing {
  const attributes = { ...sliding(call, 2), dilations: [1, 1], kernel: depthwiseAxes }
  const inputs = [call.x, ...kernelAndBias(call, 'depthwise_kernel')]
  return activated(call, call.node('depthwiseConv', attributes, inputs))
}

/** Of channels first a softmax runs over the channels. */
export function separable(call: LoweredCall): Flowing {
  const window = sliding(call, 2)
  const [depthwiseKernel, bias] = kernelAndBias(call, 'depthwise_kernel')
  const ofRows = window.layout === 'channelsFirst' ? bias : null
  const deep = call.node('depthwiseConv', { ...window, kernel: depthwiseAxes }, [
    call.x,
    depthwiseKernel,
  ])
  const points = {
    ...still(2),
    layout: window.layout,
    kernel: kernelAxes(2),
    groups: 1,
  }
  const inputs = [deep, call.weight('pointwise_kernel'), ofRows === null ? bias : null]
  const wide = call.node('conv', points, inputs)
  const summed = ofRows === null ? wide : withBiasOfRows(call, wide, ofRows)
  return activated(call, summed, channelAxis(call, window.layout))
}

/**
 * Of channels first tfjs adds the bias along the rows, of which there have to be as many as filters. So none of these can
 * go: a stretch to what is there already says that.
 */
function withBiasOfRows(call: LoweredCall, x: Flowing, bias: string): Flowing {
  const whole = call.node('expand', { to: repeated(1, x.rank) }, [x])
  const column = call.node('unsqueeze', { axes: [1] }, [bias], 2)
  return call.node('combine', { function: 'Add' }, [whole, column], x.rank)
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
