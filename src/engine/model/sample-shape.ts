import type { Shape } from '../../graph/values'

/** The shape of a batch, sides that the model leaves open filled in. */
export function sampleShape(shape: Shape, batch: number, openSide: number): number[] {
  return [batch, ...shape.slice(1).map((side) => side ?? openSide)]
}
