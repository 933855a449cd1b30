import { readFileSync } from 'node:fs'
import { createRandom } from '../../src/core/random'
import type { GraphFiles } from '../files/graph-files'
import { modelBytes } from './sample-files'

/** Small transformers that `scripts/writers/write_transformers.py` has trained and the stock converter has written. */
export type TransformerName = 'small-vit' | 'small-bert'

interface Measured {
  /** Right answers on what it was not trained with, counted by TensorFlow. */
  readonly right: number
  readonly of: number
  /** What TensorFlow answers to the first pictures of the test split of MNIST. */
  readonly first?: readonly (readonly number[])[]
}

const folderOf = (name: TransformerName): string => `testing/models/${name}`

export function measuredOf(name: TransformerName): Measured {
  return JSON.parse(readFileSync(`${folderOf(name)}/measured.json`, 'utf8')) as Measured
}

/** As if it had been dropped. */
export function transformerFiles(name: TransformerName): File[] {
  return partsOf(name).map(({ path, bytes }) => new File([bytes], path))
}

export function partsOf(name: TransformerName): { path: string; bytes: Uint8Array<ArrayBuffer> }[] {
  return [...modelBytes(folderOf(name))].map(([path, bytes]) => ({ path, bytes }))
}

export function transformerGraphFiles(name: TransformerName): GraphFiles {
  const shards = modelBytes(folderOf(name))
  const json = new TextDecoder().decode(shards.get('model.json'))
  shards.delete('model.json')
  return { json: JSON.parse(json) as GraphFiles['json'], shards }
}

const [WORDS, LENGTH, GROUPS] = [30, 12, 3]

/** What small-bert has learnt: which of three groups of words, by the remainder, a sentence has most of. */
export function sentences(count: number, seed: number): { rows: number[][]; labels: number[] } {
  const random = createRandom(seed)
  const rows: number[][] = []
  const labels: number[] = []
  while (rows.length < count) {
    const length = 4 + Math.floor(random.uniform() * (LENGTH - 3))
    const row = Array.from({ length: LENGTH }, (_, at) =>
      at < length ? 1 + Math.floor(random.uniform() * (WORDS - 1)) : 0,
    )
    const counts = Array.from(
      { length: GROUPS },
      (_, group) => row.filter((word) => word > 0 && word % GROUPS === group).length,
    )
    const most = Math.max(...counts)
    if (counts.filter((each) => each === most).length > 1) continue
    rows.push(row)
    labels.push(counts.indexOf(most))
  }
  return { rows, labels }
}

/** The same as a table of data. */
export function sentenceTable(count: number, seed: number): File {
  const { rows, labels } = sentences(count, seed)
  const head = [...Array.from({ length: LENGTH }, (_, at) => `word${at}`), 'label']
  const lines = rows.map((row, at) => [...row, `group ${labels[at] ?? ''}`].join())
  return new File([[head.join(), ...lines].join('\n')], 'sentences.csv')
}
