import type { Lower, Lowering } from './lowering'
import { NoMeaning } from './node-attributes'

function gather(node: Lowering): readonly string[] {
  node.takes(2)
  return node.add('gather', { axis: 0 }, node.between(0))
}

function gatherAlong(node: Lowering): readonly string[] {
  node.takes(3)
  if (node.attributes.whole('batch_dims', 0) !== 0) throw new NoMeaning('batch_dims')
  return node.add('gather', { axis: node.whole(2) }, node.between(0, 2))
}

function gatherND(node: Lowering): readonly string[] {
  node.takes(2)
  if (node.attributes.whole('batch_dims', 0) !== 0) throw new NoMeaning('batch_dims')
  return node.add('gatherND', {}, node.between(0))
}

/** Backwards along some axes. */
function reverse(node: Lowering): readonly string[] {
  node.takes(2)
  const axes = node.wholes(1)
  const attributes = {
    axes,
    starts: axes.map(() => -1),
    ends: axes.map(() => null),
    steps: axes.map(() => -1),
    squeezed: [],
  }
  return node.add('slice', attributes, [node.input(0)])
}

/** What is taken along one axis. */
interface Cut {
  readonly axis: number
  readonly start: number
  readonly end: number | null
  readonly step: number
  readonly squeezed: boolean
}

function addSlice(node: Lowering, cuts: readonly Cut[]): readonly string[] {
  const attributes = {
    axes: cuts.map(({ axis }) => axis),
    starts: cuts.map(({ start }) => start),
    ends: cuts.map(({ end }) => end),
    steps: cuts.map(({ step }) => step),
    squeezed: cuts.filter(({ squeezed }) => squeezed).map(({ axis }) => axis),
  }
  return node.add('slice', attributes, [node.input(0)])
}

/** Of -1 places: all that are left. */
function slice(node: Lowering): readonly string[] {
  node.takes(3)
  const [begins, sizes] = [node.wholes(1), node.wholes(2)]
  if (begins.length !== sizes.length || begins.some((begin) => begin < 0))
    throw new NoMeaning('begin')
  const cuts = begins.map((start, axis): Cut => {
    const size = sizes[axis] ?? -1
    if (size < -1) throw new NoMeaning('size')
    return { axis, start, end: size === -1 ? null : start + size, step: 1, squeezed: false }
  })
  return addSlice(
    node,
    cuts.filter(({ start, end }) => start !== 0 || end !== null),
  )
}

/** No tensor has more axes, and masks have no more bits. */
const MOST_ENTRIES = 31

/** The slices of Python: `x[1:, ..., None, 3, ::-1]`. */
function stridedSlice(node: Lowering): readonly string[] {
  node.takes(4)
  const [begins, ends, steps] = [node.wholes(1), node.wholes(2), node.wholes(3)]
  const count = begins.length
  if (ends.length !== count || steps.length !== count || count > MOST_ENTRIES)
    throw new NoMeaning('begin')
  const mask = (name: string): ((entry: number) => boolean) => {
    const bits = node.attributes.whole(name, 0)
    return (entry) => ((bits >> entry) & 1) === 1
  }
  const [open, toEnd] = [mask('begin_mask'), mask('end_mask')]
  const [dots, fresh, shrinks] = ['ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'].map(mask)
  if (dots === undefined || fresh === undefined || shrinks === undefined) return []
  const entries = begins.map((_, entry) => entry)
  const [gap = count, ...more] = entries.filter(dots)
  if (more.length > 0) throw new NoMeaning('ellipsis_mask')
  const taken = entries.filter((entry) => entry !== gap && !fresh(entry))
  const kept = entries.filter((entry) => entry !== gap && (fresh(entry) || !shrinks(entry)))
  // Behind the dots axes are counted from the last.
  const place = (list: readonly number[], entry: number): number =>
    list.indexOf(entry) - (entry > gap ? list.length : 0)
  const cuts = taken.map((entry): Cut => {
    const [axis, step = 0] = [place(taken, entry), steps[entry]]
    if (step === 0) throw new NoMeaning('strides')
    if (shrinks(entry)) {
      const start = begins[entry] ?? 0
      if (step < 0) throw new NoMeaning('strides')
      return { axis, start, end: start === -1 ? null : start + 1, step: 1, squeezed: true }
    }
    const start = open(entry) ? (step > 0 ? 0 : -1) : (begins[entry] ?? 0)
    return { axis, start, end: toEnd(entry) ? null : (ends[entry] ?? 0), step, squeezed: false }
  })
  const needed = cuts.filter(({ start, end, step }) => start !== 0 || end !== null || step !== 1)
  const axes = kept.filter(fresh).map((entry) => place(kept, entry))
  if (axes.length === 0) return addSlice(node, needed)
  const from = needed.length === 0 ? [node.input(0)] : addSlice(node, needed)
  return node.add('unsqueeze', { axes }, from)
}

/** Operators that take places of a tensor. */
export const slices: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['Gather', gather],
  ['GatherV2', gatherAlong],
  ['GatherNd', gatherND],
  ['ReverseV2', reverse],
  ['Slice', slice],
  ['StridedSlice', stridedSlice],
])
