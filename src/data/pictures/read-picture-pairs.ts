import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import type { ReadData } from '../data-wishes'
import { NAMED, accountOf } from '../reading/reading'
import type { ReadingControl } from '../reading/reading'
import type { DroppedPictures } from './dropped-pictures'
import type { PairWay } from './picture-pairs'

/** Pictures and what a model should make of each, and how they were understood. */
export function pairedData(
  name: string,
  { images, hidden, others }: DroppedPictures,
  way: PairWay,
  controls: readonly ReadingControl[],
): ReadData {
  const pairs = way.pairs.toSorted((a, b) => a.input - b.input)
  const filesAt = (places: readonly number[]): BundleFile[] =>
    places.flatMap((place) => images[place] ?? [])
  const inputs = filesAt(pairs.map(({ input }) => input))
  const targets = filesAt(pairs.map(({ target }) => target))
  const paired = new Set([...inputs, ...targets])
  return {
    reading: {
      name,
      format: 'images',
      controls,
      preview: {
        kind: 'pairs',
        count: pairs.length,
        examples: inputs.slice(0, NAMED).map(({ path }, at) => [path, targets[at]?.path ?? '']),
      },
      notes: [{ id: 'picturesPaired', params: { count: pairs.length, targets: way.name } }],
      account: accountOf(paired.size, {
        hidden: hidden.map(baseName),
        unpaired: images.filter((image) => !paired.has(image)).map(({ path }) => path),
        otherFormat: others.map(({ path }) => baseName(path)),
      }),
      problem: null,
    },
    source: {
      name,
      format: 'images',
      samples: [{ kind: 'images', files: inputs }],
      labels: { kind: 'pictures', files: targets },
    },
  }
}
