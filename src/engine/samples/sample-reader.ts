import type { ArraySamples } from '../../data/data-source'
import { channelsToFront, pictureSides } from '../../data/input-form'
import type { PictureForm } from '../../data/input-form'
import { normalizeBytes } from '../../data/preparation'
import type { Preparation } from '../../data/preparation'
import { prepareImage } from '../../data/resize-image'
import type { RgbaImage } from '../../data/resize-image'
import { elementCount } from '../../core/tensor-spec'
import type { PictureLayout } from '../../training/augment-batch'
import type { PreparedPicture } from './attached-data'

/** Samples of a data set as the numbers that a model is shown. */
export interface SampleReader {
  /** Of one sample. */
  readonly sides: readonly number[]
  /** How a sample's numbers are a picture; null where it is none. */
  readonly layout: PictureLayout | null
  /** @returns row-major, one row of `sides` elements for each sample */
  readonly read: (samples: Uint32Array, signal: AbortSignal) => Promise<Float32Array>
  /** What a picture looks like to the model; null where samples are no pictures. */
  readonly picture: (sample: number, signal: AbortSignal) => Promise<PreparedPicture | null>
}

/** Numbers as they are in the file. */
export function numberReader(
  { values, shape }: ArraySamples,
  sides: readonly number[],
): SampleReader {
  const size = elementCount(shape)
  return {
    sides,
    layout: null,
    read: (samples) => {
      const rows = new Float32Array(samples.length * size)
      samples.forEach((sample, row) => {
        rows.set(values.subarray(sample * size, (sample + 1) * size), row * size)
      })
      return Promise.resolve(rows)
    },
    picture: () => Promise.resolve(null),
  }
}

/** Where pictures come from. */
export interface PictureSource {
  /**
   * The bytes of a sample where it has this size and colour already and nothing is to be done, row-major
   * height x width x channels; null where it must be prepared.
   */
  readonly ready: (sample: number, preparation: Preparation) => Uint8Array | null
  /** @throws StudioError 'data/image-...', 'engine/cancelled' */
  readonly picture: (sample: number, signal: AbortSignal) => Promise<RgbaImage>
}

/** Pictures that are an array of bytes in memory, height x width x channels each. */
export function arrayPictures({ values, shape }: ArraySamples): PictureSource {
  const [height = 1, width = 1, channels = 1] = shape
  const size = height * width * channels
  const bytesOf = (sample: number): Uint8Array =>
    values.subarray(sample * size, (sample + 1) * size) as Uint8Array
  return {
    ready: (sample, preparation) =>
      preparation.height === height &&
      preparation.width === width &&
      preparation.color === (channels === 1 ? 'grey' : 'rgb')
        ? bytesOf(sample)
        : null,
    picture: (sample) => Promise.resolve(toRgba(bytesOf(sample), height, width, channels)),
  }
}

function toRgba(bytes: Uint8Array, height: number, width: number, channels: number): RgbaImage {
  const data = new Uint8ClampedArray(4 * height * width)
  for (let place = 0; place < height * width; place++) {
    for (let channel = 0; channel < 3; channel++)
      data[4 * place + channel] = bytes[place * channels + Math.min(channel, channels - 1)] ?? 0
    data[4 * place + 3] = channels === 4 ? (bytes[4 * place + 3] ?? 255) : 255
  }
  return { height, width, data }
}

/** Keeps prepared pictures up to a number of bytes: decoding is slower than most models. */
export class PictureCache {
  private readonly budget: number
  private readonly kept = new Map<number, Uint8Array>()
  private geometry = ''
  private bytes = 0

  constructor(budget: number) {
    this.budget = budget
  }

  get(sample: number, preparation: Preparation): Uint8Array | null {
    return this.geometry === geometryOf(preparation) ? (this.kept.get(sample) ?? null) : null
  }

  /** What does not fit is not kept: every evaluation reads in the same order, so the first stay. */
  keep(sample: number, preparation: Preparation, picture: Uint8Array): void {
    const geometry = geometryOf(preparation)
    if (this.geometry !== geometry) this.forget()
    this.geometry = geometry
    if (this.bytes + picture.length > this.budget || this.kept.has(sample)) return
    this.kept.set(sample, picture)
    this.bytes += picture.length
  }

  forget(): void {
    this.kept.clear()
    this.bytes = 0
  }
}

/** What decides the bytes; mean and std are applied afterwards. */
function geometryOf({ fit, height, width, color }: Preparation): string {
  return `${fit} ${height} ${width} ${color}`
}

/** Several pictures are decoded at a time: browsers decode on threads of their own. */
const AT_A_TIME = 8

/**
 * Pictures, prepared.
 * @param between called after each few pictures; throws to cancel
 */
export function pictureReader(
  source: PictureSource,
  form: PictureForm,
  preparation: Preparation,
  cache: PictureCache | null,
  between: (signal: AbortSignal) => Promise<void>,
): SampleReader {
  const sides = pictureSides(form, preparation.height, preparation.width)
  const size = elementCount(sides)
  const known = (sample: number): Uint8Array | null =>
    source.ready(sample, preparation) ?? cache?.get(sample, preparation) ?? null
  const prepared = async (sample: number, signal: AbortSignal): Promise<Uint8Array> => {
    const bytes = prepareImage(await source.picture(sample, signal), preparation)
    cache?.keep(sample, preparation, bytes)
    return bytes
  }
  const { height, width } = preparation
  return {
    sides,
    layout: {
      height,
      width,
      channels: form.channels,
      interleaved: form.layout !== 'channelsFirst',
    },
    picture: async (sample, signal) => {
      const { color } = preparation
      return { height, width, color, bytes: known(sample) ?? (await prepared(sample, signal)) }
    },
    read: async (samples, signal) => {
      const rows = new Float32Array(samples.length * size)
      const fill = (row: number, bytes: Uint8Array): void => {
        const target = rows.subarray(row * size, (row + 1) * size)
        normalizeBytes(bytes, preparation, target)
        if (form.layout === 'channelsFirst') target.set(channelsToFront(target, form.channels))
      }
      const missing: number[] = []
      samples.forEach((sample, row) => {
        const bytes = known(sample)
        if (bytes === null) missing.push(row)
        else fill(row, bytes)
      })
      for (let at = 0; at < missing.length; at += AT_A_TIME) {
        await Promise.all(
          missing.slice(at, at + AT_A_TIME).map(async (row) => {
            fill(row, await prepared(samples[row] ?? 0, signal))
          }),
        )
        await between(signal)
      }
      return rows
    },
  }
}
