import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import { computedType } from '../computed-type'
import type { OnnxType } from '../onnx-model'
import type { Lower, OnnxLowering } from './onnx-lowering'

/** Ends that lie farther away than any side mean the very end. */
const FAR = 2 ** 31 - 1
/** A range that is longer counts nothing of a model. */
const MOST_STEPS = 2 ** 24

function reshape(node: OnnxLowering): void {
  const to = node.version < 5 ? node.wholes('shape') : node.said(1)
  // A side of nothing, which no sample has.
  if (node.whole('allowzero', 0) !== 0 && to?.includes(0) === true) throw new NoMeaning('allowzero')
  if (to === null) node.give('reshape', { to }, [node.input(0), node.input(1)])
  else if (to.filter((side) => side === -1).length > 1 || to.some((side) => side < -1))
    throw new NoMeaning('shape')
  else node.give('reshape', { to }, [node.input(0)])
}

/** To a matrix: axes before this one are its rows. */
function flatten(node: OnnxLowering): void {
  const axis = node.whole('axis', 1)
  if (axis === 1) node.give('reshape', { to: [0, -1] }, [node.input(0)])
  else if (axis === 0) node.give('reshape', { to: [1, -1] }, [node.input(0)])
  else {
    const rank = node.rank(0)
    const first = axis < 0 ? axis + rank : axis
    const rest = node.sides(0).slice(first)
    const columns = rest.reduce<number>((all, side) => {
      if (typeof side !== 'number') throw new NoMeaning('axis')
      return all * side
    }, 1)
    node.give('reshape', { to: [-1, columns] }, [node.input(0)])
  }
}

/** Axes in an attribute before version 13, then in an input. */
function axesOf(node: OnnxLowering): readonly number[] | null {
  if (node.version < 13) return node.hasAttribute('axes') ? node.wholes('axes') : null
  return node.has(1) ? node.numbers(1) : null
}

function squeeze(node: OnnxLowering): void {
  node.give('squeeze', { axes: axesOf(node) }, [node.input(0)])
}

function unsqueeze(node: OnnxLowering): void {
  const axes = axesOf(node) ?? []
  if (axes.length === 0) throw new NoMeaning('axes')
  const isCounted = axes.every((axis) => axis >= 0)
  const rank = isCounted ? 0 : node.rank(0) + axes.length
  const places = isCounted ? axes : axes.map((axis) => node.axis(axis, rank))
  node.give('unsqueeze', { axes: places }, [node.input(0)])
}

function transpose(node: OnnxLowering): void {
  const perm = node.hasAttribute('perm')
    ? node.wholes('perm')
    : Array.from({ length: node.rank(0) }, (_, axis) => axis).toReversed()
  const seen = new Set(perm.filter((axis) => axis >= 0 && axis < perm.length))
  if (seen.size !== perm.length) throw new NoMeaning('perm')
  node.give('transpose', { perm }, [node.input(0)])
}

function concat(node: OnnxLowering): void {
  const inputs = node.every()
  if (inputs.length === 1) node.give('identity', {}, inputs)
  // Up to opset 3 the axis could be left out.
  else node.give('concat', { axis: node.whole('axis', node.version < 4 ? 1 : undefined) }, inputs)
}

function split(node: OnnxLowering): void {
  const axis = node.whole('axis', 0)
  const said = node.version < 13 ? attributeSizes(node) : node.has(1) ? node.numbers(1) : null
  const count = node.outputs
  const sizes = said ?? evenSizes(node, axis, node.whole('num_outputs', count))
  if (sizes !== null && sizes.length !== count) throw new NoMeaning('split')
  node.give('split', { axis, sizes, squeeze: false }, [node.input(0)], count)
}

function attributeSizes(node: OnnxLowering): readonly number[] | null {
  return node.hasAttribute('split') ? node.wholes('split') : null
}

/** Equal parts, the last one smaller where it does not come out; null: they are equal for sure. */
function evenSizes(node: OnnxLowering, axis: number, count: number): readonly number[] | null {
  if (count !== node.outputs) throw new NoMeaning('num_outputs')
  if (!node.hasAttribute('num_outputs')) return null
  const side = node.side(0, axis)
  if (side === null) return null
  const each = Math.ceil(side / count)
  return Array.from({ length: count }, (_, at) => Math.max(0, Math.min(each, side - at * each)))
}

function slice(node: OnnxLowering): void {
  const isOld = node.version < 10
  const starts = isOld ? node.wholes('starts') : node.numbers(1)
  const ends = isOld ? node.wholes('ends') : node.numbers(2)
  const all = starts.map((_, at) => at)
  const axes = isOld ? node.wholes('axes', all) : node.has(3) ? node.numbers(3) : all
  const steps = !isOld && node.has(4) ? node.numbers(4) : starts.map(() => 1)
  if ([ends, axes, steps].some(({ length }) => length !== starts.length) || steps.includes(0))
    throw new NoMeaning('slice')
  const attributes = {
    axes,
    starts: starts.map((start) => Math.max(-FAR, Math.min(FAR, start))),
    ends: ends.map((end) => (Math.abs(end) >= FAR ? null : end)),
    steps,
    squeezed: [],
  }
  // To before the first place going backwards, or to the very end going on: all else that is far is nothing.
  const isEmpty = ends.some((end, at) => Math.abs(end) >= FAR && end > 0 !== (steps[at] ?? 1) > 0)
  if (isEmpty) throw new NoMeaning('ends')
  node.give('slice', attributes, [node.input(0)])
}

