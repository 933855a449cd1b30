import type { Combining, Reducing } from '../../../graph/operators'
import type { ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import { behind, fixedSide, fromStart, sideOf, whole } from './counted-places'
import { placesInList } from './gathering'
import type { Lower, OnnxLowering } from './onnx-lowering'
import { giveReshapedLike } from './reshaped'

/** Operators that put numbers at places which another value says, or say such places. */

interface Scattered {
  /** Rows that are written, what lies in a row behind their number. */
  readonly rows: ValueName
  readonly row: readonly number[]
  /** One for each row of the updates. */
  readonly places: ValueName
  readonly updates: ValueName
}

/** What several numbers for one place come to, and what changes nothing. */
const reductions: ReadonlyMap<
  string,
  { readonly combine: Combining; readonly reduce: Reducing; readonly none: readonly number[] }
> = new Map([
  ['mul', { combine: 'Mul', reduce: 'Prod', none: [1, 1] }],
  ['max', { combine: 'Max', reduce: 'Max', none: [-Infinity, -(2 ** 31)] }],
  ['min', { combine: 'Min', reduce: 'Min', none: [Infinity, 2 ** 31 - 1] }],
])

/** Numbers that are made to compare every update with every place. */
const MOST = 2 ** 24

function scattered(node: OnnxLowering, { places, row, rows, updates }: Scattered): ValueName {
  const name = node.version < 16 ? 'none' : node.text('reduction', 'none')
  if (name === 'none') return node.step('scatter', { function: 'Replace' }, [rows, places, updates])
  if (name === 'add') return node.step('scatter', { function: 'Add' }, [rows, places, updates])
  const found = reductions.get(name)
  const [depth, count] = [fixedSide(node, rows, 0), fixedSide(node, places, 0)]
  if (found === undefined) throw new NoMeaning('reduction', name)
  if (row.reduce((all, side) => all * side, depth * count) > MOST)
    throw new NoMeaning('reduction', `${name}, ${String(depth)} x ${String(count)}`)
  const isWhole = node.isWhole(0)
  const ones = { depth, on: 1, off: 0, dtype: 'int32' } as const
  const isHere = node.step('cast', { to: 'bool' }, [node.step('oneHot', ones, [places])])
  const behindRow = row.map((_, at) => 2 + at)
  const here = row.length === 0 ? isHere : node.step('unsqueeze', { axes: behindRow }, [isHere])
  const each = node.step('unsqueeze', { axes: [1] }, [updates])
  const none = node.constant([found.none[isWhole ? 1 : 0] ?? 0], [], isWhole ? 'int32' : 'float32')
  const all = node.step('where', {}, [here, each, none])
  const one = { function: found.reduce, axes: [0], keepDims: false }
  return node.step('combine', { function: found.combine }, [rows, node.step('reduce', one, [all])])
}

/** Rows of the first axes, of which the last axis of the indices says the place along each. */
function scatterND(node: OnnxLowering): void {
  const [x, indices] = [node.input(0), node.input(1)]
  const depth = fixedSide(node, indices, -1)
  const sides = node.sides(0)
  if (depth > sides.length || depth < 1) throw new NoMeaning('rank')
  const row = behind(node, x, depth)
  const said = node.step('cast', { to: 'int32' }, [indices])
  const strides = sides.slice(0, depth).map((_, axis) =>
    sides.slice(axis + 1, depth).reduce<number>((all, side) => {
      if (typeof side !== 'number') throw new NoMeaning('sides')
      return all * side
    }, 1),
  )
  const parts = strides.map((stride, axis) => {
    const cut = { axes: [-1], starts: [axis], ends: [axis + 1], steps: [1], squeezed: [] }
    const own = depth === 1 ? said : node.step('slice', cut, [said])
    const place = fromStart(node, own, sideOf(node, x, axis))
    return stride === 1
      ? place
      : node.step('combine', { function: 'Mul' }, [place, whole(node, stride)])
  })
  const flat = parts.reduce((a, b) => node.step('combine', { function: 'Add' }, [a, b]))
  const result = scattered(node, {
    rows: node.step('reshape', { to: [-1, ...row] }, [x]),
    row,
    places: node.step('reshape', { to: [-1] }, [flat]),
    updates: node.step('reshape', { to: [-1, ...row] }, [node.input(2)]),
  })
  giveReshapedLike(node, result, x)
}

/** Single numbers, one for each of the indices, which say their place along one axis. */
function scatterElements(node: OnnxLowering): void {
  const flat = placesInList(node)
  const [rows, places, updates] = [node.input(0), flat, node.input(2)].map((value) =>
    node.step('reshape', { to: [-1] }, [value]),
  )
  const result = scattered(node, {
    ...{ rows: rows ?? '', row: [] },
    ...{ places: places ?? '', updates: updates ?? '' },
  })
  giveReshapedLike(node, result, node.input(0))
}

function nonMaxSuppression(node: OnnxLowering): void {
  const centered = node.whole('center_point_box', 0) !== 0
  const inputs = [0, 1, 2, 3, 4].map((place) => node.optional(place))
  node.give('nonMaxSuppression', { centered }, inputs)
}

/** How many places are not zero is known where the numbers are. */
function nonZero(node: OnnxLowering): void {
  const values = node.numbers(0)
  const sides = behind(node, node.input(0), 0)
  const found = values.flatMap((value, at) => (value === 0 ? [] : [at]))
  const strides = sides.map((_, axis) => sides.slice(axis + 1).reduce((all, side) => all * side, 1))
  const places = strides.flatMap((stride, axis) =>
    found.map((at) => Math.floor(at / stride) % (sides[axis] ?? 1)),
  )
  if (found.length === 0) throw new NoMeaning('numbers')
  node.giveConstant(places, [sides.length, found.length], 'int32')
}

export const scattering: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['ScatterND', scatterND],
  ['ScatterElements', scatterElements],
  ['Scatter', scatterElements],
  ['NonMaxSuppression', nonMaxSuppression],
  ['NonZero', nonZero],
])
