import type { JsonObject } from '../../../files/read-json'
import { number } from '../../tfjs-layers/lowering/settings'
import { NotExact } from '../../tfjs-layers/lowering/lowered-call'
import type { Flowing, LoweredCall, Mask } from '../../tfjs-layers/lowering/lowered-call'
import { maskOf } from '../../tfjs-layers/lowering/masks'

/** What is taken off scores of places that do not count. */
const FAR = 1e9

/** The inputs of a call by the names of its arguments. */
function namedInputs(
  { called }: LoweredCall,
  names: readonly string[],
): Readonly<Partial<Record<string, { readonly value: Flowing; readonly mask: Mask | null }>>> {
  const places = called.given?.places ?? {}
  const first = Math.min(called.inputs.length, ...Object.values(places))
  const found = new Map<string, number>()
  for (const [at, name] of names.entries()) if (at < first) found.set(name, at)
  for (const [name, at] of Object.entries(places)) {
    if (!names.includes(name)) throw new NotExact(name)
    found.set(name, at)
  }
  return Object.fromEntries(
    [...found].flatMap(([name, at]) => {
      const value = called.inputs[at]
      return value === undefined ? [] : [[name, { value, mask: called.masks[at] ?? null }]]
    }),
  )
}

/** @throws NotExact at an argument that is none of these and changes something */
function isAsked({ called }: LoweredCall, argument: string): boolean {
  const values: JsonObject = called.given?.values ?? {}
  const other = Object.keys(values).find((key) => key !== argument)
  if (other !== undefined) throw new NotExact(other)
  return values[argument] === true
}

/** Which places each place may attend to, with an axis for those that ask before the last. */
class Allowed {
  private readonly parts: Flowing[] = []

  constructor(private readonly call: LoweredCall) {}

  /** @param axis the new one: -1 where the mask is of those that ask, -2 of those that are asked */
  add(mask: Mask | null, axis: -1 | -2): this {
    if (mask !== null) this.parts.push(unsqueezed(this.call, maskOf(this.call, mask), axis))
    return this
  }

  addWhole(mask: Flowing | undefined): this {
    if (mask !== undefined) this.parts.push(this.call.cast(mask, 'bool'))
    return this
  }

  /** Nobody attends to what comes later. @param scores of the shape that is wanted */
  addCausal(scores: Flowing): this {
    const ones = this.call.node('unary', { function: 'Affine', scale: 0, offset: 1 }, [scores])
    const counted = (axis: number): Flowing =>
      this.call.node('cumulative', { function: 'Sum', axis, exclusive: false, reverse: false }, [
        ones,
      ])
    const [row, column] = [counted(scores.rank - 2), counted(scores.rank - 1)]
    this.parts.push(this.call.node('combine', { function: 'GreaterOrEqual' }, [row, column]))
    return this
  }

  /** null: each may attend to all. @param rank of scores: an axis of heads may stand before those of places */
  joined(rank: number): Flowing | null {
    const even = this.parts.map((part) =>
      part.rank === rank ? part : unsqueezed(this.call, part, -3),
    )
    const [one] = even
    if (one === undefined) return null
    return even.length === 1 ? one : this.call.node('combine', { function: 'And' }, even, rank)
  }
}

/** A new axis, whose place is counted from the end of what comes out. */
function unsqueezed(call: LoweredCall, x: Flowing, axis: number): Flowing {
  return call.node('unsqueeze', { axes: [x.rank + 1 + axis] }, [x], x.rank + 1)
}

/** Shares of attention: a softmax over what may be attended to. */
function shares(
  call: LoweredCall,
  scores: Flowing,
  allowed: Flowing | null,
  rate: number,
): Flowing {
  const kept =
    allowed === null
      ? scores
      : call.node('where', {}, [allowed, scores, call.number(-FAR)], scores.rank)
  const weights = call.node('softmax', { axis: scores.rank - 1, log: false }, [
    { ...kept, dtype: 'float32' },
  ])
  return rate > 0 && rate < 1
    ? call.node('noise', { kind: 'Dropout', amount: rate, shared: [] }, [weights])
    : weights
}

const NAMES = ['query', 'value', 'key'] as const

