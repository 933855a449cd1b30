import { z } from 'zod'
import { madeOnce } from '../core/made-once'

/**
 * How a picture becomes the numbers that a model is shown. With bytes from 0 to 255 after resizing,
 * value = (byte / 255 - mean[channel]) / std[channel].
 */
export interface Preparation {
  /** stretch: the whole picture, its proportions lost; crop: the shorter side fills and the middle is
   * cut out; pad: the longer side fills and the rest is black. */
  readonly fit: 'stretch' | 'crop' | 'pad'
  readonly height: number
  readonly width: number
  /** grey: one channel; bgr: blue first, as OpenCV and Caffe have it. */
  readonly color: 'rgb' | 'bgr' | 'grey'
  /** One entry a channel, in the order of the channels. */
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

/** Larger pictures than any classifier takes; bounds what one sample may cost. */
const LARGEST_SIDE = 4096

/** For recipes and settings that come from files. */
export const preparationSchema = madeOnce(() => {
  const channelValues = z.array(z.number()).min(1).max(3)
  return z
    .strictObject({
      fit: z.enum(['stretch', 'crop', 'pad']),
      height: z.int().min(1).max(LARGEST_SIDE),
      width: z.int().min(1).max(LARGEST_SIDE),
      color: z.enum(['rgb', 'bgr', 'grey']),
      mean: channelValues,
      std: channelValues.refine((values) => values.every((value) => value !== 0), 'not zero'),
    })
    .refine(
      ({ color, mean, std }) =>
        mean.length === (color === 'grey' ? 1 : 3) && std.length === mean.length,
      'one mean and one std for each channel',
    )
})

export function channelsOf({ color }: Pick<Preparation, 'color'>): 1 | 3 {
  return color === 'grey' ? 1 : 3
}

/** The usual ranges of numbers, for channels in the order red, green, blue. */
const scales = {
  /** 0 to 1: most models trained with Keras' Rescaling(1/255). */
  unit: { mean: [0, 0, 0], std: [1, 1, 1] },
  /** -1 to 1: MobileNet, Inception, Xception. */
  signed: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  /** 0 to 255: models that scale their input themselves, as EfficientNet does. */
  bytes: { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] },
  /** PyTorch's ImageNet statistics: ResNet, DenseNet and most of torchvision. */
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  /** 0 to 255 less the mean colour of ImageNet: Keras' VGG and ResNet, which want blue first. */
  caffe: {
    mean: [123.68 / 255, 116.779 / 255, 103.939 / 255],
    std: [1 / 255, 1 / 255, 1 / 255],
  },
} as const

export type ScaleName = keyof typeof scales
export const scaleNames = Object.keys(scales) as readonly ScaleName[]

/** The grey of a colour: ITU-R 601, as pictures are turned grey. */
const LUMA = [0.299, 0.587, 0.114] as const

/** The same preparation with other numbers; one channel gets the grey of the three. */
export function withScale(preparation: Preparation, name: ScaleName): Preparation {
  const { mean, std } = scales[name]
  switch (preparation.color) {
    case 'rgb':
      return { ...preparation, mean, std }
    case 'bgr':
      return { ...preparation, mean: mean.toReversed(), std: std.toReversed() }
    case 'grey':
      return { ...preparation, mean: [grey(mean)], std: [grey(std)] }
  }
}

/** The grey of three channels. */
export function grey(values: readonly number[]): number {
  // Equal channels stay exactly what they are.
  const [first = 0] = values
  if (values.every((value) => value === first)) return first
  return values.reduce((sum, value, channel) => sum + value * (LUMA[channel] ?? 0), 0)
}

/** The name of a preparation's numbers, null where they are custom. */
export function scaleOf(preparation: Preparation): ScaleName | null {
  const { mean, std } = preparation
  return (
    scaleNames.find((name) => {
      const named = withScale(preparation, name)
      return (
        named.mean.every((value, channel) => near(value, mean[channel])) &&
        named.std.every((value, channel) => near(value, std[channel]))
      )
    }) ?? null
  )
}

function near(left: number, right: number | undefined): boolean {
  return right !== undefined && Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left))
}

/** The same preparation with channels in another order or number; mean and std go along. */
export function withColor(preparation: Preparation, color: Preparation['color']): Preparation {
  if (color === preparation.color) return preparation
  const name = scaleOf(preparation)
  const { mean, std } = preparation
  const swapped = color !== 'grey' && preparation.color !== 'grey'
  const next: Preparation = swapped
    ? { ...preparation, color, mean: mean.toReversed(), std: std.toReversed() }
    : { ...preparation, color, mean: spread(mean, color), std: spread(std, color) }
  return name === null ? next : withScale(next, name)
}

/** The numbers, order of colours and fit of another preparation, for pictures of this size. */
export function alike(own: Preparation, other: Preparation): Preparation {
  const { mean, std, fit, color } = withColor(other, colorFor(own, other))
  return { ...own, mean, std, fit, color }
}

/** Grey pictures stay grey, and what is shown in colours stays so. */
function colorFor(own: Preparation, other: Preparation): Preparation['color'] {
  if (own.color === 'grey') return 'grey'
  return other.color === 'grey' ? own.color : other.color
}

function spread(values: readonly number[], color: Preparation['color']): number[] {
  return color === 'grey' ? [grey(values)] : [0, 1, 2].map(() => values[0] ?? 0)
}

/** What people's models were commonly trained with, the present one first, each once. */
export function commonPreparations(present: Preparation): readonly Preparation[] {
  const named = scaleNames.map((name) =>
    withScale(
      name === 'caffe' && present.color !== 'grey' ? withColor(present, 'bgr') : present,
      name,
    ),
  )
  const other: readonly Preparation[] =
    present.color === 'grey'
      ? [invert(present)]
      : [
          withScale(withColor(present, present.color === 'rgb' ? 'bgr' : 'rgb'), 'unit'),
          withScale(withColor(present, present.color === 'rgb' ? 'bgr' : 'rgb'), 'signed'),
        ]
  const fits = (['stretch', 'crop'] as const)
    .filter((fit) => fit !== present.fit)
    .map((fit) => ({ ...present, fit }))
  const all = [present, ...named, ...other, ...fits]
  const seen = new Set<string>()
  return all.filter((preparation) => {
    const key = JSON.stringify(preparation)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** Dark on light instead of light on dark: value = 1 - byte / 255. */
function invert(preparation: Preparation): Preparation {
  return { ...preparation, mean: preparation.mean.map(() => 1), std: preparation.std.map(() => -1) }
}

/**
 * Writes the numbers of one picture.
 * @param bytes row-major height x width x channels
 * @param out as long as `bytes`
 */
export function normalizeBytes(
  bytes: Uint8Array,
  { mean, std }: Pick<Preparation, 'mean' | 'std'>,
  out: Float32Array,
): void {
  const channels = mean.length
  // A byte has 256 values: one table for each channel costs less than a division a pixel.
  const tables = mean.map((shift, channel) =>
    Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - shift) / (std[channel] ?? 1)),
  )
  const [first = new Float32Array(256)] = tables
  if (channels === 1) {
    for (let i = 0; i < bytes.length; i++) out[i] = first[bytes[i] ?? 0] ?? 0
    return
  }
  for (let channel = 0; channel < channels; channel++) {
    const table = tables[channel] ?? first
    for (let i = channel; i < bytes.length; i += channels) out[i] = table[bytes[i] ?? 0] ?? 0
  }
}