/** Places count from the last one where they are negative. */
function gather(node: OnnxLowering): void {
  const axis = node.whole('axis', 0)
  const known = node.known(1)
  const said = node.said(1)
  const isFromFirst = said?.every((place) => place >= 0) === true || isUnsigned(node, 1)
  if (known === null || said === null || isFromFirst) {
    const attributes = isFromFirst ? { axis } : { axis, fromEnd: true }
    node.give('gather', attributes, [node.input(0), node.input(1)])
    return
  }
  const side = node.side(0, axis)
  if (side === null) throw new NoMeaning('indices')
  const places = said.map((place) => (place < 0 ? place + side : place))
  node.give('gather', { axis }, [node.input(0), node.constant(places, known.shape, 'int32')])
}

function isUnsigned(node: OnnxLowering, place: number): boolean {
  return /^U/.test(node.type(place) ?? '')
}

function gatherND(node: OnnxLowering): void {
  const batch = node.whole('batch_dims', 0)
  if (batch !== 0) throw new NoMeaning('batch_dims', String(batch))
  const isFromFirst = node.said(1)?.every((place) => place >= 0) === true
  node.give('gatherND', isFromFirst ? {} : { fromEnd: true }, [node.input(0), node.input(1)])
}

function expand(node: OnnxLowering): void {
  const to = node.said(1)
  node.give('expand', { to }, to === null ? [node.input(0), node.input(1)] : [node.input(0)])
}

function tile(node: OnnxLowering): void {
  const repeats = node.said(1)
  node.give(
    'tile',
    { repeats },
    repeats === null ? [node.input(0), node.input(1)] : [node.input(0)],
  )
}

function pad(node: OnnxLowering): void {
  const mode = node.text('mode', 'constant')
  if (mode !== 'constant' && mode !== 'reflect') throw new NoMeaning('mode')
  const isOld = node.version < 11
  const pads = isOld ? node.wholes('pads') : node.numbers(1)
  const value = isOld ? node.number('value', 0) : node.has(2) ? node.oneNumber(2) : 0
  const count = pads.length / 2
  const axes = node.has(3) ? node.numbers(3) : null
  const rank = axes === null ? count : node.rank(0)
  const begin = new Array<number>(rank).fill(0)
  const end = new Array<number>(rank).fill(0)
  for (let at = 0; at < count; at++) {
    const axis = axes === null ? at : node.axis(axes[at] ?? NaN, rank)
    begin[axis] = pads[at] ?? 0
    end[axis] = pads[count + at] ?? 0
  }
  const isShorter = [...begin, ...end].some((more) => more < 0)
  if (isShorter || !Number.isInteger(count)) throw new NoMeaning('pads')
  node.give('pad', { begin, end, mode, value }, [node.input(0)])
}

function shape(node: OnnxLowering): void {
  if (!node.hasAttribute('start') && !node.hasAttribute('end')) {
    node.give('shape', {}, [node.input(0)])
    return
  }
  const end = node.hasAttribute('end') ? node.whole('end') : null
  const part = {
    axes: [0],
    starts: [node.whole('start', 0)],
    ends: [end],
    steps: [1],
    squeezed: [],
  }
  node.give('slice', part, [node.step('shape', {}, [node.input(0)])])
}

function size(node: OnnxLowering): void {
  const product = { function: 'Prod' as const, axes: null, keepDims: false }
  node.give('reduce', product, [node.step('shape', {}, [node.input(0)])])
}

/** @param value what its attribute holds; null: a zero of float32 */
export function filled(
  node: OnnxLowering,
  value: { readonly number: number; readonly type: OnnxType } | null,
): void {
  const dtype = value === null ? 'float32' : computedType(value.type)
  if (dtype === null) throw new NoMeaning('value')
  const constant = node.constant([value?.number ?? 0], [], dtype)
  const to = node.said(0)
  const isPlain = to !== null && to.every((side) => side > 0)
  node.give('fill', { to: isPlain ? to : null }, [isPlain ? null : node.input(0), constant])
}

function range(node: OnnxLowering): void {
  const [start, limit, step] = [0, 1, 2].map((place) => node.said(place)?.[0])
  const isKnown = start !== undefined && limit !== undefined && step !== undefined
  if (isKnown && !((limit - start) / step <= MOST_STEPS)) throw new NoMeaning('limit')
  node.give('range', {}, [node.input(0), node.input(1), node.input(2)])
}

