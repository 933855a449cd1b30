import { listed } from '../numbers/known-numbers'
import type { NodeOf, OpAttributes, Padding } from '../operators'
import { isOpen, quotient, times } from '../sides/side'
import type { Side, Sides } from '../sides/side'
import { windowPlaces } from '../sides/window-places'
import type { ShapeFacts, ShapeRule } from './shape-rule'

type Sliding = Pick<OpAttributes['conv'], 'strides' | 'dilations' | 'padding' | 'layout'>

/** Further zeros on both sides of a spatial axis; null: as many as keep its places. */
function zerosOf(padding: Padding, at: number): number | null {
  return typeof padding === 'string' ? null : (padding.begin[at] ?? NaN) + (padding.end[at] ?? NaN)
}

/** Places from the first to behind the last that a window reads. */
function reach(window: Side | undefined, dilation = NaN): number | null {
  return typeof window === 'number' ? (window - 1) * dilation + 1 : null
}

interface Along {
  readonly window: Side | undefined
  readonly stride: number | undefined
  readonly dilation: number | undefined
  readonly zeros: { readonly all: number; readonly begin: number } | null
  readonly ceil: boolean
}

/** How often a window fits. */
function fitting(side: Side | undefined, along: Along): Side {
  const { window, stride = NaN, dilation, zeros, ceil } = along
  if (side === undefined || side === null) return null
  if (zeros === null) {
    if (stride === 1) return side
    return isOpen(side) ? quotient(side, stride) : Math.ceil(side / stride)
  }
  const reached = reach(window, dilation)
  if (reached === null) return null
  const further = zeros.all - reached
  if (isOpen(side)) return stride === 1 && further === -1 ? side : null
  const steps = (side + further) / stride
  // Nowhere; a window larger than all there is. One that may reach over the end fits once, where its stride does.
  if (ceil ? steps <= -1 : steps < 0) return NaN
  if (!ceil) return Math.floor(steps) + 1
  const last = Math.ceil(steps)
  return last * stride < side + zeros.begin ? last + 1 : last
}

/** What a window gives: the spatial sides, and channels of their own where it makes some. */
export function slid(
  x: Sides | undefined,
  windows: readonly (Side | undefined)[],
  sliding: Sliding,
  channels: Side | undefined,
  ceil = false,
): Sides | null {
  const { strides, dilations, padding, layout } = sliding
  const places = x === undefined ? null : windowPlaces(x.length, windows.length, layout)
  if (x === undefined || places === null) return null
  const sides = [...x]
  places.spatial.forEach((place, at) => {
    const all = zerosOf(padding, at)
    sides[place] = fitting(x[place], {
      window: windows[at],
      stride: strides[at],
      dilation: dilations[at],
      zeros:
        all === null || typeof padding === 'string'
          ? null
          : { all, begin: padding.begin[at] ?? NaN },
      ceil,
    })
  })
  if (channels !== undefined) sides[places.channel] = channels
  return sides
}

export const convShape: ShapeRule<'conv'> = ({ attributes }, { inputs: [x, kernel] }) => {
  const { spatial, output } = attributes.kernel
  const windows = spatial.map((axis) => kernel?.[axis])
  return [slid(x, windows, attributes, kernel?.[output] ?? null)]
}

export const depthwiseShape: ShapeRule<'depthwiseConv'> = (
  { attributes },
  { inputs: [x, kernel] },
) => {
  const { spatial, channel, multiplier } = attributes.kernel
  const windows = spatial.map((axis) => kernel?.[axis])
  const made = times(kernel?.[channel], multiplier === null ? 1 : kernel?.[multiplier])
  return [slid(x, windows, attributes, made)]
}

export const poolShape: ShapeRule<'pool'> = ({ attributes }, { inputs: [x] }) => [
  slid(x, attributes.window, attributes, undefined, attributes.ceil),
]

/** Spatial sides as the padding gives them, in the order of the kernel's. */
export function spreadSides(
  { attributes }: NodeOf<'transposedConv'>,
  x: Sides,
  kernel: Sides | undefined,
): readonly Side[] | null {
  const { strides, dilations, padding, outputPadding, layout } = attributes
  const { spatial } = attributes.kernel
  return (
    windowPlaces(x.length, spatial.length, layout)?.spatial.map((place, at) => {
      const [side = null, stride = NaN] = [x[place], strides[at]]
      const zeros = zerosOf(padding, at)
      if (zeros === null) return times(side, stride)
      const reached = reach(kernel?.[spatial[at] ?? -1], dilations[at])
      if (reached === null) return null
      const further = reached - stride - zeros + (outputPadding[at] ?? NaN)
      if (isOpen(side)) return further === 0 ? times(side, stride) : null
      return side === null ? null : side * stride + further
    }) ?? null
  )
}

/** The spatial sides among all sides that a fourth input says. */
export function askedSides(
  { attributes }: NodeOf<'transposedConv'>,
  rank: number,
  asked: Sides | undefined,
): readonly Side[] | null {
  const places = windowPlaces(rank, attributes.kernel.spatial.length, attributes.layout)
  return places?.spatial.map((place) => asked?.[place] ?? null) ?? null
}

export const transposedShape: ShapeRule<'transposedConv'> = (node, facts) => {
  const { kernel: axes, layout, output, groups } = node.attributes
  const { inputs, numbers } = facts
  const [x, kernel] = inputs
  const places = x === undefined ? null : windowPlaces(x.length, axes.spatial.length, layout)
  if (x === undefined || places === null) return [null]
  const made =
    output ??
    (node.inputs[3] === undefined || node.inputs[3] === null
      ? spreadSides(node, x, kernel)
      : askedSides(node, x.length, listed(numbers[3])))
  const sides = [...x]
  places.spatial.forEach((place, at) => {
    sides[place] = made?.[at] ?? null
  })
  sides[places.channel] = times(kernel?.[axes.output], groups)
  return [sides]
}

function resized(node: NodeOf<'resize'>, at: number, side: Side, facts: ShapeFacts): Side {
  const { to } = node.attributes
  if (to === null) return listed(facts.numbers[1])?.[at] ?? null
  return 'sides' in to ? (to.sides[at] ?? NaN) : times(side, to.factors[at] ?? NaN)
}

export const resizeShape: ShapeRule<'resize'> = (node, facts) => {
  const [x] = facts.inputs
  const { to, layout } = node.attributes
  if (x === undefined) return [null]
  const list = to === null ? null : 'sides' in to ? to.sides : to.factors
  const count = list?.length ?? listed(facts.numbers[1])?.length ?? x.length - 2
  const places = windowPlaces(x.length, count, layout)
  if (places === null) return [null]
  const sides = [...x]
  places.spatial.forEach((place, at) => {
    sides[place] = resized(node, at, x[place] ?? null, facts)
  })
  return [sides]
}

export const depthToSpaceShape: ShapeRule<'depthToSpace'> = (
  { attributes: { block, layout } },
  { inputs: [x] },
) => {
  const places = x === undefined ? null : windowPlaces(x.length, 2, layout)
  if (x === undefined || places === null) return [null]
  const sides = [...x]
  for (const place of places.spatial) sides[place] = times(x[place], block)
  const channels = x[places.channel] ?? null
  const left = quotient(channels, block * block)
  sides[places.channel] = left === null && typeof channels === 'number' ? NaN : left
  return [sides]
}
