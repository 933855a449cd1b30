import type { Inferred } from './infer'
import { listed } from './numbers/known-numbers'
import type { NodeOf, OpName } from './operators'
import { askedSides, spreadSides } from './shapes/window-shapes'
import { isOpen, isSame, quotient } from './sides/side'
import type { Side, Sides } from './sides/side'
import { windowPlaces } from './sides/window-places'
import type { ValueName } from './values'

export interface SizeFacts {
  /** Sides of a value; undefined: not known. */
  readonly sidesOf: (name: ValueName | null | undefined) => Sides | undefined
  /** What is known of the numbers of a small list. */
  readonly numbersOf: (name: ValueName | null | undefined) => Sides | undefined
  /** Values that a node may name as having the sides it wants. */
  readonly inputs: readonly ValueName[]
}

export function sizeFacts({ sides, numbers }: Inferred, inputs: readonly ValueName[]): SizeFacts {
  return {
    sidesOf: (name) => sides.get(name ?? ''),
    numbersOf: (name) => listed(numbers.get(name ?? '')),
    inputs,
  }
}

/** The same node with its sizes as attributes; null: they are there, or are not known well enough. */
type SizeRule<Op extends OpName> = (node: NodeOf<Op>, facts: SizeFacts) => NodeOf<Op> | null

function isNumber(side: Side | undefined): side is number {
  return typeof side === 'number'
}

/** 0 for a side that x has at the same place, -1 for one that is left. */
function reshapeTo(sizes: Sides, x: Sides | undefined): readonly number[] | null {
  const to = sizes.map((size, at) => {
    if (isNumber(size)) return size
    return isSame(size, x?.[at]) ? 0 : -1
  })
  // A size of nothing says one thing here and another there.
  return sizes.every((size) => size !== 0) &&
    to.every((size) => size >= -1) &&
    to.filter((size) => size === -1).length <= 1
    ? to
    : null
}

const reshape: SizeRule<'reshape'> = (node, { sidesOf, numbersOf }) => {
  const [x = null, sizes] = node.inputs
  const numbers = numbersOf(sizes)
  const to = numbers === undefined ? null : reshapeTo(numbers, sidesOf(x))
  return node.attributes.to === null && to !== null
    ? { ...node, attributes: { to }, inputs: [x] }
    : null
}

/** 0 for a side that an input of the graph has at the same place. */
function sizesLike(
  sizes: Sides,
  { inputs, sidesOf }: SizeFacts,
): { readonly to: readonly number[]; readonly like: ValueName | null } | null {
  const open = [...sizes.entries()].filter(([, size]) => !isNumber(size))
  const like = inputs.find((name) => open.every(([at, size]) => isSame(size, sidesOf(name)?.[at])))
  const to = sizes.map((size) => (isNumber(size) ? size : 0))
  // A size of nothing has no sign of its own.
  const isClear = sizes.every((size) => !isNumber(size) || size > 0)
  if (!isClear || (open.length > 0 && like === undefined)) return null
  return { to, like: open.length > 0 ? (like ?? null) : null }
}

const expand: SizeRule<'expand'> = (node, facts) => {
  const [x = null, sizes] = node.inputs
  const numbers = facts.numbersOf(sizes)
  const sides = facts.sidesOf(x)
  if (node.attributes.to !== null || numbers === undefined || sides === undefined) return null
  const missing = numbers.length - sides.length
  const own = numbers.map((size, at) =>
    isOpen(size) && isSame(size, sides[at - missing]) ? 1 : size,
  )
  const found = sizesLike(own, facts)
  if (found === null) return null
  const inputs = found.like === null ? [x] : [x, null, found.like]
  return { ...node, attributes: { to: found.to }, inputs }
}

const fill: SizeRule<'fill'> = (node, facts) => {
  const [sizes, value = null] = node.inputs
  const numbers = facts.numbersOf(sizes)
  const found = numbers === undefined ? null : sizesLike(numbers, facts)
  if (node.attributes.to !== null || found === null) return null
  const inputs = found.like === null ? [null, value] : [null, value, found.like]
  return { ...node, attributes: { to: found.to }, inputs }
}

const tile: SizeRule<'tile'> = (node, facts) => {
  const [x = null, repeats] = node.inputs
  const numbers = facts.numbersOf(repeats)
  const found = numbers === undefined ? null : sizesLike(numbers, facts)
  if (node.attributes.repeats !== null || found === null) return null
  const inputs = found.like === null ? [x] : [x, null, found.like]
  return { ...node, attributes: { repeats: found.to }, inputs }
}

/** To sides where all are known, by factors where all are whole. */
const resize: SizeRule<'resize'> = (node, { sidesOf, numbersOf }) => {
  const [x = null, sizes] = node.inputs
  const numbers = numbersOf(sizes)
  const sides = sidesOf(x)
  if (node.attributes.to !== null || numbers === undefined || sides === undefined) return null
  const places = windowPlaces(sides.length, numbers.length, node.attributes.layout)
  const factors = places?.spatial.map((place, at) => quotient(numbers[at], sides[place]))
  const to = numbers.every(isNumber)
    ? { sides: numbers }
    : factors?.every(isNumber) === true
      ? { factors }
      : null
  return to && { ...node, attributes: { ...node.attributes, to }, inputs: [x] }
}

const transposedConv: SizeRule<'transposedConv'> = (node, { sidesOf, numbersOf }) => {
  const [x = null, kernel = null, bias = null, sizes = null] = node.inputs
  const sides = sidesOf(x)
  const numbers = numbersOf(sizes)
  if (node.attributes.output !== null || sides === undefined || numbers === undefined) return null
  const asked = askedSides(node, sides.length, numbers)
  const usual = spreadSides(node, sides, sidesOf(kernel))
  const isUsual = asked?.every((side, at) => isSame(side, usual?.[at])) === true
  const output = asked?.every(isNumber) === true && !isUsual ? asked : null
  if (!isUsual && output === null) return null
  const inputs = bias === null ? [x, kernel] : [x, kernel, bias]
  return { ...node, attributes: { ...node.attributes, output }, inputs }
}

const sizeRules: { readonly [Op in OpName]?: SizeRule<Op> } = {
  reshape,
  expand,
  fill,
  tile,
  resize,
  transposedConv,
}

/** Sizes that a graph computes, as attributes of the node that reads them, where they are known well enough. */
export function withSizes<Op extends OpName>(node: NodeOf<Op>, facts: SizeFacts): NodeOf<Op> {
  const rule: SizeRule<Op> | undefined = sizeRules[node.op]
  return rule?.(node, facts) ?? node
}
