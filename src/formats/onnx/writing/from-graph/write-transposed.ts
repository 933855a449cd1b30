import type { OpAttributes } from '../../../../graph/operators'
import type { Side } from '../../../../graph/sides/side'
import { plus, times } from '../../../../graph/sides/side'
import { evenly, reachOf } from '../../../../graph/sides/window-moves'
import type { Margin } from '../../../../graph/sides/window-moves'
import { fixed } from '../../../graph-writing/not-writable'
import type { Wire } from './onnx-writer'
import { channelsFirst } from './write-convolutions'
import { combined } from './write-combining'
import { onPlaces, padsOf, padded } from './window-margins'
import { whole, wholes } from './written-attributes'
import { givenSides, realInput, realOption } from './writing'
import type { Write, Writing } from './writing'

/** Along one axis. */
interface Spread {
  readonly side: Side
  /** Places that fall off at both ends of what the window reaches. */
  readonly margin: Margin
  /** Places before and behind those that it reaches. */
  readonly beyond: Margin
}

/** What is given where an input says it has to be known beforehand; null: nobody says it. */
function askedSides(
  writing: Writing<'transposedConv'>,
  { kernel, output }: OpAttributes['transposedConv'],
): readonly number[] | null {
  if (output !== null) return output
  if ((writing.inputs[3] ?? null) === null) return null
  return givenSides(writing).slice(-kernel.spatial.length).map(fixed)
}

function spreadOf(
  side: Side | undefined,
  reach: number,
  at: number,
  { padding, strides, outputPadding }: OpAttributes['transposedConv'],
  asked: number | null,
): Spread {
  const stride = strides[at] ?? 1
  const further = outputPadding[at] ?? 0
  /** What the window reaches, beyond as many strides as there are places. */
  const more = reach - stride
  const own = asked === null ? null : asked - fixed(side) * stride
  if (typeof padding === 'string') {
    const beyond = own ?? 0
    const [before] = evenly(more - beyond, padding)
    return ending(side, stride, more, beyond, before)
  }
  const [before, behind] = [padding.begin[at] ?? 0, padding.end[at] ?? 0]
  return ending(side, stride, more, own ?? more - before - behind + further, before)
}

/** @param given places beyond as many strides as there are places */
function ending(
  side: Side | undefined,
  stride: number,
  more: number,
  given: number,
  before: number,
): Spread {
  const behind = more - given - before
  return {
    side: plus(times(side, stride), given),
    margin: [Math.max(0, before), Math.max(0, behind)] as const,
    beyond: [Math.max(0, -before), Math.max(0, -behind)] as const,
  }
}

export const transposedConv: Write<'transposedConv'> = (writing) => {
  const { net, node } = writing
  const { attributes } = node
  const { dilations, groups, kernel: axes, strides } = attributes
  channelsFirst(attributes)
  const kernel = net.turned(realInput(writing, 1), [axes.input, axes.output, ...axes.spatial])
  const bias = realOption(writing, 2)
  const windows = kernel.sides.slice(2).map(fixed)
  const asked = askedSides(writing, attributes)
  return onPlaces(net, realInput(writing, 0), axes.spatial.length, (x) => {
    const spread = windows.map((window, at) => {
      const reach = reachOf(window, dilations[at] ?? 1)
      return spreadOf(x.sides[2 + at], reach, at, attributes, asked?.[at] ?? null)
    })
    // ONNX gives fewer places behind than a stride has; further ones are of nothing but the bias.
    const own = spread.map(({ beyond: [, behind] }, at) => Math.min(behind, (strides[at] ?? 1) - 1))
    const further = spread.map(({ beyond: [before, behind] }, at): Margin => [
      before,
      behind - (own[at] ?? 0),
    ])
    const isMore = further.flat().some((places) => places > 0)
    const filters = times(kernel.sides[1], groups)
    const sides = spread.map(({ side }, at) =>
      plus(side, -(further[at] ?? []).reduce((all, places) => all + places, 0)),
    )
    const settings = {
      kernel_shape: wholes(windows),
      strides: wholes(strides),
      dilations: wholes(dilations),
      group: whole(groups),
      pads: wholes(padsOf(spread.map(({ margin }) => margin))),
      output_padding: wholes(own),
    }
    const inputs: Wire[] = bias === null || isMore ? [x, kernel] : [x, kernel, bias]
    const given = { sides: [x.sides[0] ?? null, filters, ...sides], dtype: 'float32' as const }
    const result = net.node('ConvTranspose', inputs, settings, given)
    if (!isMore) return result
    const wider = padded(net, result, [[0, 0], [0, 0], ...further])
    return bias === null
      ? wider
      : combined(net, 'Add', wider, net.reshape(bias, [filters, ...windows.map(() => 1)]))
  })
}
