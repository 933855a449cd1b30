import type { Combining, Reducing, Unary } from '../../../graph/operators'
import type { ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import { behind, counted, whole } from './counted-places'
import type { Lower, OnnxLowering } from './onnx-lowering'

/** Operators that read pictures between their places. */

/** Along one axis: a place, as a real number without a fraction, and its share. */
interface Tap {
  readonly place: ValueName
  readonly share: ValueName | null
}

interface Sampled {
  /** Channels of one place each, of all samples one after the other. */
  readonly rows: ValueName
  /** Which sample is read, stretching over what the taps have. */
  readonly sample: ValueName
  /** By axis, that which lies together last. */
  readonly taps: readonly (readonly Tap[])[]
  readonly sides: readonly number[]
}

function two(node: OnnxLowering, name: Combining, a: ValueName, b: ValueName): ValueName {
  return node.step('combine', { function: name }, [a, b])
}

function one(node: OnnxLowering, x: ValueName, own: Unary): ValueName {
  return node.step('unary', own, [x])
}

function affine(node: OnnxLowering, x: ValueName, scale: number, offset: number): ValueName {
  return one(node, x, { function: 'Affine', scale, offset })
}

function real(node: OnnxLowering, value: number): ValueName {
  return node.constant([value], [], 'float32')
}

/** One row of channels for each place of each sample. */
function inRows(node: OnnxLowering): { readonly rows: ValueName; readonly sides: number[] } {
  const [channels = 0, ...sides] = behind(node, node.input(0), 1)
  const places = sides.map((_, at) => at + 2)
  const last = node.step('transpose', { perm: [0, ...places, 1] }, [node.input(0)])
  return { rows: node.step('reshape', { to: [-1, channels] }, [last]), sides }
}

/** What the places of a product of taps come to, each already weighed by its share. */
function readings(node: OnnxLowering, { rows, sample, sides, taps }: Sampled): ValueName[] {
  const strides = sides.map((_, axis) => sides.slice(axis + 1).reduce((all, side) => all * side, 1))
  const all = strides.reduce((most, stride, at) => Math.max(most, stride * (sides[at] ?? 1)), 1)
  const first = two(node, 'Mul', sample, whole(node, all))
  const own = taps.map((each, axis) =>
    each.map(({ place, share }) => {
      const index = node.step('cast', { to: 'int32' }, [place])
      const stride = strides[axis] ?? 1
      return { share, index: stride === 1 ? index : two(node, 'Mul', index, whole(node, stride)) }
    }),
  )
  const both = own.reduce((before, each) =>
    before.flatMap((a) =>
      each.map((b) => ({
        index: two(node, 'Add', a.index, b.index),
        share: a.share === null || b.share === null ? null : two(node, 'Mul', a.share, b.share),
      })),
    ),
  )
  return both.map(({ index, share }) => {
    const read = node.step('gather', { axis: 0 }, [rows, two(node, 'Add', first, index)])
    return share === null
      ? read
      : two(node, 'Mul', read, node.step('unsqueeze', { axes: [-1] }, [share]))
  })
}

function summed(node: OnnxLowering, parts: readonly ValueName[]): ValueName {
  return parts.reduce((sum, part) => two(node, 'Add', sum, part))
}

type Outside = 'zeros' | 'border' | 'reflection'

interface Along {
  readonly side: number
  readonly isAligned: boolean
  readonly outside: Outside
}

/** Back inside from either end, as often as it takes. */
function reflected(node: OnnxLowering, x: ValueName, { isAligned, side }: Along): ValueName {
  const [least, reach] = isAligned ? [0, side - 1] : [-0.5, side]
  if (reach === 0) return affine(node, x, 0, least)
  const from = affine(node, x, 1, -least)
  const times = one(node, affine(node, from, 1 / (2 * reach), 0), { function: 'Floor' })
  const left = two(node, 'Sub', from, affine(node, times, 2 * reach, 0))
  const fold = one(node, affine(node, left, 1, -reach), { function: 'Abs' })
  return affine(node, fold, -1, reach + least)
}

function inside(node: OnnxLowering, x: ValueName, side: number): ValueName {
  return one(node, x, { function: 'Clip', least: 0, most: side - 1 })
}

/** The curve of Keys by the distance from the place before, for the four around it. */
const CUBIC = -0.75
const curves: readonly (readonly [number, number, number, number])[] = [
  [0, CUBIC, -2 * CUBIC, CUBIC],
  [1, 0, -(CUBIC + 3), CUBIC + 2],
  [0, -CUBIC, 2 * CUBIC + 3, -(CUBIC + 2)],
  [0, 0, CUBIC, -CUBIC],
]

function polynomial(
  node: OnnxLowering,
  x: ValueName,
  [a, b, c, d]: readonly [number, number, number, number],
): ValueName {
  const inner = two(node, 'Mul', affine(node, x, d, c), x)
  return affine(node, two(node, 'Mul', affine(node, inner, 1, b), x), 1, a)
}

/** A place of a grid as places of the picture, and how much of each. */
function tapsAlong(node: OnnxLowering, at: ValueName, mode: string, along: Along): Tap[] {
  const { isAligned, outside, side } = along
  const scale = isAligned ? (side - 1) / 2 : side / 2
  const said = affine(node, at, scale, (side - 1) / 2)
  const place = mode === 'nearest' ? one(node, said, { function: 'Round' }) : said
  const within =
    outside === 'reflection'
      ? reflected(node, place, along)
      : outside === 'border' && mode === 'linear'
        ? inside(node, place, side)
        : outside === 'border'
          ? kept(node, place, along)
          : place
  if (mode === 'nearest') return [fetched(node, within, null, along)]
  const before = one(node, within, { function: 'Floor' })
  const rest = two(node, 'Sub', within, before)
  if (mode === 'linear')
    return [affine(node, rest, -1, 1), rest].map((share, offset) =>
      fetched(node, affine(node, before, 1, offset), share, along),
    )
  return curves.map((curve, offset) =>
    fetched(node, affine(node, before, 1, offset - 1), polynomial(node, rest, curve), along),
  )
}

/** Inside the border of the picture, which lies half a place beyond its outermost places, it stays where it is. */
function kept(node: OnnxLowering, place: ValueName, { isAligned, side }: Along): ValueName {
  const [least, most] = isAligned ? [0, side - 1] : [-0.5, side - 0.5]
  const [isBelow, isAbove] = [
    two(node, 'Less', place, real(node, least)),
    two(node, 'Greater', place, real(node, most)),
  ]
  const clipped = inside(node, place, side)
  return node.step('where', {}, [two(node, 'Or', isBelow, isAbove), clipped, place])
}

/** A place that may lie outside, as one inside; of nothing there is no share. */
function fetched(node: OnnxLowering, place: ValueName, share: ValueName | null, along: Along): Tap {
  const { outside, side } = along
  const back =
    outside === 'reflection'
      ? one(node, reflected(node, place, along), { function: 'Round' })
      : place
  const own = inside(node, back, side)
  if (outside !== 'zeros') return { place: own, share }
  const isInside = node.step('cast', { to: 'float32' }, [two(node, 'Equal', own, place)])
  return { place: own, share: share === null ? isInside : two(node, 'Mul', share, isInside) }
}

const modes: ReadonlyMap<string, string> = new Map([
  ...([
    ['bilinear', 'linear'],
    ['bicubic', 'cubic'],
  ] as const),
  ...(['linear', 'cubic', 'nearest'] as const).map((mode) => [mode, mode] as const),
])

const outsides: readonly Outside[] = ['zeros', 'border', 'reflection']

/** A picture read at the places that another value says, -1 to 1 from end to end. */
function gridSample(node: OnnxLowering): void {
  const said = node.text('mode', node.version < 20 ? 'bilinear' : 'linear')
  const mode = modes.get(said)
  if (mode === undefined) throw new NoMeaning('mode', said)
  const padding = node.text('padding_mode', 'zeros')
  const outside = outsides.find((each) => each === padding)
  if (outside === undefined) throw new NoMeaning('padding_mode', padding)
  const isAligned = node.whole('align_corners', 0) !== 0
  const { rows, sides } = inRows(node)
  const grid = node.input(1)
  const rank = node.rank(1)
  if (rank !== sides.length + 2) throw new NoMeaning('rank', String(rank))
  const taps = sides.map((side, axis) => {
    const last = sides.length - 1 - axis
    const cut = { axes: [-1], starts: [last], ends: [last + 1], steps: [1], squeezed: [-1] }
    const at = node.step('slice', cut, [grid])
    return tapsAlong(node, at, mode, { side, isAligned, outside })
  })
  const sample = counted(node, grid, 0, rank - 1)
  const read = summed(node, readings(node, { rows, sample, taps, sides }))
  const places = sides.map((_, at) => at + 1)
  node.give('transpose', { perm: [0, rank - 1, ...places] }, [read])
}

/** From one end of a region to the other: the middle of each part of each place. */
function pointsAlong(
  node: OnnxLowering,
  [start, end]: readonly [ValueName, ValueName],
  places: number,
  parts: number,
): ValueName {
  const isHalf = node.version >= 16 && ofRegion(node) === 'half_pixel'
  const scale = node.number('spatial_scale', 1)
  const [from, to] = [start, end].map((x) => affine(node, x, scale, isHalf ? -0.5 : 0))
  const size = two(node, 'Sub', to ?? '', from ?? '')
  // A region that is none has one place.
  const own = isHalf ? size : one(node, size, { function: 'Clip', least: 1, most: null })
  const count = places * parts
  const middles = Array.from({ length: count }, (_, at) => (at + 0.5) / count)
  const shares = node.constant(middles, [1, count], 'float32')
  return two(node, 'Add', from ?? '', two(node, 'Mul', own, shares))
}

function ofRegion(node: OnnxLowering): string {
  const said = node.text('coordinate_transformation_mode', 'half_pixel')
  if (said !== 'half_pixel' && said !== 'output_half_pixel')
    throw new NoMeaning('coordinate_transformation_mode', said)
  return said
}

/** The two places around each point; of what lies beyond the picture by more than a place there is nothing. */
function aroundPoints(
  node: OnnxLowering,
  points: ValueName,
  side: number,
  axis: number,
): readonly Tap[] {
  const isIn = two(
    node,
    'And',
    two(node, 'GreaterOrEqual', points, real(node, -1)),
    two(node, 'LessOrEqual', points, real(node, side)),
  )
  const counts = node.step('cast', { to: 'float32' }, [isIn])
  const at = inside(node, points, side)
  const before = one(node, at, { function: 'Floor' })
  const rest = two(node, 'Sub', at, before)
  const next = inside(node, affine(node, before, 1, 1), side)
  // The other axis has one place here.
  const wide = (value: ValueName): ValueName => node.step('unsqueeze', { axes: [axis] }, [value])
  return [
    { place: wide(before), share: wide(two(node, 'Mul', counts, affine(node, rest, -1, 1))) },
    { place: wide(next), share: wide(two(node, 'Mul', counts, rest)) },
  ]
}

/** Regions of pictures, each of them as a picture of the same sides. */
function regions(node: OnnxLowering): void {
  const [height, width] = [node.whole('output_height', 1), node.whole('output_width', 1)]
  const parts = node.whole('sampling_ratio', 0)
  // As many as a region has places: another number for each.
  if (parts < 1) throw new NoMeaning('sampling_ratio', '0')
  const mode = node.text('mode', 'avg')
  if (mode !== 'avg' && mode !== 'max') throw new NoMeaning('mode', mode)
  if (node.rank(0) !== 4) throw new NoMeaning('rank', String(node.rank(0)))
  const { rows, sides } = inRows(node)
  const column = (at: number): ValueName =>
    node.step('slice', { axes: [1], starts: [at], ends: [at + 1], steps: [1], squeezed: [] }, [
      node.input(1),
    ])
  const down = pointsAlong(node, [column(1), column(3)], height, parts)
  const right = pointsAlong(node, [column(0), column(2)], width, parts)
  const [rowSide = 1, columnSide = 1] = sides
  const taps = [aroundPoints(node, down, rowSide, 2), aroundPoints(node, right, columnSide, 1)]
  const said = node.step('cast', { to: 'int32' }, [node.input(2)])
  const sample = node.step('reshape', { to: [-1, 1, 1] }, [said])
  const each = readings(node, { rows, sample, taps, sides })
  const isMost = mode === 'max'
  const read = isMost ? node.step('combine', { function: 'Max' }, each) : summed(node, each)
  const [channels = 0] = behind(node, node.input(0), 1)
  const apart = node.step('reshape', { to: [0, height, parts, width, parts, channels] }, [read])
  const over: Reducing = isMost ? 'Max' : 'Mean'
  const pooled = node.step('reduce', { function: over, axes: [2, 4], keepDims: false }, [apart])
  node.give('transpose', { perm: [0, 3, 1, 2] }, [pooled])
}

export const sampling: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['GridSample', gridSample],
  ['RoiAlign', regions],
])
