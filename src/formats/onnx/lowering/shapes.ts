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

const paddings = ['constant', 'reflect', 'edge', 'wrap'] as const

function pad(node: OnnxLowering): void {
  const said = node.text('mode', 'constant')
  const mode = paddings.find((each) => each === said)
  if (mode === undefined) throw new NoMeaning('mode', said)
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
  if (!Number.isInteger(count)) throw new NoMeaning('pads', String(pads))
  if ([...begin, ...end].every((more) => more >= 0)) {
    node.give('pad', { begin, end, mode, value }, [node.input(0)])
    return
  }
  // Below nothing places are taken away.
  const all = begin.map((_, axis) => axis)
  const cut = {
    ...{ axes: all, starts: begin.map((more) => Math.max(0, -more)) },
    ends: end.map((more) => (more < 0 ? more : null)),
    ...{ steps: ones(rank), squeezed: [] },
  }
  const [before, behind] = [begin, end].map((list) => list.map((more) => Math.max(0, more)))
  const attributes = { begin: before ?? [], end: behind ?? [], mode, value }
  node.give('pad', attributes, [node.step('slice', cut, [node.input(0)])])
}

function ones(count: number): number[] {
  return new Array<number>(count).fill(1)
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

/** What lies above a diagonal, or below it. */
function triangle(node: OnnxLowering): void {
  const [rows, columns] = node.sides(0).slice(-2)
  if (typeof rows !== 'number' || typeof columns !== 'number') throw new NoMeaning('sides')
  const k = node.has(1) ? node.oneNumber(1) : 0
  const isUpper = node.whole('upper', 1) !== 0
  const values = Array.from({ length: rows * columns }, (_, at) => {
    const offset = (at % columns) - Math.floor(at / columns)
    return Number(isUpper ? offset >= k : offset <= k)
  })
  const kept = node.constant(values, [rows, columns], 'bool')
  if (node.type(0) === 'BOOL') node.give('combine', { function: 'And' }, [node.input(0), kept])
  else {
    const none = node.constant([0], [], node.isWhole(0) ? 'int32' : 'float32')
    node.give('where', {}, [kept, node.input(0), none])
  }
}

/** Rows of blocks become channels; CRD: those of one channel stand together. */
function spaceToDepth(node: OnnxLowering): void {
  const block = node.whole('blocksize')
  const mode = node.text('mode', 'DCR')
  if (mode !== 'DCR' && mode !== 'CRD') throw new NoMeaning('mode', mode)
  const perm = mode === 'DCR' ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4]
  const [, channels, height, width] = fixedSides(node)
  const apart = [0, channels, height / block, block, width / block, block]
  const blocks = node.step('reshape', { to: apart }, [node.input(0)])
  const turned = node.step('transpose', { perm }, [blocks])
  const to = [0, channels * block * block, height / block, width / block]
  node.give('reshape', { to }, [turned])
}

/** Channels become rows of blocks; CRD: the blocks of a channel stand together. */
function depthToSpace(node: OnnxLowering): void {
  const block = node.whole('blocksize')
  const mode = node.text('mode', 'DCR')
  if (mode === 'DCR') {
    node.give('depthToSpace', { block, layout: 'channelsFirst' }, [node.input(0)])
    return
  }
  if (mode !== 'CRD') throw new NoMeaning('mode', mode)
  const [, channels, height, width] = fixedSides(node)
  const left = channels / (block * block)
  const blocks = node.step('reshape', { to: [0, left, block, block, height, width] }, [
    node.input(0),
  ])
  const turned = node.step('transpose', { perm: [0, 1, 4, 2, 5, 3] }, [blocks])
  node.give('reshape', { to: [0, left, height * block, width * block] }, [turned])
}

/** Of pictures, but for how many there are. */
function fixedSides(node: OnnxLowering): readonly [number, number, number, number] {
  const [, channels, height, width, ...others] = node.sides(0)
  if (
    typeof channels !== 'number' ||
    typeof height !== 'number' ||
    typeof width !== 'number' ||
    others.length > 0
  )
    throw new NoMeaning('sides')
  return [0, channels, height, width]
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
  ['Expand', expand],
  ['Tile', tile],
  ['Pad', pad],
  ['Shape', shape],
  ['Size', size],
  ['Range', range],
  ['Trilu', triangle],
  ['DepthToSpace', depthToSpace],
  ['SpaceToDepth', spaceToDepth],
])
