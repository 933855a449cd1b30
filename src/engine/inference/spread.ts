import type { NodeOf } from '../../graph/operators'
import { evenly, inRows, movesOf } from '../../graph/sides/window-moves'
import { behind } from './behind'
import { NoStep, sizeOf } from './ground'
import type { Ground } from './ground'
import { biasOf, outputOf, stillOf, valueOf } from './made'
import type { Made } from './made'
import type { Phase, Step } from './step'

/** One axis of what a phase reads and gives. */
interface Along {
  /** Its first tap; the others are a stride apart. */
  readonly tap: number
  readonly taps: number
  /** Where its first output stands, and how many there are, a stride apart. */
  readonly to: number
  readonly count: number
  /** Places that the first window lacks in front; less than none: that it does not read. */
  readonly before: number
}

/**
 * A transposed convolution is a convolution for each place that an output has between two of the input: it reads every
 * n-th tap of the kernel, backwards, and gives every n-th output.
 * @throws NoStep for groups, dilations, and strides beyond the window
 */
export function spread(node: NodeOf<'transposedConv'>, ground: Ground): Made {
  const { attributes, layer } = node
  const { groups, kernel: axes } = attributes
  const places = axes.spatial.length
  const { dilations, padding, strides } = movesOf(attributes)
  if (places > 2) throw new NoStep(layer, 'windows of more than two places')
  if (groups !== 1) throw new NoStep(layer, 'groups of what is transposed')
  if (dilations.some((dilation) => dilation !== 1)) throw new NoStep(layer, 'dilations')
  const x = valueOf(node, 0, ground)
  const kernel = stillOf(node, 1, ground)
  const [read, given] = [x, outputOf(node)].map((name) => ground.sidesOf(name, layer))
  const first = (read ?? []).length - places - 1
  const inPlane = (sides: readonly number[] = []): readonly number[] =>
    inRows(sides.slice(first, -1), 1)
  const shape = ground.stillShape(kernel, layer)
  const window = inRows(shape.slice(0, places), 1)
  const [filters = 1, channels = 1] = shape.slice(places)
  const [image, made] = [inPlane(read), inPlane(given)]
  const axesOf = [0, 1].map((at): readonly Along[] => {
    const [stride = 1, taps = 1, side = 1, out = 1] = [strides, window, image, made].map(
      (each) => each[at],
    )
    if (stride > taps) throw new NoStep(layer, 'strides beyond the window')
    const full = (side - 1) * stride + taps
    const begin =
      typeof padding === 'string' ? evenly(full - out, padding)[0] : (padding.begin[at] ?? 0)
    return alongOf(taps, stride, begin, out)
  })
  const [rows = [], columns = []] = axesOf
  const one = { height: 1, width: 1 }
  const pair = ([height = 1, width = 1]: readonly number[]) => ({ height, width })
  const phases = rows.flatMap((row) =>
    columns.map((column): Phase => ({
      windows: {
        image: pair(image),
        out: { height: row.count, width: column.count },
        window: { height: row.taps, width: column.taps },
        ...{ strides: one, dilations: one, top: row.before, left: column.before },
      },
      tap: { top: row.tap, left: column.tap },
      to: { top: row.to, left: column.to },
    })),
  )
  const after = behind(outputOf(node), ground, { channels: filters, adds: true })
  const { folded, limits, out, rest } = after
  const images = sizeOf((read ?? []).slice(0, first))
  const step: Step = {
    ...{ kind: 'spread', x: ground.rootOf(x), out, images, channels, filters },
    ...{ kernel, bias: biasOf(node, ground), folded, limits },
    rest: rest === null ? null : ground.rootOf(rest),
    ...{ window: pair(window), strides: pair(strides), made: pair(made), phases },
  }
  return { ...after, steps: [step] }
}

function alongOf(taps: number, stride: number, begin: number, out: number): readonly Along[] {
  return Array.from({ length: stride }, (_, tap): Along => {
    const own = Math.ceil((taps - tap) / stride)
    const skipped = Math.ceil((begin - tap) / stride)
    const to = tap - begin + stride * skipped
    const count = Math.max(0, Math.ceil((out - to) / stride))
    return { tap, taps: own, to, count, before: own - 1 - skipped }
  }).filter(({ count }) => count > 0)
}
