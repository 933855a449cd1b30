import type { Lower, Lowering } from './lowering'
import { NoMeaning } from './node-attributes'

/** Shapes that are put together of more numbers are none. */
const MOST_AXES = 32

function identity(node: Lowering): readonly string[] {
  const [value = ''] = node.add('identity', {}, [node.input(0)])
  const elements = node.elements(0)
  if (elements !== null) node.remember(value, elements)
  return [value]
}

const handedOn: Lower = (node) => {
  node.takes(1)
  return identity(node)
}

/** The shape beside it is only checked. */
const ensured: Lower = (node) => {
  if (node.count > 2) throw new NoMeaning('inputs')
  return identity(node)
}

/** tfjs leaves the range beside it alone. */
const quantizedByNobody: Lower = (node) => {
  node.takes(3)
  return identity(node)
}

const eachHandedOn: Lower = (node) =>
  node.between(0).map((input) => node.one('identity', {}, [input]))

function shape(node: Lowering): readonly string[] {
  node.takes(1)
  return node.add('shape', {}, [node.input(0)])
}

const eachShape: Lower = (node) => node.between(0).map((input) => node.one('shape', {}, [input]))

function size(node: Lowering): readonly string[] {
  const product = { function: 'Prod' as const, axes: null, keepDims: false }
  return node.add('reduce', product, shape(node))
}

/** The one side of a shape is its rank. */
function rank(node: Lowering): readonly string[] {
  return node.add('squeeze', { axes: [0] }, [node.one('shape', {}, shape(node))])
}

/** In TensorFlow 0 is a side without a place; in a graph it is the side of the input. */
function said(node: Lowering, place: number, least: number): readonly number[] | null {
  const to = node.saidWholes(place)
  if (to === null) return null
  if (to.some((side) => side < least)) throw new NoMeaning('shape')
  return to.includes(0) ? null : to
}

function reshape(node: Lowering): readonly string[] {
  node.takes(2)
  const to = said(node, 1, -1)
  if ((to ?? []).filter((side) => side === -1).length > 1) throw new NoMeaning('shape')
  const [value = ''] = node.add('reshape', { to }, node.between(0, to === null ? 2 : 1))
  if (to !== null) node.rememberSides(value, to)
  return [value]
}

/** Sides of one follow those of the input in a graph, and broadcast to the same. */
function broadcast(node: Lowering): readonly string[] {
  node.takes(2)
  const to = said(node, 1, 0)
  return node.add('expand', { to }, node.between(0, to === null ? 2 : 1))
}

function fill(node: Lowering): readonly string[] {
  node.takes(2)
  const to = said(node, 0, 0)
  return node.add('fill', { to }, [to === null ? node.input(0) : null, node.input(1)])
}

function filledWith(number: number): Lower {
  return (node) => {
    node.takes(1)
    const value = node.constant(number, node.attributes.dtype('T', 'float32'))
    const to = said(node, 0, 0)
    return node.add('fill', { to }, [to === null ? node.input(0) : null, value])
  }
}

function filledLike(number: number): Lower {
  return (node) => {
    const value = node.constant(number, node.attributes.dtype('T', 'float32'))
    return node.add('fill', { to: null }, [...shape(node), value])
  }
}

function range(node: Lowering): readonly string[] {
  node.takes(3)
  return node.add('range', {}, node.between(0))
}

function squeeze(node: Lowering): readonly string[] {
  node.takes(1)
  const axes = node.attributes.wholes('axis', node.attributes.wholes('squeeze_dims', []))
  return node.add('squeeze', { axes: axes.length === 0 ? null : axes }, [node.input(0)])
}

function expandDims(node: Lowering): readonly string[] {
  node.takes(2)
  return node.add('unsqueeze', { axes: [node.whole(1)] }, [node.input(0)])
}

function transpose(node: Lowering): readonly string[] {
  node.takes(2)
  const perm = node.wholes(1)
  const seen = new Set(perm.filter((axis) => axis >= 0 && axis < perm.length))
  if (seen.size !== perm.length) throw new NoMeaning('perm')
  return node.add('transpose', { perm }, [node.input(0)])
}

