/** A shape for people to read; sides that a model leaves open are question marks. */
export function shapeText(sides: readonly (number | null)[]): string {
  return sides.map((side) => side ?? '?').join(' × ')
}