/** Sequences of vectors, each attending to each. */
export function multiHeadAttention(call: LoweredCall): Flowing {
  const { config } = call
  const axes = config.object['attention_axes'] ?? null
  const isPlain =
    axes === null || axes === 1 || (Array.isArray(axes) && axes.length === 1 && axes[0] === 1)
  if (!isPlain) throw new NotExact('attention_axes')
  if (config.object['use_gate'] === true) throw new NotExact('use_gate')
  if ((config.object['sliding_window'] ?? null) !== null) throw new NotExact('sliding_window')
  const {
    query,
    value,
    key,
    attention_mask: given,
  } = namedInputs(call, [...NAMES, ...['query_mask', 'value_mask', 'key_mask', 'attention_mask']])
  if (query === undefined || value === undefined) throw new NotExact('value')
  if (query.value.rank !== 3 || value.value.rank !== 3) throw new NotExact('inputs')
  const projected = (x: Flowing, name: string): Flowing =>
    biased(
      call,
      call.node('einsum', { equation: 'abc,cde->abde' }, [x, call.weight(`${name}/kernel`)], 4),
      `${name}/bias`,
    )
  const isCausal = isAsked(call, 'use_causal_mask')
  const scale = 1 / Math.sqrt(config.size('key_dim'))
  const asking = call.node('unary', { function: 'Affine', scale, offset: 0 }, [
    projected(query.value, 'query'),
  ])
  const asked = projected((key ?? value).value, 'key')
  const scores = call.node('einsum', { equation: 'aecd,abcd->acbe' }, [asked, asking], 4)
  const allowed = new Allowed(call)
    .add(query.mask, -1)
    .add(value.mask, -2)
    .add(key === undefined || key.value === value.value ? null : key.mask, -2)
    .addWhole(given?.value)
  if (isCausal) allowed.addCausal(scores)
  const weights = shares(call, scores, allowed.joined(4), number(config, 'dropout', 0))
  const said = call.node(
    'einsum',
    { equation: 'acbe,aecd->abcd' },
    [weights, projected(value.value, 'value')],
    4,
  )
  const kernel = call.weight('attention_output/kernel')
  const joined = call.node('einsum', { equation: 'abcd,cde->abe' }, [said, kernel], 3)
  return biased(call, joined, 'attention_output/bias')
}

function biased(call: LoweredCall, x: Flowing, name: string): Flowing {
  const bias = call.weight(name)
  return bias === null ? x : call.node('combine', { function: 'Add' }, [x, bias])
}

/** Of Luong (products) or Bahdanau (sums). */
export function attention(isAdditive: boolean) {
  return (call: LoweredCall): Flowing => {
    const { config } = call
    const isCausal = isAsked(call, 'use_causal_mask') || config.object['causal'] === true
    const [query, value, key = value] = call.called.inputs
    const [asks = null, answers = null] = call.called.masks
    if (query === undefined || value === undefined || key === undefined)
      throw new NotExact('inputs')
    if (query.rank !== 3 || value.rank !== 3) throw new NotExact('inputs')
    const isSum = isAdditive || config.object['score_mode'] === 'concat'
    const scores = isSum ? sums(call, query, key, isAdditive) : products(call, query, key)
    const allowed = new Allowed(call).add(answers, -2)
    if (isCausal) allowed.addCausal(scores)
    const weights = shares(call, scores, allowed.joined(3), number(config, 'dropout', 0))
    const said = call.node('matMul', { transposeA: false, transposeB: false }, [weights, value])
    if (asks === null) return said
    const counts = call.cast(unsqueezed(call, maskOf(call, asks), -1), 'float32')
    return call.node('combine', { function: 'Mul' }, [said, counts])
  }
}

function products(call: LoweredCall, query: Flowing, key: Flowing): Flowing {
  const scores = call.node('matMul', { transposeA: false, transposeB: true }, [query, key])
  return scaled(call, scores, 'scale')
}

function sums(call: LoweredCall, query: Flowing, key: Flowing, isAdditive: boolean): Flowing {
  const both = call.node('combine', { function: 'Add' }, [
    unsqueezed(call, query, -2),
    unsqueezed(call, key, -3),
  ])
  const bent = (x: Flowing): Flowing => call.node('unary', { function: 'Tanh' }, [x])
  // The weights of one are inside the function, those of the other outside.
  const each = isAdditive ? scaled(call, bent(both), 'scale') : bent(scaled(call, both, 'scale'))
  const sum = { function: 'Sum', axes: [3], keepDims: false } as const
  return scaled(call, call.node('reduce', sum, [each], 3), 'concat_score_weight')
}

function scaled(call: LoweredCall, x: Flowing, name: string): Flowing {
  const scale = call.weight(name)
  return scale === null ? x : call.node('combine', { function: 'Mul' }, [x, scale])
}
