import { activated } from '../../tfjs-layers/lowering/activations'
import { NotExact } from '../../tfjs-layers/lowering/lowered-call'
import type { Flowing, LoweredCall } from '../../tfjs-layers/lowering/lowered-call'

/** A product in the letters of Einstein, with a bias that Keras shapes so that it spreads. */
export function einsumDense(call: LoweredCall): Flowing {
  const { x, config, lead } = call
  if (lead > 1) throw new NotExact('equation')
  const equation = written(config.string('equation').replaceAll(' ', ''), x.rank)
  const rank = equation.length - equation.indexOf('->') - 2
  const product = call.node('einsum', { equation }, [x, call.weight('kernel')], rank)
  const bias = call.weight('bias')
  const sum = bias === null ? product : call.node('combine', { function: 'Add' }, [product, bias])
  return activated(call, sum)
}

/** Axes that an equation leaves out (`...`) by letters that it does not use. */
function written(equation: string, rank: number): string {
  const parts = /^([A-Za-z.]+),([A-Za-z]+)->([A-Za-z.]+)$/.exec(equation)
  if (parts === null) throw new NotExact('equation')
  const [, read = '', kernel = '', made = ''] = parts
  const isLeftOut = read.includes('...')
  const named = read.replace('...', '')
  const out = rank - named.length
  if (named.includes('.') || made.replace('...', '').includes('.') || out < 0)
    throw new NotExact('equation')
  if (isLeftOut !== made.includes('...') || (!isLeftOut && out > 0)) throw new NotExact('equation')
  const free = 'abcdefghijklmnopqrstuvwxyz'.split('').filter((letter) => !equation.includes(letter))
  const between = free.slice(0, out).join('')
  if (between.length < out) throw new NotExact('equation')
  return `${read.replace('...', between)},${kernel}->${made.replace('...', between)}`
}