function oneHot(node: OnnxLowering): void {
  const [off = NaN, on = NaN] = node.numbers(2)
  const known = node.known(2)
  if (node.whole('axis', -1) !== -1 || known === null) throw new NoMeaning('axis')
  const depth = node.oneNumber(1)
  if (known.dtype !== 'float32') {
    node.give('oneHot', { depth, on, off, dtype: known.dtype }, [node.input(0)])
    return
  }
  // The kernel of WebAssembly writes whole numbers where real ones are wanted.
  const ones = node.step('oneHot', { depth, on: 1, off: 0, dtype: 'int32' }, [node.input(0)])
  const real = node.step('cast', { to: 'float32' }, [ones])
  node.give('unary', { function: 'Affine', scale: on - off, offset: off }, [real])
}

function depthToSpace(node: OnnxLowering): void {
  if (node.text('mode', 'DCR') !== 'DCR') throw new NoMeaning('mode')
  const block = node.whole('blocksize')
  node.give('depthToSpace', { block, layout: 'channelsFirst' }, [node.input(0)])
}

/** Spatial sides by whole factors, or to sides that are known. */
function resize(node: OnnxLowering): void {
  const isOld = node.version < 11
  const mode = node.text('mode', 'nearest')
  const coordinates = isOld
    ? 'asymmetric'
    : node.text('coordinate_transformation_mode', 'half_pixel')
  const nearest = node.text('nearest_mode', isOld ? 'floor' : 'round_prefer_floor')
  if (node.whole('antialias', 0) !== 0 || node.hasAttribute('axes')) throw new NoMeaning('axes')
  const to = isOld ? factorsOf(node, node.version < 9 ? null : 1) : sidesOf(node)
  // Alone there it differs where one place is left.
  if (coordinates === 'pytorch_half_pixel' && 'sides' in to && to.sides.includes(1))
    throw new NoMeaning('coordinate_transformation_mode')
  const settings = waysOf(mode, coordinates, nearest, 'factors' in to)
  node.give('resize', { to, layout: 'channelsFirst', ...settings }, [node.input(0)])
}

type Target = { readonly factors: readonly number[] } | { readonly sides: readonly number[] }

function factorsOf(
  node: OnnxLowering,
  place: number | null,
): { readonly factors: readonly number[] } {
  const [batch = NaN, channels = NaN, ...factors] =
    place === null ? node.numbersOf('scales') : node.numbers(place)
  const isWhole = factors.every((factor) => Number.isInteger(factor) && factor >= 1)
  if (batch !== 1 || channels !== 1 || !isWhole || factors.length !== 2)
    throw new NoMeaning('scales')
  return { factors }
}

function sidesOf(node: OnnxLowering): Target {
  if (!node.has(3)) return factorsOf(node, 2)
  const sides = node.numbers(3).slice(2)
  if (sides.length !== 2 || node.rank(0) !== 4) throw new NoMeaning('sizes')
  const factors = sides.map((side, at) => side / (node.side(0, 2 + at) ?? NaN))
  return factors.every((factor) => Number.isInteger(factor) && factor >= 1)
    ? { factors }
    : { sides }
}

/** By whole factors no place lies in the middle of two, so that it does not matter which of them is preferred. */
function waysOf(mode: string, coordinates: string, nearest: string, isByFactors: boolean) {
  if (mode === 'nearest') {
    if (coordinates === 'asymmetric' && nearest === 'floor')
      return { mode: 'nearest', coordinates: 'asymmetric' } as const
    const isHalf = coordinates === 'half_pixel' || coordinates === 'pytorch_half_pixel'
    const isNearest =
      nearest === 'round_prefer_ceil' || (nearest === 'round_prefer_floor' && isByFactors)
    if (isHalf && isNearest) return { mode: 'nearest', coordinates: 'halfPixel' } as const
    throw new NoMeaning('nearest_mode')
  }
  if (mode !== 'linear') throw new NoMeaning('mode')
  switch (coordinates) {
    case 'half_pixel':
    case 'pytorch_half_pixel':
      return { mode: 'linear', coordinates: 'halfPixel' } as const
    case 'asymmetric':
      return { mode: 'linear', coordinates: 'asymmetric' } as const
    case 'align_corners':
      return { mode: 'linear', coordinates: 'alignCorners' } as const
    default:
      throw new NoMeaning('coordinate_transformation_mode')
  }
}

export const shapes: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['Reshape', reshape],
  ['Flatten', flatten],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
  ['Transpose', transpose],
  ['Concat', concat],
  ['Split', split],
  ['Slice', slice],
  ['Gather', gather],
  ['GatherND', gatherND],
  ['Expand', expand],
  ['Tile', tile],
  ['Pad', pad],
  ['Shape', shape],
  ['Size', size],
  ['Range', range],
  ['OneHot', oneHot],
  ['DepthToSpace', depthToSpace],
  ['Resize', resize],
  ['Upsample', resize],
])
