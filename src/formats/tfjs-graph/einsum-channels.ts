import type { ChannelLayout } from '../../core/tensor-spec'
import { elementCount } from '../../core/tensor-spec'

/**
 * Which elements of a weight an Einsum sums into the same output. Axes that are nobody else's and are given on are those of
 * outputs; where they do not lie side by side, those count that make the most channels.
 * @param place of the weight among the operands
 * @returns null where the weight is not contracted with anything: it then scales, or is one operand alone
 */
export function einsumChannels(
  equation: string,
  place: number,
  shape: readonly number[],
): ChannelLayout | null {
  const [read = '', output] = equation.replaceAll(' ', '').split('->')
  const terms = read.split(',')
  const own = terms[place]?.split('') ?? []
  if (output === undefined || own.length !== shape.length || new Set(own).size < own.length)
    return null
  const others = new Set(terms.filter((_, at) => at !== place).join(''))
  if (!own.some((letter) => others.has(letter) && !output.includes(letter))) return null
  const isOutput = own.map((letter) => output.includes(letter) && !others.has(letter))
  let best: ChannelLayout = { count: 1, inner: Math.max(1, elementCount(shape)) }
  for (let from = 0; from < own.length; from++)
    for (let to = from + 1; to <= own.length && isOutput[to - 1] === true; to++) {
      const count = elementCount(shape.slice(from, to))
      if (count > best.count) best = { count, inner: elementCount(shape.slice(to)) }
    }
  return best
}
