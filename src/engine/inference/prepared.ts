import { scalingOf } from './folding'
import type { InferenceKernels } from './kernels'
import { preparedProduct } from './prepared-product'
import { preparedSpread } from './prepared-spread'
import type { Prepared, Site } from './site'
import type { Combined, ElementFunction, Places, Step, StepOf, Windowed } from './step'

/** Sets aside what a step needs, before any memory is there. */
export function prepared(step: Step, site: Site): Prepared {
  switch (step.kind) {
    case 'product':
      return preparedProduct(step, site)
    case 'spread':
      return preparedSpread(step, site)
    case 'depthwise':
      return depthwise(step, site)
    case 'pool':
      return pool(step, site)
    case 'scale':
      return scale(step, site)
    case 'bend':
      return bend(step, site)
    case 'weigh':
      return weigh(step, site)
    case 'combine':
      return combine(step, site)
    case 'function':
      return elementwise(step, site)
    case 'softmax':
      return {
        run: (samples) => {
          const [x, y] = [site.address(step.x), site.address(step.out)]
          site.kernels.softmaxRows(x, y, samples * step.rows, step.columns)
        },
      }
    case 'concat':
      return concat(step, site)
    case 'turn':
      return {
        run: (samples) => {
          const [x, y] = [site.address(step.x), site.address(step.out)]
          site.kernels.turnEach(x, y, samples, ...step.sides, ...step.steps)
        },
      }
    case 'pad':
      return pad(step, site)
  }
}

type Sizes =
  Parameters<InferenceKernels['largestOfFour']> extends [number, number, ...infer Rest]
    ? Rest
    : never

function sizes(images: number, { image, out }: Windowed, channels: number): Sizes {
  return [images, image.height, image.width, channels, out.height, out.width]
}

function depthwise(step: StepOf<'depthwise'>, site: Site): Prepared {
  const { channels, images, limits, windows } = step
  const { dilations, image, left, strides, top, window } = windows
  const taps = window.height * window.width
  const filter = site.room(taps * channels)
  const bias = site.room(channels)
  const blank = site.room(image.width * channels)
  return {
    weigh: (numbers) => {
      const { scale: factors, offset } = scalingOf(step.folded, step.bias, channels, numbers)
      const values = numbers(step.kernel)
      const to = site.floats(filter, taps * channels)
      for (let at = 0; at < to.length; at++)
        to[at] = (values[at] ?? 0) * (factors[at % channels] ?? 0)
      site.floats(bias, channels).set(offset)
    },
    run: (samples) => {
      site.kernels.depthwiseRows(
        site.address(step.x),
        4 * filter,
        4 * bias,
        site.address(step.out),
        4 * blank,
        ...sizes(samples * images, windows, channels),
        ...[window.height, window.width, strides.height, strides.width, top, left],
        ...[dilations.height, dilations.width, limits.low, limits.high],
      )
    },
  }
}

function isFour({ image, out, strides, top, left, window }: Windowed): boolean {
  const isTwo = (places: Places): boolean => places.height === 2 && places.width === 2
  const isInside = out.height * 2 <= image.height && out.width * 2 <= image.width
  return isTwo(window) && isTwo(strides) && top === 0 && left === 0 && isInside
}

function pool(step: StepOf<'pool'>, site: Site): Prepared {
  const { channels, images, isMean, windows } = step
  const { left, strides, top, window } = windows
  const isSimple = !isMean && channels % 4 === 0 && isFour(windows)
  return {
    run: (samples) => {
      const [x, y] = [site.address(step.x), site.address(step.out)]
      const all = sizes(samples * images, windows, channels)
      if (isSimple) site.kernels.largestOfFour(x, y, ...all)
      else
        site.kernels.poolRows(
          ...[x, y],
          ...all,
          ...[window.height, window.width, strides.height, strides.width, top, left],
          isMean ? 1 : 0,
        )
    },
  }
}

