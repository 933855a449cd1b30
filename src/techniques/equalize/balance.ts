import type { ChannelLink } from './channel-links'
import type { KernelSides } from './kernel-sides'

/** What a kernel is multiplied by: inputs[i] * outputs[o]. */
export interface KernelFactors {
  readonly inputs: Float64Array
  readonly outputs: Float64Array
}

/** A kernel as the largest magnitude of each pair of channels; of a depthwise one, of each channel. */
export interface Magnitudes {
  readonly sides: KernelSides
  /** [inputs, outputs], row-major; a depthwise kernel has its diagonal alone. */
  readonly largest: Float64Array
  readonly diagonal: boolean
}

export function magnitudesOf(
  values: Float32Array,
  sides: KernelSides,
  diagonal: boolean,
): Magnitudes {
  const { inputOf, inputs, outputOf, outputs } = sides
  const largest = new Float64Array(diagonal ? outputs : inputs * outputs)
  for (let at = 0; at < values.length; at++) {
    const output = outputOf(at)
    const place = diagonal ? output : inputOf(at) * outputs + output
    const size = Math.abs(values[at] ?? 0)
    if (size > (largest[place] ?? 0)) largest[place] = size
  }
  return { sides, largest, diagonal }
}

const MOST_ROUNDS = 20
/** Factors nearer to 1 than this change no code worth speaking of. */
const SMALL = 1e-3

/**
 * Factors of all kernels and links so that the ranges of channels are equal where they may be. Between two kernels
 * t = sqrt(range made / range read), so both have the geometric mean of the two; a kernel before a normalization gets the range of its widest
 * channel in each. Channels in which nothing is left keep t = 1. Links share kernels, so this goes round until it moves little.
 * @returns t of each link, channel by channel, and the factors of the kernels
 */
export function balance(
  links: readonly ChannelLink[],
  kernels: ReadonlyMap<string, Magnitudes>,
): {
  readonly scales: readonly Float64Array[]
  readonly factors: ReadonlyMap<string, KernelFactors>
} {
  const scales = links.map(({ channels }) => new Float64Array(channels).fill(1))
  const factors = new Map(
    [...kernels].map(([name, { sides }]) => [
      name,
      {
        inputs: new Float64Array(sides.inputs).fill(1),
        outputs: new Float64Array(sides.outputs).fill(1),
      },
    ]),
  )
  const rangesOf = (name: string | null, of: 'inputs' | 'outputs', channels: number) => {
    const kernel = kernels.get(name ?? '')
    const own = factors.get(name ?? '')
    return kernel === undefined || own === undefined ? null : ranges(kernel, own, of, channels)
  }
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let most = 0
    for (const [at, { channels, maker, reader }] of links.entries()) {
      const made = rangesOf(maker, 'outputs', channels) ?? new Float64Array(channels)
      const read = rangesOf(reader, 'inputs', channels)
      const own = factorsBetween(made, read, channels)
      const scale = scales[at]
      own.forEach((factor, channel) => {
        most = Math.max(most, Math.abs(Math.log(factor)))
        if (scale !== undefined) scale[channel] = (scale[channel] ?? 1) * factor
      })
      const outputs = factors.get(maker)?.outputs
      outputs?.forEach((factor, channel) => {
        outputs[channel] = factor / (own[channel] ?? 1)
      })
      const inputs = factors.get(reader ?? '')?.inputs
      inputs?.forEach((factor, input) => {
        inputs[input] = factor * (own[input % channels] ?? 1)
      })
    }
    if (most < SMALL) break
  }
  return { scales, factors }
}

function factorsBetween(
  made: Float64Array,
  read: Float64Array | null,
  channels: number,
): Float64Array {
  const widest = made.reduce((a, b) => Math.max(a, b), 0)
  return Float64Array.from({ length: channels }, (_, channel) => {
    const own = made[channel] ?? 0
    const other = read === null ? 1 : (read[channel] ?? 0)
    if (own === 0 || other === 0) return 1
    return read === null ? own / widest : Math.sqrt(own / other)
  })
}

/** The largest magnitude of each channel, as the kernel is by now. */
function ranges(
  { diagonal, largest, sides }: Magnitudes,
  { inputs, outputs }: KernelFactors,
  of: 'inputs' | 'outputs',
  channels: number,
): Float64Array {
  const found = new Float64Array(channels)
  const put = (channel: number, size: number): void => {
    if (size > (found[channel] ?? 0)) found[channel] = size
  }
  if (diagonal)
    largest.forEach((size, channel) => {
      put(channel % channels, size * (inputs[channel] ?? 1) * (outputs[channel] ?? 1))
    })
  else
    for (let input = 0, at = 0; input < sides.inputs; input++)
      for (let output = 0; output < sides.outputs; output++, at++)
        put(
          (of === 'inputs' ? input : output) % channels,
          (largest[at] ?? 0) * (inputs[input] ?? 1) * (outputs[output] ?? 1),
        )
  return found
}
