import type { LayerShape } from '../../core/layer-macs'

/** The shape of a batch, sides that the model leaves open filled in. */
export function sampleShape(shape: LayerShape, batch: number, openSide: number): number[] {
  return [batch, ...shape.slice(1).map((side) => side ?? openSide)]
}
