import type { Shape } from '../graph/values'
import { fromFront, handsOn } from './channel-effect'
import type { ChannelRule, Channels, Marked } from './channel-effect'
import { channelAxis } from './kernel-rules'
import { combined } from './element-rules'

type Moving =
  | ('pool' | 'reduce' | 'resize' | 'reshape' | 'squeeze' | 'unsqueeze' | 'transpose')
  | ('pad' | 'slice' | 'split' | 'concat' | 'tile')

/** What moves values, or sums them up, without weights. */
export const movingRules = {
  pool: (node, { inputs: [mark = null], shapeOf }) => {
    const { layout, window } = node.attributes
    const axis = channelAxis(layout, window.length, shapeOf(node.inputs[0]))
    return mark === null || mark.axis === axis ? handsOn(node, mark) : null
  },

  resize: (node, { inputs: [mark = null], shapeOf }) => {
    const shape = shapeOf(node.inputs[0])
    const axis = channelAxis(node.attributes.layout, (shape?.length ?? 4) - 2, shape)
    return mark === null || mark.axis === axis ? handsOn(node, mark) : null
  },

  reduce: (node, { inputs: [mark = null], shapeOf }) => {
    if (mark === null) return handsOn(node, null)
    const { axes, keepDims } = node.attributes
    const gone = axes?.map((axis) => fromFront(axis, shapeOf(node.inputs[0]))) ?? [null]
    if (gone.includes(null) || gone.includes(mark.axis)) return null
    return handsOn(node, keepDims ? mark : moved(mark, gone))
  },

  squeeze: (node, { inputs: [mark = null], shapeOf }) => {
    if (mark === null) return handsOn(node, null)
    const shape = shapeOf(node.inputs[0])
    const { axes } = node.attributes
    const gone = axes?.map((axis) => fromFront(axis, shape)) ??
      shape?.flatMap((side, at) => (side === 1 ? [at] : [])) ?? [null]
    if (gone.includes(null) || gone.includes(mark.axis)) return null
    return handsOn(node, moved(mark, gone))
  },

  unsqueeze: (node, { inputs: [mark = null], shapeOf }) => {
    if (mark === null) return handsOn(node, null)
    const given = shapeOf(node.inputs[0])
    const { axes } = node.attributes
    const rank = given === undefined ? null : given.length + axes.length
    if (rank === null) return null
    const fresh = axes.map((axis) => (axis < 0 ? axis + rank : axis))
    const old = Array.from({ length: rank }, (_, at) => at).filter((at) => !fresh.includes(at))
    const axis = old[mark.axis]
    return axis === undefined ? null : handsOn(node, { ...mark, axis })
  },

  transpose: (node, { inputs: [mark = null] }) => {
    if (mark === null) return handsOn(node, null)
    const axis = node.attributes.perm.indexOf(mark.axis)
    return axis < 0 ? null : handsOn(node, { ...mark, axis })
  },

  reshape: (node, { inputs: [mark = null], shapeOf }) => {
    if (mark === null) return handsOn(node, null)
    const reshaped = inShape(mark, shapeOf(node.inputs[0]), shapeOf(node.outputs[0]))
    // Sides that the graph computes by itself nobody can change.
    return reshaped === null || node.attributes.to === null ? null : handsOn(node, reshaped)
  },

  pad: (node, { inputs: [mark = null] }) => {
    const { begin, end } = node.attributes
    if (mark !== null && (begin[mark.axis] !== 0 || end[mark.axis] !== 0)) return null
    return handsOn(node, mark)
  },

  tile: (node, { inputs: [mark = null] }) =>
    mark === null || node.attributes.repeats?.[mark.axis] === 1 ? handsOn(node, mark) : null,

  slice: (node, { inputs: [mark = null], shapeOf }) => {
    if (mark === null) return handsOn(node, null)
    const shape = shapeOf(node.inputs[0])
    const { axes, squeezed } = node.attributes
    const cut = axes.map((axis) => fromFront(axis, shape))
    const gone = squeezed.map((axis) => fromFront(axis, shape))
    if ([...cut, ...gone].includes(null) || cut.includes(mark.axis) || gone.includes(mark.axis))
      return null
    return handsOn(node, moved(mark, gone))
  },

  split: (node, { inputs: [mark = null], shapeOf }) => {
    if (mark === null) return handsOn(node, null)
    const axis = fromFront(node.attributes.axis, shapeOf(node.inputs[0]))
    if (axis === null || axis === mark.axis) return null
    return handsOn(node, node.attributes.squeeze ? moved(mark, [axis]) : mark)
  },

  concat: (node, facts) => {
    const { inputs, shapeOf } = facts
    if (inputs.every((mark) => mark === null)) return handsOn(node, null)
    const axis = fromFront(node.attributes.axis, shapeOf(node.inputs[0]))
    const known = inputs.filter((mark) => mark !== null)
    const [first] = known
    if (axis === null || first === undefined || known.length !== inputs.length) return null
    if (known.some((mark) => mark.axis !== first.axis)) return null
    if (first.axis !== axis) return combined(node, facts)
    return handsOn(node, { axis, channels: known.flatMap(({ channels }) => channels) })
  },
} satisfies { [Op in Moving]: ChannelRule<Op> }

/** The mark where these axes are gone. */
function moved(mark: Marked, gone: readonly (number | null)[]): Marked {
  const before = gone.filter((axis) => axis !== null && axis < mark.axis).length
  return { ...mark, axis: mark.axis - before }
}

/**
 * Where channels lie after their values were put into another shape: along an axis at whose every place all values
 * are of one channel.
 * @returns null where there is no such axis
 */
function inShape(
  { axis, channels }: Marked,
  before: Shape | undefined,
  after: Shape | undefined,
): Marked | null {
  const inner = product(before?.slice(axis + 1))
  if (inner === null || after === undefined) return null
  const count = channels.length
  for (let at = after.length - 1; at >= 0; at--) {
    const side = after[at] ?? null
    const run = product(after.slice(at + 1))
    if (run === null || side === null) return null
    // One place in `after` must not reach into the next channel, and all channels must come round in it.
    if (inner % run !== 0) continue
    const places = inner / run
    if (side % (count * places) !== 0) continue
    const marks: Channels = Array.from(
      { length: side },
      (_, place) => channels[Math.floor(place / places) % count] ?? 0,
    )
    return { axis: at, channels: marks }
  }
  return null
}

function product(sides: Shape | undefined): number | null {
  return (sides ?? [null]).reduce<number | null>(
    (all, side) => (all === null || side === null ? null : all * side),
    1,
  )
}
