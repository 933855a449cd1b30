import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parseDatasetManifest } from './dataset-manifest'
import type { DatasetManifest } from './dataset-manifest'

const folder = 'public/datasets'

function readManifest(id: string): DatasetManifest {
  const manifest = parseDatasetManifest(
    JSON.parse(readFileSync(`${folder}/${id}/dataset.json`, 'utf8')),
  )
  if ('field' in manifest) throw new Error(`${id}: ${manifest.field} is not ${manifest.expected}`)
  return manifest
}

function unpack(id: string, file: { path: string }): Uint8Array {
  return gunzipSync(readFileSync(`${folder}/${id}/${file.path}`))
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe.each([
  { id: 'mnist', train: 54_000 },
  { id: 'fashion-mnist', train: 25_000 },
])('the packed $id', ({ id, train }) => {
  const manifest = readManifest(id)

  it('has the four splits with their sizes', () => {
    expect(manifest.splits.map(({ name, count }) => [name, count])).toEqual([
      ['train', train],
      ['calibration', 1000],
      ['validation', 5000],
      ['test', 10_000],
    ])
  })

  it('unpacks to the recorded lengths and hashes, with a label of a class for each image', () => {
    for (const { images, labels } of manifest.splits) {
      const pixels = unpack(id, images)
      expect(readFileSync(`${folder}/${id}/${images.path}`).length).toBe(images.packedBytes)
      expect(pixels.length).toBe(images.bytes)
      expect(sha256(pixels)).toBe(images.sha256)
      const classes = unpack(id, labels)
      expect(classes.length).toBe(labels.bytes)
      expect(sha256(classes)).toBe(labels.sha256)
      expect(Math.max(...new Set(classes))).toBe(manifest.classNames.length - 1)
    }
  })

  it('shares no image between two splits', () => {
    const owner = new Map<string, string>()
    const shared: string[] = []
    for (const { name, images, count } of manifest.splits) {
      const pixels = unpack(id, images)
      const size = pixels.length / count
      for (let i = 0; i < count; i++) {
        const hash = sha256(pixels.subarray(i * size, (i + 1) * size))
        const first = owner.get(hash) ?? name
        if (first !== name) shared.push(`${first} and ${name}: ${hash}`)
        owner.set(hash, first)
      }
    }
    expect(shared).toEqual([])
  })

  it('holds out a validation split with as many images of each class', () => {
    const validation = manifest.splits.find(({ name }) => name === 'validation')
    const counts = new Array<number>(manifest.classNames.length).fill(0)
    if (validation !== undefined)
      for (const label of unpack(id, validation.labels)) counts[label] = (counts[label] ?? 0) + 1
    expect(new Set(counts)).toEqual(new Set([500]))
  })
})

describe('a description that is wrong', () => {
  const good = readManifest('mnist')

  it.each([
    { change: { id: 5 }, field: 'id' },
    { change: { imageShape: [28, 28] }, field: 'imageShape' },
    { change: { pixelScale: { divideBy: 0 } }, field: 'pixelScale.divideBy' },
    { change: { splits: [{ ...good.splits[0], count: 1.5 }] }, field: 'splits.0.count' },
    { change: { splits: [{ ...good.splits[0], count: 7 }] }, field: 'splits.0.images.bytes' },
  ])('names $field', ({ change, field }) => {
    expect(parseDatasetManifest({ ...good, ...change })).toMatchObject({ field })
  })

  it('never reads outside its own folder', () => {
    const [split] = good.splits
    const images = { ...split?.images, path: '../../secret.bin' }
    expect(parseDatasetManifest({ ...good, splits: [{ ...split, images }] })).toMatchObject({
      field: 'splits.0.images.path',
    })
  })
})
