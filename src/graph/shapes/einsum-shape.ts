import type { Side, Sides } from '../sides/side'
import { shared } from '../sides/sides'
import type { ShapeRule } from './shape-rule'

/** An equation of letters, each of which stands for one side wherever it is. */
export interface Letters {
  readonly sides: ReadonlyMap<string, Side>
  /** Of the output, in order. */
  readonly output: readonly string[]
}

/** @returns null where inputs do not fit, or letters are left out (`...`) */
export function lettersOf(
  equation: string,
  inputs: readonly (Sides | undefined)[],
): Letters | null {
  const [read = '', output] = equation.replaceAll(' ', '').split('->')
  const terms = read.split(',')
  if (output === undefined || terms.length !== inputs.length) return null
  const sides = new Map<string, Side>()
  for (const [place, term] of terms.entries()) {
    const own = inputs[place]
    if (own?.length !== term.length || !/^[a-z]*$/i.test(term)) return null
    for (const [at, letter] of term.split('').entries()) {
      const known = sides.get(letter)
      const both = known === undefined ? (own[at] ?? null) : shared(known, own[at] ?? null)
      if (both === undefined) return null
      sides.set(letter, both)
    }
  }
  return { sides, output: output.split('') }
}

export const einsumShape: ShapeRule<'einsum'> = ({ attributes: { equation } }, { inputs }) => {
  const letters = lettersOf(equation, inputs)
  if (letters === null || !letters.output.every((letter) => letters.sides.has(letter)))
    return [null]
  return [letters.output.map((letter) => letters.sides.get(letter) ?? null)]
}
