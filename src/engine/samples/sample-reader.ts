import type { ArraySamples } from '../../data/data-source'
import { channelsToFront, pictureSides } from '../../data/input-form'
import type { PictureForm } from '../../data/input-form'
import { normalizeBytes } from '../../data/preparation'
import type { Preparation } from '../../data/preparation'
import { prepareImage } from '../../data/resize-image'
import { elementCount } from '../../core/tensor-spec'
import type { PictureLayout } from '../../training/augment-batch'
import type { PreparedPicture } from './attached-data'
import type { PictureCache } from './picture-cache'
import type { PictureSource } from './picture-source'

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
