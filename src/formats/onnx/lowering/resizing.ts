import type { OpAttributes } from '../../../graph/operators'
import { isSame } from '../../../graph/sides/side'
import type { Side, Sides } from '../../../graph/sides/side'
import type { ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import type { Lower, OnnxLowering } from './onnx-lowering'
import { tapsOf } from './resizing-taps'
import type { Axis, Ways } from './resizing-taps'

type Target = NonNullable<OpAttributes['resize']['to']>

function waysOf(node: OnnxLowering): Ways {
  const isOld = node.version < 11
  return {
    mode: node.text('mode', 'nearest'),
    coordinates: isOld ? 'asymmetric' : node.text('coordinate_transformation_mode', 'half_pixel'),
    nearest: node.text('nearest_mode', isOld ? 'floor' : 'round_prefer_floor'),
    cubic: node.number('cubic_coeff_a', -0.75),
    excludesOutside: node.whole('exclude_outside', 0) !== 0,
    antialias: node.whole('antialias', 0) !== 0,
  }
}

/** Which of its inputs says by how much, and which to what; versions differ. */
function placesOf({ version }: OnnxLowering): { readonly scales: number; readonly sizes: number } {
  return version < 11 ? { scales: 1, sizes: -1 } : { scales: 2, sizes: 3 }
}

function scalesOf(node: OnnxLowering): readonly number[] | null {
  if (node.version < 9) return node.numbersOf('scales')
  const { scales, sizes } = placesOf(node)
  if (sizes >= 0 && node.has(sizes)) return null
  return node.numbers(scales)
}

/** Spatial sides of pictures by whole factors, or to sides; null where it is something else. */
function plainTarget(node: OnnxLowering, ways: Ways): Target | 'computed' | null {
  const isOther = ways.antialias || ways.excludesOutside || node.hasAttribute('axes')
  const isStretched = node.text('keep_aspect_ratio_policy', 'stretch') === 'stretch'
  if (isOther || !isStretched || node.rank(0) !== 4) return null
  const isFactor = (each: number): boolean => Number.isInteger(each) && each >= 1
  const scales = scalesOf(node)
  if (scales !== null) {
    const [batch, channels, ...factors] = scales
    const isPlain = batch === 1 && channels === 1 && factors.length === 2 && factors.every(isFactor)
    return isPlain ? { factors } : null
  }
  const [batch, channels, ...sides] = sizesOf(node)
  if (sides.length !== 2 || !isKept(node, 0, batch) || !isKept(node, 1, channels)) return null
  const numbers = sides.filter((side) => typeof side === 'number')
  if (numbers.length < 2) return 'computed'
  const factors = numbers.map((side, at) => side / (node.side(0, 2 + at) ?? NaN))
  return factors.every(isFactor) ? { factors } : { sides: numbers }
}

/** What a file asks for, as far as it is known before the graph runs: numbers, and sides that are open. */
function sizesOf(node: OnnxLowering): Sides {
  const { sizes } = placesOf(node)
  return node.known(sizes)?.values ?? node.sides(0).map(() => null)
}

function isKept(node: OnnxLowering, axis: number, size: Side | undefined): boolean {
  return isSame(size, node.sides(0)[axis])
}

/** By whole factors no place lies in the middle of two, so that it does not matter which of them is preferred. */
function plainWays({ mode, coordinates, nearest }: Ways, to: Target | 'computed') {
  const isHalf = coordinates === 'half_pixel' || coordinates === 'pytorch_half_pixel'
  const isByFactors = to !== 'computed' && 'factors' in to
  // Alone there it differs where one place is left, which nobody computes sizes for.
  const isOne = to !== 'computed' && 'sides' in to && to.sides.includes(1)
  if (coordinates === 'pytorch_half_pixel' && isOne) return null
  if (mode === 'nearest') {
    if (coordinates === 'asymmetric' && nearest === 'floor')
      return { mode: 'nearest', coordinates: 'asymmetric' } as const
    const isNearest =
      nearest === 'round_prefer_ceil' || (nearest === 'round_prefer_floor' && isByFactors)
    return isHalf && isNearest ? ({ mode: 'nearest', coordinates: 'halfPixel' } as const) : null
  }
  if (mode !== 'linear') return null
  if (isHalf) return { mode: 'linear', coordinates: 'halfPixel' } as const
  if (coordinates === 'asymmetric') return { mode: 'linear', coordinates: 'asymmetric' } as const
  return coordinates === 'align_corners'
    ? ({ mode: 'linear', coordinates: 'alignCorners' } as const)
    : null
}

function resize(node: OnnxLowering): void {
  node.isReal(0)
  const ways = waysOf(node)
  const to = plainTarget(node, ways)
  const own = to === null ? null : plainWays(ways, to)
  if (to === 'computed' && own !== null) {
    const spatial = { axes: [0], starts: [2], ends: [4], steps: [1], squeezed: [] }
    const sizes = node.step('slice', spatial, [node.input(placesOf(node).sizes)])
    const asked = node.step('cast', { to: 'int32' }, [sizes])
    node.give('resize', { to: null, layout: 'channelsFirst', ...own }, [node.input(0), asked])
    return
  }
  if (to !== null && to !== 'computed' && own !== null) {
    node.give('resize', { to, layout: 'channelsFirst', ...own }, [node.input(0)])
    return
  }
  const resized = axesOf(node).reduce(
    (value, axis) => along(node, value, axis, ways),
    node.input(0),
  )
  node.give('identity', {}, [resized])
}

/** Sizes along these axes; one that is open is that of the axis, which keeps it. */
function askedSizes(node: OnnxLowering, axes: readonly number[]): readonly number[] {
  const sizes = node.known(placesOf(node).sizes)?.values ?? []
  return sizes.map((size, at) => {
    if (typeof size === 'number') return size
    if (isKept(node, axes[at] ?? NaN, size)) return NaN
    throw new NoMeaning('sizes')
  })
}

/** Axes whose places change, whose sides have to be known. */
function axesOf(node: OnnxLowering): readonly Axis[] {
  const rank = node.rank(0)
  const named = node.hasAttribute('axes')
    ? node.wholes('axes').map((axis) => node.axis(axis, rank))
    : Array.from({ length: rank }, (_, axis) => axis)
  const scales = scalesOf(node)
  const asked = scales ?? askedSizes(node, named)
  if (asked.length !== named.length) throw new NoMeaning('scales', String(asked))
  const sides = named.map((axis) => node.side(0, axis))
  const kept = keptScale(node, asked, sides)
  return named.flatMap((axis, at): readonly Axis[] => {
    const [own = NaN, side = null] = [asked[at], sides[at]]
    if (Number.isNaN(own) || own === (scales === null ? side : 1)) return []
    if (side === null || !(own > 0)) throw new NoMeaning('sides')
    if (scales !== null) return [{ axis, side, scale: own, to: Math.floor(side * own) }]
    return kept === null
      ? [{ axis, side, scale: own / side, to: own }]
      : [{ axis, side, scale: kept, to: Math.round(kept * side) }]
  })
}

/** By one factor, so that nothing grows larger, or smaller, than the sizes say; null: each side by its own. */
function keptScale(
  node: OnnxLowering,
  sizes: readonly number[],
  sides: readonly (number | null)[],
): number | null {
  const policy = node.text('keep_aspect_ratio_policy', 'stretch')
  if (policy === 'stretch' || scalesOf(node) !== null) return null
  const factors = sizes.map((size, at) => size / (sides[at] ?? NaN))
  if (factors.some((factor) => Number.isNaN(factor))) throw new NoMeaning('sizes')
  if (policy === 'not_larger') return Math.min(...factors)
  if (policy === 'not_smaller') return Math.max(...factors)
  throw new NoMeaning('keep_aspect_ratio_policy', policy)
}

/** Each new place is a sum of old ones, which share it. */
function along(node: OnnxLowering, value: ValueName, axis: Axis, ways: Ways): ValueName {
  const taps = tapsOf(axis, ways)
  if (taps === null) throw new NoMeaning('mode', `${ways.mode}, ${ways.coordinates}`)
  const rank = node.rank(0)
  const parts = taps.map(({ places, shares }) => {
    const indices = node.constant(places, [places.length], 'int32')
    const taken = node.step('gather', { axis: axis.axis }, [value, indices])
    if (shares === null) return taken
    const shape = Array.from({ length: rank }, (_, at) => (at === axis.axis ? axis.to : 1))
    const weights = node.constant(shares, shape, 'float32')
    return node.step('combine', { function: 'Mul' }, [taken, weights])
  })
  return parts.reduce((sum, part) => node.step('combine', { function: 'Add' }, [sum, part]))
}

export const resizing: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['Resize', resize],
  ['Upsample', resize],
])