function concat(axisPlace: 'first' | 'last'): Lower {
  return (node) => {
    const parts = node.count - 1
    // What tfjs takes where it is not said.
    if (node.attributes.whole('N', 2) !== parts) throw new NoMeaning('N')
    const axis = node.whole(axisPlace === 'first' ? 0 : parts)
    const inputs = axisPlace === 'first' ? node.between(1) : node.between(0, parts)
    return node.add('concat', { axis }, inputs)
  }
}

/** Shapes are often put together of numbers, some of which are computed. */
function stack(node: Lowering): readonly string[] {
  const axis = node.attributes.whole('axis', 0)
  const inputs = node.between(0)
  const [value = ''] = node.add('stack', { axis }, inputs)
  if (axis === 0 && inputs.length <= MOST_AXES) {
    const sides = inputs.map((_, place) => {
      const elements = node.elements(place)
      return elements?.length === 1 ? (elements[0] ?? null) : null
    })
    if (sides.some((side) => side !== null)) node.remember(value, sides)
  }
  return [value]
}

function split(node: Lowering): readonly string[] {
  node.takes(2)
  const attributes = { axis: node.whole(0), sizes: null, squeeze: false }
  return node.add('split', attributes, [node.input(1)], node.attributes.whole('num_split'))
}

function splitInSizes(node: Lowering): readonly string[] {
  node.takes(3)
  const sizes = node.wholes(1)
  if (sizes.some((part) => part < 0)) throw new NoMeaning('sizes')
  const attributes = { axis: node.whole(2), sizes, squeeze: false }
  return node.add('split', attributes, [node.input(0)], sizes.length)
}

function unstack(node: Lowering): readonly string[] {
  node.takes(1)
  const attributes = { axis: node.attributes.whole('axis', 0), sizes: null, squeeze: true }
  return node.add('split', attributes, [node.input(0)], node.attributes.whole('num'))
}

function tile(node: Lowering): readonly string[] {
  node.takes(2)
  const repeats = said(node, 1, 1)
  return node.add('tile', { repeats }, node.between(0, repeats === null ? 2 : 1))
}

/** What TensorFlow writes as a matrix of two columns. */
function pad(mode: (node: Lowering) => 'constant' | 'reflect' | 'symmetric', count: number): Lower {
  return (node) => {
    node.takes(count)
    const both = node.wholes(1)
    const begin = both.filter((_, index) => index % 2 === 0)
    const end = both.filter((_, index) => index % 2 === 1)
    if (begin.length !== end.length || both.some((places) => places < 0))
      throw new NoMeaning('paddings')
    const value = count === 3 ? node.number(2) : 0
    return node.add('pad', { begin, end, mode: mode(node), value }, [node.input(0)])
  }
}

function mirror(node: Lowering): 'reflect' | 'symmetric' {
  const mode = node.attributes.word('mode')
  if (mode === 'reflect' || mode === 'symmetric') return mode
  throw new NoMeaning('mode')
}

/** Operators that move elements or say their shape. */
export const shapes: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ...['Identity', 'StopGradient', 'Snapshot', 'PlaceholderWithDefault'].map(
    (op) => [op, handedOn] as const,
  ),
  ['EnsureShape', ensured],
  ['FakeQuantWithMinMaxVars', quantizedByNobody],
  ['IdentityN', eachHandedOn],
  ['Shape', shape],
  ['ShapeN', eachShape],
  ['Size', size],
  ['Rank', rank],
  ['Reshape', reshape],
  ['BroadcastTo', broadcast],
  ['Fill', fill],
  ['Zeros', filledWith(0)],
  ['Ones', filledWith(1)],
  ['ZerosLike', filledLike(0)],
  ['OnesLike', filledLike(1)],
  ['Range', range],
  ['Squeeze', squeeze],
  ['ExpandDims', expandDims],
  ['Transpose', transpose],
  ['Concat', concat('first')],
  ['ConcatV2', concat('last')],
  ['Pack', stack],
  ['Unpack', unstack],
  ['Split', split],
  ['SplitV', splitInSizes],
  ['Tile', tile],
  ['Pad', pad(() => 'constant', 2)],
  ['PadV2', pad(() => 'constant', 3)],
  ['MirrorPad', pad(mirror, 2)],
])