function scale(step: StepOf<'scale'>, site: Site): Prepared {
  const { channels, limits, rows } = step
  const [factor, summand] = [site.room(channels), site.room(channels)]
  return {
    weigh: (numbers) => {
      const scaling = scalingOf(step.folded, null, channels, numbers)
      site.floats(factor, channels).set(scaling.scale)
      site.floats(summand, channels).set(scaling.offset)
    },
    run: (samples) => {
      const [x, y] = [site.address(step.x), site.address(step.out)]
      const { low, high } = limits
      site.kernels.scaleRows(x, 4 * factor, 4 * summand, y, samples * rows, channels, low, high)
    },
  }
}

function bend(step: StepOf<'bend'>, site: Site): Prepared {
  const { channels, rows } = step
  const slope = site.room(channels)
  return {
    weigh: (numbers) => {
      const values = numbers(step.slope)
      const to = site.floats(slope, channels)
      for (let c = 0; c < channels; c++) to[c] = values[values.length === 1 ? 0 : c] ?? 0
    },
    run: (samples) => {
      const [x, y] = [site.address(step.x), site.address(step.out)]
      site.kernels.bendRows(x, 4 * slope, y, samples * rows, channels)
    },
  }
}

function weigh(step: StepOf<'weigh'>, site: Site): Prepared {
  const { channels, rows } = step
  const nothing = site.room(channels)
  return {
    run: (samples) => {
      const [x, by, y] = [step.x, step.by, step.out].map(site.address)
      for (let n = 0; n < samples; n++) {
        const at = 4 * n * rows * channels
        site.kernels.scaleRows(
          (x ?? 0) + at,
          (by ?? 0) + 4 * n * channels,
          4 * nothing,
          (y ?? 0) + at,
          rows,
          channels,
          -Infinity,
          Infinity,
        )
      }
    },
  }
}

/** The numbers by which kernels know functions. */
const combinations: Readonly<Record<Combined, number>> = { Add: 0, Mul: 1, Sub: 2, Max: 3 }
const functions = {
  ...{ sigmoid: 0, tanh: 1, elu: 2, swish: 3, leaky: 4, hardSwish: 5, gelu: 6, geluByTanh: 7 },
  ...{ softplus: 8, softsign: 9, mish: 10 },
} as const

function combine(step: StepOf<'combine'>, site: Site): Prepared {
  const { limits, size } = step
  return {
    run: (samples) => {
      const { low, high } = limits
      site.kernels.combineEach(
        site.address(step.a),
        site.address(step.b),
        site.address(step.out),
        samples * size,
        combinations[step.function],
        low,
        high,
      )
    },
  }
}

function elementwise(step: StepOf<'function'>, site: Site): Prepared {
  return {
    run: (samples) => {
      const [x, y] = [site.address(step.x), site.address(step.out)]
      apply(step.function, site.kernels, x, y, samples * step.size)
    },
  }
}

function apply(
  how: ElementFunction,
  kernels: InferenceKernels,
  x: number,
  y: number,
  length: number,
): void {
  if (how.name === 'limit') kernels.limitEach(x, y, length, how.limits.low, how.limits.high)
  else {
    const { amount, factor } = 'amount' in how ? how : { amount: 0, factor: 1 }
    kernels.functionOfEach(x, y, length, functions[how.name], amount, factor)
  }
}

function concat({ out, parts, rows }: StepOf<'concat'>, site: Site): Prepared {
  const rowBytes = 4 * parts.reduce((sum, { length }) => sum + length, 0)
  return {
    run: (samples) => {
      let y = site.address(out)
      for (const { x, length } of parts) {
        const bytes = 4 * length
        const from = site.address(x)
        site.kernels.copyWindow(from, y, 1, samples * rows, bytes, 0, bytes, 0, rowBytes)
        y += bytes
      }
    },
  }
}

function pad(step: StepOf<'pad'>, site: Site): Prepared {
  const { channels, image, left, padded, top } = step
  const bytes = 4 * padded.height * padded.width * channels
  return {
    run: (samples) => {
      const [x, y] = [site.address(step.x), site.address(step.out)]
      site.kernels.fillZero(y, samples * bytes)
      const rowBytes = 4 * image.width * channels
      const padRow = 4 * padded.width * channels
      site.kernels.copyWindow(
        ...([x, y + top * padRow + 4 * left * channels, samples, image.height, rowBytes] as const),
        ...([image.height * rowBytes, rowBytes, bytes, padRow] as const),
      )
    },
  }
}
