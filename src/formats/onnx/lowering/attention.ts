import type { Combining } from '../../../graph/operators'
import type { ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import { counted, fixedSide, sideOf, whole } from './counted-places'
import type { Lower, OnnxLowering } from './onnx-lowering'

/** Whatever is added to it is lost in this, as in nothing at all. */
const NEVER = -Infinity
/** Below it there is NEVER alone. */
const LEAST = -3.4e38

function two(node: OnnxLowering, name: Combining, a: ValueName, b: ValueName): ValueName {
  return node.step('combine', { function: name }, [a, b])
}

function scaled(node: OnnxLowering, value: ValueName, scale: number): ValueName {
  return scale === 1 ? value : node.step('unary', { function: 'Affine', scale, offset: 0 }, [value])
}

/** Heads before places: [batch, heads, places, numbers]. */
function inHeads(node: OnnxLowering, place: number, heads: number): ValueName {
  const x = node.input(place)
  if (node.rank(place) === 4) return x
  const size = fixedSide(node, x, 2) / heads
  if (node.rank(place) !== 3 || !Number.isInteger(size)) throw new NoMeaning('q_num_heads')
  const apart = node.step('reshape', { to: [0, 0, heads, size] }, [x])
  return node.step('transpose', { perm: [0, 2, 1, 3] }, [apart])
}

/** Each head as often as others share it, one after the other. */
function shared(node: OnnxLowering, value: ValueName, heads: number): ValueName {
  const own = fixedSide(node, value, 1)
  if (own === heads) return value
  if (heads % own !== 0) throw new NoMeaning('q_num_heads', String(heads))
  const apart = node.step('unsqueeze', { axes: [2] }, [value])
  const often = node.step('tile', { repeats: [1, 1, heads / own, 1, 1] }, [apart])
  return node.step('reshape', { to: [0, heads, -1, fixedSide(node, value, 3)] }, [often])
}

/** What a file keeps of steps before, and what is new. */
function withPast(node: OnnxLowering, past: number, value: ValueName): ValueName {
  if (!node.has(past)) return value
  return node.step('concat', { axis: 2 }, [node.input(past), value])
}

/** Nothing where it may look, NEVER where it may not. */
function weighed(node: OnnxLowering, allowed: ValueName): ValueName {
  const [free, never] = [0, NEVER].map((value) => node.constant([value], [], 'float32'))
  return node.step('where', {}, [allowed, free ?? '', never ?? ''])
}

/** The mask of the file, over all places that are looked at. */
function ownMask(node: OnnxLowering, keys: ValueName): ValueName {
  const mask = node.type(3) === 'BOOL' ? weighed(node, node.input(3)) : node.input(3)
  const [own, all] = [node.side(3, -1), node.sidesOf(keys)[2]]
  if (typeof own !== 'number' || typeof all !== 'number' || own >= all) return mask
  const none = node.sides(3).map(() => 0)
  const end = none.with(-1, all - own)
  return node.step('pad', { begin: none, end, mode: 'constant', value: NEVER }, [mask])
}

interface Looked {
  readonly queries: ValueName
  readonly keys: ValueName
  /** How many of the keys lie before the first query; null: none. */
  readonly before: ValueName | null
}

/** How many steps a query is ahead of a key, with an axis for samples and one for heads. */
function ahead(node: OnnxLowering, { before, keys, queries }: Looked): ValueName {
  const rows = counted(node, queries, 2, 4)
  const columns = node.step('transpose', { perm: [0, 1, 3, 2] }, [counted(node, keys, 2, 4)])
  const apart = two(node, 'Sub', rows, columns)
  return before === null ? apart : two(node, 'Add', apart, before)
}

/** How many keys of each sample are no padding. */
function lengths(node: OnnxLowering): ValueName {
  return node.step('reshape', { to: [-1, 1, 1, 1] }, [node.input(6)])
}

function keysBefore(node: OnnxLowering, queries: ValueName): ValueName | null {
  if (node.has(4)) return sideOf(node, node.input(4), 2)
  return node.has(6) ? two(node, 'Sub', lengths(node), sideOf(node, queries, 2)) : null
}

/** All masks, each of which is added; null: there is none. */
function masks(
  node: OnnxLowering,
  queries: ValueName,
  keys: ValueName,
): { readonly sum: ValueName | null; readonly isSure: boolean } {
  const [left, right] = ['left_window_size', 'right_window_size'].map((name) =>
    node.whole(name, -1),
  )
  const isCausal = node.whole('is_causal', 0) !== 0
  const limits: readonly (readonly [Combining, number])[] = [
    ...(isCausal ? [['GreaterOrEqual', 0] as const] : []),
    ...((left ?? -1) >= 0 ? [['LessOrEqual', left ?? 0] as const] : []),
    ...((right ?? -1) >= 0 ? [['GreaterOrEqual', -(right ?? 0)] as const] : []),
  ]
  const before = limits.length === 0 ? null : keysBefore(node, queries)
  const apart = limits.length === 0 ? null : ahead(node, { queries, keys, before })
  const allowed = limits.map(([name, limit]) => two(node, name, apart ?? '', whole(node, limit)))
  if (node.has(6)) {
    const places = node.step('transpose', { perm: [0, 1, 3, 2] }, [counted(node, keys, 2, 4)])
    allowed.push(two(node, 'Less', places, lengths(node)))
  }
  const all = [
    ...(node.has(3) ? [ownMask(node, keys)] : []),
    ...allowed.map((each) => weighed(node, each)),
  ]
  const sum = all.length === 0 ? null : all.reduce((a, b) => two(node, 'Add', a, b))
  return { sum, isSure: !node.has(3) && !node.has(6) }
}

/** A query that may look at nothing says nothing. */
function chances(node: OnnxLowering, scores: ValueName, mask: ValueName | null): ValueName {
  if (mask === null) return node.step('softmax', { axis: -1, log: false }, [scores])
  const most = { function: 'Max', axes: [-1], keepDims: true } as const
  const isBlind = two(
    node,
    'Less',
    node.step('reduce', most, [mask]),
    node.constant([LEAST], [], 'float32'),
  )
  const none = node.constant([0], [], 'float32')
  const seen = node.step('where', {}, [isBlind, none, scores])
  const parts = node.step('softmax', { axis: -1, log: false }, [seen])
  return node.step('where', {}, [isBlind, none, parts])
}

function attention(node: OnnxLowering): void {
  node.gives(4)
  const heads = node.rank(0) === 3 ? node.whole('q_num_heads') : (node.side(0, 1) ?? NaN)
  const own = node.rank(1) === 3 ? node.whole('kv_num_heads') : NaN
  const queries = inHeads(node, 0, heads)
  const [keys, values] = [1, 2].map((place) => withPast(node, place + 3, inHeads(node, place, own)))
  if (keys === undefined || values === undefined || !(heads >= 1)) throw new NoMeaning('heads')
  const scale = node.number('scale', 1 / Math.sqrt(fixedSide(node, queries, 3)))
  const raw = node.step('matMul', { transposeA: false, transposeB: true }, [
    scaled(node, queries, scale),
    shared(node, keys, heads),
  ])
  const cap = node.number('softcap', 0)
  const bent =
    cap > 0 ? node.step('unary', { function: 'Tanh' }, [scaled(node, raw, 1 / cap)]) : raw
  const capped = cap > 0 ? scaled(node, bent, cap) : raw
  const { sum, isSure } = masks(node, queries, keys)
  const masked = sum === null ? capped : two(node, 'Add', capped, sum)
  const parts = chances(node, masked, isSure ? null : sum)
  const seen = node.step('matMul', { transposeA: false, transposeB: false }, [
    parts,
    shared(node, values, heads),
  ])
  if (node.rank(0) === 4) node.giveAt(0, 'identity', {}, [seen])
  else {
    const together = node.step('transpose', { perm: [0, 2, 1, 3] }, [seen])
    const size = heads * fixedSide(node, values, 3)
    node.giveAt(0, 'reshape', { to: [0, 0, size] }, [together])
  }
  const mode = node.whole('qk_matmul_output_mode', 0)
  const scores = [raw, capped, masked, parts][mode]
  if (scores === undefined) throw new NoMeaning('qk_matmul_output_mode', String(mode))
  for (const [at, value] of [keys, values, scores].entries())
    node.giveAt(at + 1, 'identity', {}, [value])
}

function part(
  node: OnnxLowering,
  x: ValueName,
  start: number,
  end: number | null,
  step = 1,
): ValueName {
  const of = { axes: [3], starts: [start], ends: [end], steps: [step], squeezed: [] }
  return node.step('slice', of, [x])
}

/** Cosines or sines of the places, one row for each place of each sample, the same for all heads. */
function rowsOf(node: OnnxLowering, place: number): ValueName {
  const rows = node.has(3)
    ? node.step('gather', { axis: 0 }, [node.input(place), node.input(3)])
    : node.input(place)
  return node.step('unsqueeze', { axes: [2] }, [rows])
}

/** Pairs of numbers are turned by an angle that depends on the place. */
function rotaryEmbedding(node: OnnxLowering): void {
  const isOfHeads = node.rank(0) === 4
  const swap = { perm: [0, 2, 1, 3] }
  const heads = isOfHeads ? fixedSide(node, node.input(0), 1) : node.whole('num_heads', 0)
  const size = isOfHeads
    ? fixedSide(node, node.input(0), 3)
    : fixedSide(node, node.input(0), 2) / heads
  if (heads < 1 || !Number.isInteger(size)) throw new NoMeaning('num_heads', String(heads))
  const x = isOfHeads
    ? node.step('transpose', swap, [node.input(0)])
    : node.step('reshape', { to: [0, 0, heads, size] }, [node.input(0)])
  const turned = node.whole('rotary_embedding_dim', 0) || size
  const half = turned / 2
  const isMixed = node.whole('interleaved', 0) !== 0
  const [a, b] = isMixed
    ? [part(node, x, 0, turned, 2), part(node, x, 1, turned, 2)]
    : [part(node, x, 0, half), part(node, x, half, turned)]
  const [cosine, sine] = [rowsOf(node, 1), rowsOf(node, 2)]
  const real = two(node, 'Sub', two(node, 'Mul', cosine, a), two(node, 'Mul', sine, b))
  const imaginary = two(node, 'Add', two(node, 'Mul', sine, a), two(node, 'Mul', cosine, b))
  const pairs = isMixed
    ? node.step('reshape', { to: [0, 0, heads, turned] }, [
        node.step('stack', { axis: 4 }, [real, imaginary]),
      ])
    : node.step('concat', { axis: 3 }, [real, imaginary])
  const all =
    turned === size ? pairs : node.step('concat', { axis: 3 }, [pairs, part(node, x, turned, null)])
  if (isOfHeads) node.give('transpose', swap, [all])
  else node.give('reshape', { to: [0, 0, heads * size] }, [all])
}

export const attentions: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['Attention', attention],
  ['RotaryEmbedding', rotaryEmbedding],
])
