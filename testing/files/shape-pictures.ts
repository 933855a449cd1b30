/**
 * Pictures of shapes, drawn by a seed: data that is nobody's sample, of another size than the model
 * that was trained on it, with classes in another order.
 */
import { createRandom } from '../../src/core/random'
import type { Random } from '../../src/core/random'
import type { RgbaImage } from '../../src/data/rgba-image'

/** In the order of the model's outputs; folders sort otherwise. */
export const shapeOutputs = ['stripes', 'disc', 'cross', 'square', 'ring'] as const
export type ShapeName = (typeof shapeOutputs)[number]

const PICTURE_HEIGHT = 44
const PICTURE_WIDTH = 52

/** Whether a point, measured from the centre in units of the radius, belongs to the shape. */
const inside: Readonly<Record<ShapeName, (x: number, y: number) => boolean>> = {
  disc: (x, y) => x * x + y * y < 1,
  ring: (x, y) => x * x + y * y < 1 && x * x + y * y > 0.3,
  square: (x, y) => Math.abs(x) < 0.85 && Math.abs(y) < 0.85,
  cross: (x, y) =>
    Math.min(Math.abs(x), Math.abs(y)) < 0.28 && Math.max(Math.abs(x), Math.abs(y)) < 1,
  stripes: (x, y) => Math.abs(x) < 1 && Math.abs(y) < 1 && Math.floor((y + 1) * 3.5) % 2 === 0,
}

export interface ShapePicture {
  readonly shape: ShapeName
  readonly image: RgbaImage
}

/** Picture `index` of a seed: warm shapes on cold ground, so that the order of channels matters. */
export function shapePicture(seed: number, index: number): ShapePicture {
  const random = createRandom(seed * 1_000_003 + index)
  const shape = shapeOutputs[index % shapeOutputs.length] ?? 'disc'
  const radius = 6 + 9 * random.uniform()
  const centre = { x: 26 + 10 * (random.uniform() - 0.5), y: 22 + 6 * (random.uniform() - 0.5) }
  const turn = 0.5 * (random.uniform() - 0.5)
  const warm = [170 + random.below(80), 70 + random.below(60), 10 + random.below(50)]
  const cold = [10 + random.below(60), 60 + random.below(60), 130 + random.below(90)]
  const data = new Uint8ClampedArray(4 * PICTURE_HEIGHT * PICTURE_WIDTH).fill(255)
  for (let y = 0; y < PICTURE_HEIGHT; y++)
    for (let x = 0; x < PICTURE_WIDTH; x++) {
      const [dx, dy] = [(x - centre.x) / radius, (y - centre.y) / radius]
      const [u, v] = [
        dx * Math.cos(turn) + dy * Math.sin(turn),
        dy * Math.cos(turn) - dx * Math.sin(turn),
      ]
      data.set(noisy(inside[shape](u, v) ? warm : cold, random), 4 * (y * PICTURE_WIDTH + x))
    }
  return { shape, image: { height: PICTURE_HEIGHT, width: PICTURE_WIDTH, data } }
}

function noisy(color: readonly number[], random: Random): number[] {
  return color.map((value) => value + Math.round(75 * random.normal()))
}
