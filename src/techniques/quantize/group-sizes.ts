/** Inputs that share a scale, as files for products of 4 bits have them. */
const usual: readonly number[] = [16, 32, 64, 128, 256]

/** The usual ones, and those that a recipe from elsewhere asks for, in their order. */
export function sizesWith(asked: readonly number[]): readonly number[] {
  return [...new Set([...usual, ...asked])].sort((one, other) => one - other)
}
