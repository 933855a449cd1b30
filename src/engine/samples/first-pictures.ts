import { StudioError } from '../../core/errors'
import { sampleCount } from '../../data/data-source'
import type { DataSource, InputSamples } from '../../data/data-source'
import { prepareImage } from '../../data/resize-image'
import { toRgba } from '../../data/rgba-image'
import type { RgbaImage } from '../../data/rgba-image'
import { baseName } from '../../files/file-bundle'
import type { SmallPicture } from '../../protocol/data-messages'
import type { Toolbox } from '../work/toolbox'
import { filePictures, picturesOf } from './picture-source'
import type { PictureSource } from './picture-source'

/** Pictures that are shown. */
const MOST = 12
/** Pixels of the longer side. */
const SIDE = 64

interface Shown {
  readonly source: PictureSource
  readonly sample: number
  readonly name: string
  readonly label: string | null
}

/**
 * The first pictures of data, of each class alike, small. Those that cannot be decoded are left out: they are
 * named once the data is attached.
 * @returns none where samples are no pictures
 * @throws StudioError 'open/not-read', 'engine/cancelled'
 */
export async function firstPictures(
  source: DataSource,
  tools: Toolbox,
  signal: AbortSignal,
): Promise<SmallPicture[]> {
  const found: SmallPicture[] = []
  for (const { source: pictures, sample, name, label } of shownOf(source, tools)) {
    await tools.pace.between(signal)
    const picture = await decoded(pictures, sample, signal)
    if (picture !== null) found.push({ name, label, ...small(picture) })
  }
  return found
}

function shownOf(source: DataSource, tools: Toolbox): readonly Shown[] {
  const { labels } = source
  const [samples, pictures] = firstShown(source, tools)
  if (pictures === null) return []
  const nameOf = (sample: number): string =>
    samples.kind === 'images' ? baseName(samples.files[sample]?.path ?? '') : `#${sample + 1}`
  const places = firstPlaces(source)
  if (labels?.kind !== 'pictures')
    return places.map((sample) => ({
      source: pictures,
      sample,
      name: nameOf(sample),
      label:
        labels?.kind === 'classes'
          ? (labels.classNames[labels.values[sample] ?? -1] ?? null)
          : null,
    }))
  const targets = filePictures(labels.files, tools)
  return places.slice(0, MOST / 2).flatMap((sample) => [
    { source: pictures, sample, name: nameOf(sample), label: null },
    { source: targets, sample, name: baseName(labels.files[sample]?.path ?? ''), label: null },
  ])
}

/** Of several inputs the first that is shown pictures. */
function firstShown(
  { samples }: DataSource,
  tools: Toolbox,
): readonly [InputSamples, PictureSource | null] {
  for (const one of samples) {
    const { pictures } = picturesOf(one, tools)
    if (pictures !== null) return [one, pictures]
  }
  return [samples[0], null]
}

/** The first of each class, then the second of each; without classes the first. */
function firstPlaces(source: DataSource): readonly number[] {
  const { labels } = source
  const count = sampleCount(source)
  const ranks = new Map<number, number>()
  const ranked: { sample: number; rank: number }[] = []
  for (let sample = 0; sample < count; sample++) {
    const label = labels?.kind === 'classes' ? (labels.values[sample] ?? -1) : -1
    const rank = ranks.get(label) ?? 0
    ranks.set(label, rank + 1)
    if (rank < MOST) ranked.push({ sample, rank })
  }
  return ranked
    .sort((a, b) => a.rank - b.rank || a.sample - b.sample)
    .slice(0, MOST)
    .map(({ sample }) => sample)
}

/** null for what is no picture after all. */
async function decoded(
  source: PictureSource,
  sample: number,
  signal: AbortSignal,
): Promise<RgbaImage | null> {
  try {
    return await source.picture(sample, signal)
  } catch (thrown) {
    signal.throwIfAborted()
    if (thrown instanceof StudioError && thrown.code === 'open/not-read') throw thrown
    return null
  }
}

function small(picture: RgbaImage): Pick<SmallPicture, 'width' | 'height' | 'rgba'> {
  const factor = Math.min(1, SIDE / Math.max(picture.height, picture.width))
  const height = Math.max(1, Math.round(picture.height * factor))
  const width = Math.max(1, Math.round(picture.width * factor))
  const [mean, std] = [
    [0, 0, 0],
    [1, 1, 1],
  ]
  const bytes = prepareImage(picture, { fit: 'stretch', height, width, color: 'rgb', mean, std })
  return { height, width, rgba: toRgba(bytes, height, width, 3).data }
}
