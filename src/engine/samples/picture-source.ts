import type { ArraySamples, InputSamples } from '../../data/data-source'
import type { Preparation } from '../../data/preparation'
import { toRgba } from '../../data/rgba-image'
import type { RgbaImage } from '../../data/rgba-image'
import type { BundleFile } from '../../files/file-bundle'
import type { Toolbox } from '../work/toolbox'

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
      // Four channels have a cover, which no model is shown.
      preparation.color === (channels === 1 ? 'grey' : channels === 3 ? 'rgb' : null)
        ? bytesOf(sample)
        : null,
    picture: (sample) => Promise.resolve(toRgba(bytesOf(sample), height, width, channels)),
  }
}

/** Pictures that are files, decoded one by one. */
export function filePictures(
  files: readonly BundleFile[],
  { environment }: Pick<Toolbox, 'environment'>,
): PictureSource {
  return {
    ready: () => null,
    picture: async (sample) => {
      const file = files[sample]
      if (file === undefined) throw new RangeError(`there is no sample ${sample}`)
      return environment.decodeImage(file.path, await file.read(0, file.size))
    },
  }
}

/** The pictures that samples are. */
export interface SourcePictures {
  /** null where samples are no pictures. */
  readonly pictures: PictureSource | null
  /** Height, width and channels where all samples have the same. */
  readonly pictureShape: readonly number[] | null
}

/** Where the pictures of one input come from: image files, or an array of bytes. */
export function picturesOf(samples: InputSamples, tools: Toolbox): SourcePictures {
  if (samples.kind === 'images')
    return { pictureShape: null, pictures: filePictures(samples.files, tools) }
  const { shape, values } = samples
  const isPicture =
    values instanceof Uint8Array &&
    (shape.length === 2 || (shape.length === 3 && [1, 3, 4].includes(shape[2] ?? 0)))
  return isPicture
    ? {
        pictureShape: shape.length === 2 ? [...shape, 1] : shape,
        pictures: arrayPictures({ ...samples, shape: shape.length === 2 ? [...shape, 1] : shape }),
      }
    : { pictureShape: null, pictures: null }
}
