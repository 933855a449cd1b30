import type { Draw, Sides } from './random-draw'

/** All that tfjs can write and our reader opens. */
export const activations = [
  ...(['linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'softplus'] as const),
  ...(['softsign', 'tanh', 'softmax', 'swish', 'mish'] as const),
]

/** What most layers end with is cheap to be exact about; every third has any other. */
export function activation(draw: Draw): (typeof activations)[number] {
  return draw.once(3) ? draw.one(activations) : draw.one(['linear', 'relu'] as const)
}

export const padding = (draw: Draw): 'valid' | 'same' => draw.one(['valid', 'same'])

/** Values are written into all weights later, so that they are begun with costs nothing. */
export const started = { kernelInitializer: 'zeros' } as const

/** Sides without that of the channels. */
export function places(draw: Draw, sides: Sides): Sides {
  return sides.filter((_, at) => at !== draw.channelOf(sides))
}

export function fits(sides: Sides, window: number): boolean {
  return sides.every((side) => side >= window)
}

export function window(draw: Draw, sides: Sides): number {
  return fits(sides, 3) ? draw.one([1, 2, 3, 3]) : fits(sides, 2) ? draw.one([1, 2]) : 1
}

/** What all layers have that move a window over places. */
export function sliding(draw: Draw, sides: Sides) {
  const kernelSize = window(draw, sides)
  return {
    kernelSize,
    padding: padding(draw),
    // tfjs puts a window of a room that is smaller than its stride at the wrong places.
    strides: sides.length === 3 && kernelSize === 1 ? 1 : draw.one([1, 1, 2]),
    useBias: !draw.once(3),
    activation: activation(draw),
    ...started,
  }
}

/** How many numbers a sample may have before layers that make more of them are left out. */
const MANY = 100

export function isLarge(sides: Sides): boolean {
  return sides.reduce((product, side) => product * side, 1) > MANY
}

export const pool = (draw: Draw) => ({
  strides: draw.one([1, 2]),
  padding: padding(draw),
  name: draw.name('pool'),
})
