import type { OpAttributes } from '../../../../graph/operators'
import { product, times } from '../../../../graph/sides/side'
import type { Sides } from '../../../../graph/sides/side'
import { LEAST, alongs, countsAlong, fitOf, sharesOf } from '../../../../graph/sides/window-fits'
import { reachOf } from '../../../../graph/sides/window-moves'
import type { Margin } from '../../../../graph/sides/window-moves'
import { atMost, fixed, places } from '../../../graph-writing/not-writable'
import type { OnnxWriter, Wire } from './onnx-writer'
import {
  countOf,
  onPlaces,
  surrounded,
  surroundingAttributes,
  surroundingOf,
} from './window-margins'
import type { Surrounding } from './window-margins'
import { combined, withNumber } from './write-combining'
import { channelsFirst, convolved } from './write-convolutions'
import { flag, wholes } from './written-attributes'
import { realInput } from './writing'
import type { Write } from './writing'

type Attributes = OpAttributes['pool']

/** Numbers of a window of ones. */
const MOST_WINDOW = 1024

function slid(net: OnnxWriter, x: Wire, pool: Attributes, surrounding: Surrounding): Wire {
  const { dilations, function: name, strides, window } = pool
  const isMax = name === 'Max'
  const sides: Sides = [
    ...x.sides.slice(0, 2),
    ...window.map((side, at) => {
      const own = typeof surrounding === 'string' ? surrounding : (surrounding[at] ?? [0, 0])
      return countOf(x.sides[2 + at], reachOf(side, dilations[at] ?? 1), strides[at] ?? 1, own)
    }),
  ]
  const attributes = {
    kernel_shape: wholes(window),
    strides: wholes(strides),
    ...(isMax ? { dilations: wholes(dilations) } : {}),
    ...surroundingAttributes(surrounding),
  }
  return net.node(isMax ? 'MaxPool' : 'AveragePool', [x], attributes, { sides, dtype: 'float32' })
}

/** Sums as those of filters of ones: ONNX has averages with gaps from version 19 on. */
function summed(net: OnnxWriter, x: Wire, pool: Attributes): Wire {
  const [n = null, channels = null, ...sides] = x.sides
  const { window } = pool
  const count = atMost(Number(product(window)), MOST_WINDOW)
  const rows = net.reshape(x, [times(n, channels), 1, ...sides])
  const ones = net.constant(new Array<number>(count).fill(1 / count), [1, 1, ...window], 'float32')
  const none = window.map(() => 0)
  const moves = { ...pool, padding: { begin: none, end: none } }
  const result = convolved(net, rows, { kernel: ones, bias: null, groups: 1, moves })
  return net.reshape(result, [n, channels, ...result.sides.slice(2)])
}

/** With all places outside said, so that windows which reach over the end are there. */
function fitted(net: OnnxWriter, x: Wire, pool: Attributes, margins: readonly Margin[]): Wire {
  const { ceil, countsPadding, dilations, function: name, padding, strides, window } = pool
  const reaches = window.map((side, at) => reachOf(side, dilations[at] ?? 1))
  const spatial = x.sides.slice(2)
  const isCeil = ceil && typeof padding === 'object'
  const fits = spatial.map((side, at) =>
    fitOf(fixed(side), reaches[at] ?? 1, strides[at] ?? 1, margins[at] ?? [0, 0], isCeil),
  )
  const around = margins.map(([before, behind], at): Margin => [
    before,
    behind + (fits[at]?.beyond ?? 0),
  ])
  const isInWindow = around.every(([before, behind], at) =>
    [before, behind].every((more) => more >= 0 && more < (window[at] ?? 1)),
  )
  const zeros = window.map((): Margin => [0, 0])
  if (name === 'Max')
    return isInWindow
      ? slid(net, x, pool, around)
      : slid(net, surrounded(net, x, around, LEAST), pool, zeros)
  const isPlain = !countsPadding && dilations.every((step) => step === 1)
  if (isPlain && isInWindow) return slid(net, x, pool, around)
  const all = summed(net, surrounded(net, x, around), pool)
  const along = alongs(window, { ...pool })
  const counts = along.map((own, at) => {
    const fit = fits[at] ?? { count: 1, beyond: 0 }
    places(fit.count * own.side)
    return countsAlong(fixed(spatial[at]), own, fit, margins[at] ?? [0, 0], countsPadding)
  })
  places(counts.reduce((sum, { length }) => sum * length, 1))
  const shares = sharesOf(Number(product(window)), counts)
  if (shares.every((share) => share === 1)) return all
  const shape = [1, 1, ...counts.map(({ length }) => length)]
  return combined(net, 'Mul', all, net.constant(shares, shape, 'float32'))
}

function pooled(net: OnnxWriter, x: Wire, pool: Attributes): Wire {
  const { ceil, countsPadding, dilations, function: name, padding, strides, window } = pool
  const reaches = window.map((side, at) => reachOf(side, dilations[at] ?? 1))
  const surrounding = surroundingOf(padding, x.sides.slice(2), reaches, strides)
  const isEmpty = typeof surrounding !== 'string' && surrounding.flat().every((more) => more === 0)
  const isGapless = name === 'Max' || dilations.every((step) => step === 1)
  const isCeil = ceil && typeof padding === 'object'
  if (isEmpty && isGapless && !isCeil) return slid(net, x, pool, surrounding)
  const isOpen = x.sides.slice(2).some((side) => typeof side !== 'number')
  if (!isOpen && typeof surrounding !== 'string') return fitted(net, x, pool, surrounding)
  if (isCeil || !isGapless) fixed(null)
  // Sides are open: places outside are counted, or not, by a setting.
  const result = slid(net, x, pool, surrounding)
  if (name === 'Max' || !countsPadding) return result
  const attributes = { ...result.node.attributes, count_include_pad: flag(true) }
  return net.node('AveragePool', [x], attributes, result)
}

/**
 * onnxruntime 1.30 takes what a `Pad` before puts around pictures for places that the window leaves out. Something between
 * them keeps both apart.
 */
function apart(net: OnnxWriter, x: Wire): Wire {
  return x.node.op === 'Pad' ? withNumber(net, 'Max', x, LEAST) : x
}

export const pool: Write<'pool'> = (writing) => {
  const { net, node } = writing
  const { attributes } = node
  channelsFirst(attributes)
  return onPlaces(net, realInput(writing, 0), attributes.window.length, (x) =>
    pooled(net, apart(net, x), attributes),
  )
}
