import { number } from '../../tfjs-layers/lowering/settings'
import { NotExact } from '../../tfjs-layers/lowering/lowered-call'
import type { Flowing, LoweredCall } from '../../tfjs-layers/lowering/lowered-call'

/** A factor for each channel (Touvron et al. 2021, arXiv:2103.17239). */
export function layerScale(call: LoweredCall): Flowing {
  return call.node('combine', { function: 'Mul' }, [call.x, call.weight('gamma')])
}

/** Whole samples are left out in training (Huang et al. 2016, arXiv:1603.09382). */
export function stochasticDepth(call: LoweredCall): Flowing {
  const { x, config, lead } = call
  const amount = number(config, 'drop_path_rate', NaN)
  if (!(amount >= 0 && amount < 1)) throw new NotExact('drop_path_rate')
  if (amount === 0) return call.node('identity', {}, [x])
  const shared = Array.from({ length: x.rank - lead }, (_, at) => lead + at)
  return call.node('noise', { kind: 'Dropout', amount, shared }, [x])
}

/** What it is given first, and so much of the other (Szegedy et al. 2016, arXiv:1602.07261). */
export function scaledSum(call: LoweredCall): Flowing {
  const [x, y] = call.called.inputs
  if (x === undefined || y === undefined || x.rank !== y.rank) throw new NotExact('inputs')
  const scale = number(call.config, 'scale', NaN)
  if (!Number.isFinite(scale)) throw new NotExact('scale')
  const part = call.node('unary', { function: 'Affine', scale, offset: 0 }, [y])
  return call.node('combine', { function: 'Add' }, [x, part])
}
