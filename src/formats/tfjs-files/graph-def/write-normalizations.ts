import { positive, upTo } from '../../graph-writing/not-writable'
import type { GraphWriter, Wire } from './graph-writer'
import { flag, real, type, word } from './written-attributes'
import { input } from './writing'
import type { Write } from './writing'
import { reduced } from './write-reductions'

/** Along the axes of the value that these numbers are of. */
function along(net: GraphWriter, numbers: Wire, x: Wire, axes: readonly number[]): Wire {
  const { length } = x.sides
  const behind = upTo(length).slice(length - axes.length)
  // Where they are the last ones the numbers stretch by themselves.
  if (numbers.sides.length === axes.length && axes.every((axis, at) => axis === behind[at]))
    return numbers
  return net.reshape(
    numbers,
    x.sides.map((side, axis) => (axes.includes(axis) ? side : 1)),
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
function spread(net: GraphWriter, { apart, variance, scale, offset }: Normal, epsilon: number) {
  const steady = net.one('Rsqrt', [net.one('AddV2', [variance, net.number(epsilon)])])
  const factor = scale === null ? steady : net.one('Mul', [steady, scale], wider(steady, scale))
  const result = net.one('Mul', [apart, factor])
  return offset === null ? result : net.one('AddV2', [result, offset])
}

function wider(a: Wire, b: Wire): Wire {
  return b.sides.length >= a.sides.length ? b : a
}

export const batchNormalization: Write<'batchNormalization'> = (writing) => {
  const { net, node, inputs } = writing
  const { epsilon } = node.attributes
  const x = input(writing, 0)
  const axis = positive(node.attributes.axis, x.sides.length)
  const [scale, offset] = [inputs[1] ?? null, inputs[2] ?? null]
  const [mean, variance] = [input(writing, 3), input(writing, 4)]
  if (axis === x.sides.length - 1) {
    const filled = (value: number): Wire =>
      net.node('Fill', [net.sizes(mean.sides), net.number(value)], { T: type('float32') }, mean)
    return net.node(
      'FusedBatchNormV3',
      [x, scale ?? filled(1), offset ?? filled(0), mean, variance],
      {
        ...{ T: type('float32'), U: type('float32'), epsilon: real(epsilon) },
        ...{ is_training: flag(false), data_format: word('NHWC') },
      },
      x,
    )
  }
  const ofAxis = (numbers: Wire): Wire => along(net, numbers, x, [axis])
  const normal = {
    apart: net.one('Sub', [x, ofAxis(mean)]),
    variance: ofAxis(variance),
    scale: scale && ofAxis(scale),
    offset: offset && ofAxis(offset),
  }
  return spread(net, normal, epsilon)
}

export const layerNormalization: Write<'layerNormalization'> = (writing) => {
  const { net, node, inputs } = writing
  const { epsilon } = node.attributes
  const x = input(writing, 0)
  const axes = node.attributes.axes.map((axis) => positive(axis, x.sides.length))
  const mean = reduced(net, 'Mean', x, axes, true)
  const apart = net.one('Sub', [x, mean])
  const variance = reduced(net, 'Mean', net.one('Square', [apart]), axes, true)
  const ofAxes = (numbers: Wire): Wire => along(net, numbers, x, axes)
  const [scale, offset] = [inputs[1] ?? null, inputs[2] ?? null]
  const normal = {
    apart,
    variance,
    scale: scale && ofAxes(scale),
    offset: offset && ofAxes(offset),
  }
  return spread(net, normal, epsilon)
}
