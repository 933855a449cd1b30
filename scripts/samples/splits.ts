/** Divides a data set into train, calibration, validation and test, without a shared image. */
import { createHash } from 'node:crypto'
import { createRandom, shuffled } from '../../src/core/random'
import { type DatasetId, dataSources } from './data-sources'
import { type LabelledImages, imageBytes, readOfficialPart } from './idx-files'

const classCount = 10
const validationPerClass = 500
const calibrationPerClass = 100

export interface Split extends LabelledImages {
  readonly name: 'train' | 'calibration' | 'validation' | 'test'
  /** Images left out because the same pixels are in a split that is chosen earlier. */
  readonly dropped: number
}

/**
 * Test is the official test part, untouched. From the official training part, in seeded random order,
 * validation takes 500 images of each class, calibration 100, and train the rest. An image whose
 * pixels already are in test, validation or calibration (in this order) is dropped.
 */
export function splitDataset(id: DatasetId): Split[] {
  const official = readOfficialPart(id, 'train')
  const test = readOfficialPart(id, 'test')
  const random = createRandom(dataSources[id].splitSeed)
  let pool = shuffled(Array(official.count).keys(), random)

  const seen = new Set<string>()
  const claim = (images: LabelledImages, indices: Iterable<number>) => {
    for (const index of indices) seen.add(imageHash(images, index))
  }
  /** Takes duplicates of earlier splits out of the pool and says how many there were. */
  const dropSeen = () => {
    const before = pool.length
    pool = pool.filter((index) => !seen.has(imageHash(official, index)))
    return before - pool.length
  }
  const take = (name: Split['name'], perClass: number): Split => {
    const dropped = dropSeen()
    const chosen = firstOfEachClass(official, pool, perClass)
    const taken = new Set(chosen)
    pool = pool.filter((index) => !taken.has(index))
    claim(official, chosen)
    return { name, dropped, ...select(official, chosen) }
  }

  claim(test, Array(test.count).keys())
  const validation = take('validation', validationPerClass)
  const calibration = take('calibration', calibrationPerClass)
  const train: Split = { name: 'train', dropped: dropSeen(), ...select(official, pool) }
  return [train, calibration, validation, { name: 'test', dropped: 0, ...test }]
}

/** The named split of the result of `splitDataset`. */
export function splitNamed(splits: readonly Split[], name: Split['name']): Split {
  const split = splits.find((candidate) => candidate.name === name)
  if (!split) throw new Error(`There is no split '${name}'.`)
  return split
}

function firstOfEachClass(images: LabelledImages, order: readonly number[], perClass: number) {
  const wanted = new Array<number>(classCount).fill(perClass)
  return order.filter((index) => {
    const label = images.labels[index] ?? 0
    const left = wanted[label] ?? 0
    wanted[label] = left - 1
    return left > 0
  })
}

export function imageHash({ pixels }: LabelledImages, index: number): string {
  const image = pixels.subarray(index * imageBytes, (index + 1) * imageBytes)
  return createHash('sha256').update(image).digest('base64')
}

function select(images: LabelledImages, indices: readonly number[]): LabelledImages {
  const pixels = new Uint8Array(indices.length * imageBytes)
  indices.forEach((index, i) => {
    pixels.set(images.pixels.subarray(index * imageBytes, (index + 1) * imageBytes), i * imageBytes)
  })
  const labels = Uint8Array.from(indices, (index) => images.labels[index] ?? 0)
  return { pixels, labels, count: indices.length }
}
