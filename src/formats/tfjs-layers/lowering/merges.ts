import type { Combining } from '../../../graph/operators'
import { NotExact } from './lowered-call'
import type { Flowing, LoweredCall } from './lowered-call'
import { number, whole } from './settings'

/** Where ranks differ, tfjs gives the lower ones sides of one behind the batch. */
export function merge(kind: Combining) {
  return (call: LoweredCall): Flowing => {
    const { inputs } = call.called
    const rank = Math.max(...inputs.map((input) => input.rank))
    const axes = (x: Flowing): number[] =>
      Array.from({ length: rank - x.rank }, (_, at) => call.lead + at)
    const even = inputs.map((x) =>
      x.rank === rank ? x : call.node('unsqueeze', { axes: axes(x) }, [x], rank),
    )
    return call.node('combine', { function: kind }, even, rank)
  }
}

export function concatenate(call: LoweredCall): Flowing {
  const axis = call.axis(number(call.config, 'axis', -1))
  return call.node('concat', { axis }, call.called.inputs)
}

/** Of pictures tfjs has none; a contracted batch has no meaning that lasts. */
export function dot(call: LoweredCall): Flowing {
  const [a, b] = call.called.inputs
  const { config, lead } = call
  const given = whole(config, 'axes', [NaN])
  const [first = NaN, second = first] = given
  if (a === undefined || b === undefined) throw new NotExact('inputs')
  const axisA = call.axis(first, a.rank)
  const axisB = call.axis(second, b.rank)
  const fit = (axis: number, { rank }: Flowing): boolean =>
    axis >= lead && axis < rank && rank <= lead + 2
  if (!fit(axisA, a) || !fit(axisB, b)) throw new NotExact('axes')
  const attributes = {
    axisA,
    axisB,
    normalize: config.boolean('normalize', false),
    ...(lead > 1 ? { batch: lead } : {}),
  }
  return call.node('dot', attributes, [a, b], Math.max(lead + 1, a.rank + b.rank - lead - 2))
}
