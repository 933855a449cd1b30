import type { OnnxWriter, Wire } from './onnx-writer'
import { fixed, positive, upTo } from '../../../graph-writing/not-writable'
import { combined, withNumber } from './write-combining'
import { reduced } from './write-reductions'
import { real, whole } from './written-attributes'
import { realInput, realOption } from './writing'
import type { Write } from './writing'

/** Along the axes of the value that these numbers are of. */
function along(net: OnnxWriter, numbers: Wire, x: Wire, axes: readonly number[]): Wire {
  const { length } = x.sides
  const behind = upTo(length).slice(length - axes.length)
  // Where they are the last ones the numbers stretch by themselves.
  if (numbers.sides.length === axes.length && axes.every((axis, at) => axis === behind[at]))
    return numbers
  const own = [...numbers.sides]
  return net.reshape(
    numbers,
    x.sides.map((_, axis) => (axes.includes(axis) ? (own.shift() ?? 1) : 1)),
  )
}

interface Normal {
  /** x - mean */
  readonly apart: Wire
  readonly variance: Wire
  readonly scale: Wire | null
  readonly offset: Wire | null
}

/** (x - mean) * factor + offset: a product of large numbers first would lose what is left of their difference. */
function spread(net: OnnxWriter, { apart, variance, scale, offset }: Normal, epsilon: number) {
  const root = net.one('Sqrt', [withNumber(net, 'Add', variance, epsilon)])
  const steady = net.one('Reciprocal', [root])
  const factor = scale === null ? steady : combined(net, 'Mul', steady, scale)
  const result = combined(net, 'Mul', apart, factor)
  return offset === null ? result : combined(net, 'Add', result, offset)
}

function alike(net: OnnxWriter, like: Wire, value: number): Wire {
  const count = fixed(like.sides[0])
  return net.constant(new Array<number>(count).fill(value), [count], 'float32')
}

export const batchNormalization: Write<'batchNormalization'> = (writing) => {
  const { net, node } = writing
  const { epsilon } = node.attributes
  const x = realInput(writing, 0)
  const axis = positive(node.attributes.axis, x.sides.length)
  const [scale, offset] = [realOption(writing, 1), realOption(writing, 2)]
  const [mean, variance] = [realInput(writing, 3), realInput(writing, 4)]
  // ONNX takes the second axis for channels.
  if (axis === 1) {
    const inputs = [x, scale ?? alike(net, mean, 1), offset ?? alike(net, mean, 0), mean, variance]
    return net.node('BatchNormalization', inputs, { epsilon: real(epsilon) }, x)
  }
  const ofAxis = (numbers: Wire): Wire => along(net, numbers, x, [axis])
  const normal = {
    apart: combined(net, 'Sub', x, ofAxis(mean)),
    variance: ofAxis(variance),
    scale: scale && ofAxis(scale),
    offset: offset && ofAxis(offset),
  }
  return spread(net, normal, epsilon)
}

export const layerNormalization: Write<'layerNormalization'> = (writing) => {
  const { net, node } = writing
  const { epsilon } = node.attributes
  const x = realInput(writing, 0)
  const rank = x.sides.length
  const axes = node.attributes.axes.map((axis) => positive(axis, rank)).toSorted((a, b) => a - b)
  const [scale, offset] = [realOption(writing, 1), realOption(writing, 2)]
  const sides = axes.map((axis) => x.sides[axis] ?? null)
  const isLast = axes.every((axis, at) => axis === rank - axes.length + at)
  const isOwn = (numbers: Wire | null): boolean =>
    numbers === null || numbers.sides.every((side, at) => side === sides[at])
  const isKnown = sides.every((side) => typeof side === 'number')
  if (isLast && isOwn(scale) && isOwn(offset) && isKnown) {
    const shape = sides.map(fixed)
    const count = shape.reduce((all, side) => all * side, 1)
    const ones = (): Wire => net.constant(new Array<number>(count).fill(1), shape, 'float32')
    const inputs = [x, scale ?? ones(), ...(offset === null ? [] : [offset])]
    const attributes = { axis: whole(-axes.length), epsilon: real(epsilon) }
    return net.node('LayerNormalization', inputs, attributes, x)
  }
  const apart = combined(net, 'Sub', x, reduced(net, 'Mean', x, axes, true))
  const variance = reduced(net, 'Mean', combined(net, 'Mul', apart, apart), axes, true)
  const ofAxes = (numbers: Wire): Wire => along(net, numbers, x, axes)
  const normal = {
    apart,
    variance,
    scale: scale && ofAxes(scale),
    offset: offset && ofAxes(offset),
  }
  return spread(net, normal, epsilon)
}
