import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { textBytes } from '../../testing/files/layers-files'
import { rowsOf } from '../../testing/files/report-table'
import type { ReportTable } from '../../testing/files/report-table'
import type { ZipSource } from '../files/zip-writer'
import { writeModelCard } from './model-card'
import { hashFiles, readReportHashes, writeReport } from './report'
import type { ReportContent } from './report'
import type { ReportedFigures } from './report-figures'
import type { Usage } from './exporter'

const go = () => Promise.resolve()
const usage: Usage = { language: 'js', intro: 'Open it with a tool:', code: 'await open(model)' }

function textOf({ bytes, tail }: ZipSource): string {
  return new TextDecoder().decode(Uint8Array.of(...bytes, ...(tail ?? [])))
}

const content: ReportContent = {
  model: 'le | net\n# x',
  modelFormat: 'tfjs-layers',
  parameters: 400,
  versions: { 'compression-studio': '0.1.0', '@tensorflow/tfjs': '4.22.0' },
  recipe: { version: 1, seed: 42, steps: [] },
  seed: 42,
  training: [],
  layers: [
    { name: 'a', className: 'Dense', weights: 300, zeros: 100, bits: 4, mse: 0.5, sqnrDb: 12 },
    { name: 'b', className: 'Dense', weights: 100, zeros: 50, bits: null, mse: 0, sqnrDb: null },
  ],
  tensors: [
    {
      name: 'a/kernel',
      storedAs: 'uint8',
      bytes: 300,
      reason: null,
      decodedSha256: 'd'.repeat(64),
    },
  ],
  files: [
    { path: 'model.json', bytes: 10, sha256: '0'.repeat(64) },
    { path: 'group1-shard1of1.bin', bytes: 400, sha256: 'ab'.repeat(32) },
  ],
  original: {
    ...{ name: 'tiny', parameters: 400, macs: null, float32Bytes: 1600 },
    ...{ zippedFloat32Bytes: 1500, own: null },
  },
  removed: null,
  data: null,
  calibration: null,
  places: [
    { dataset: 'MNIST', split: 'test', samples: 10_000, task: 'classification', scores: [] },
  ],
}

const figures: ReportedFigures = {
  scores: [],
  accuracy: [
    {
      split: 'test',
      samples: 10_000,
      correct: 9_912,
      originalCorrect: 9_921,
      onlyOriginal: 23,
      onlyCompressed: 14,
      topFive: null,
    },
  ],
}

test('files are hashed as a whole, also beyond one block', async () => {
  const bytes = Uint8Array.from({ length: 2_500_000 }, (_, index) => index % 251)
  const marks: number[] = []
  const [print] = await hashFiles([{ path: 'a.bin', bytes }], (done, total) => {
    marks.push(done / total)
    return Promise.resolve()
  })
  expect(print).toEqual({
    path: 'a.bin',
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  })
  expect(marks).toHaveLength(3)
  expect(marks.at(-1)).toBe(1)
})

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

test('a report is read back, and equal content gives equal bytes', () => {
  const report = writeReport(content, figures)
  expect(writeReport({ ...content }, figures)).toEqual(report)
  const { layers, tensors, places, ...facts } = content
  const read: unknown = JSON.parse(textOf(report))
  expect(read).toMatchObject({
    format: 'compression-studio-report',
    version: 5,
    decodedSha256: hashOf(new Uint8Array(32).fill(0xdd)),
    ...facts,
    accuracy: [{ dataset: 'MNIST', correct: 9_912, topFive: { correct: null } }],
    scores: [],
    runtime: null,
  })
  const { layers: first, tensors: second } = read as Record<'layers' | 'tensors', ReportTable>
  expect(rowsOf(first)).toEqual(layers)
  const [{ decodedSha256, ...stored }] = tensors as [ReportContent['tensors'][number]]
  expect(rowsOf(second)).toEqual([{ ...stored, decoded: decodedSha256.slice(0, 8) }])
  expect(places).toHaveLength(1)
  expect([...readReportHashes('report.json', textBytes(textOf(report)))]).toEqual([
    ['model.json', '0'.repeat(64)],
    ['group1-shard1of1.bin', 'ab'.repeat(32)],
  ])
})

test('the hash of all decoded values depends on each and on their order', () => {
  const [first] = content.tensors as [ReportContent['tensors'][number]]
  const wholes = ['a', 'b'].map((digit) => ({ ...first, decodedSha256: digit.repeat(64) }))
  const whole = (tensors: ReportContent['tensors']): string =>
    (JSON.parse(textOf(writeReport({ ...content, tensors }))) as { decodedSha256: string })
      .decodedSha256
  expect(whole(wholes)).toBe(
    hashOf(Uint8Array.from({ length: 64 }, (_, index) => (index < 32 ? 0xaa : 0xbb))),
  )
  expect(whole(wholes.toReversed())).not.toBe(whole(wholes))
})

test('a report says what measured, as long whatever it was', () => {
  const texts = ([undefined, 'stock', 'own', 'onnxRuntime'] as const).map((runtime) =>
    textOf(writeReport(content, { ...figures, ...(runtime && { runtime }) })),
  )
  expect(new Set(texts.map(({ length }) => length)).size).toBe(1)
  const read = texts.map((text): unknown => (JSON.parse(text) as { runtime: unknown }).runtime)
  expect(read).toEqual([null, 'stock', 'own', 'onnxRuntime'])
})

test('a report lists how activations became codes', () => {
  const how = {
    ...({ storedAs: 'uint8', range: 'percentile' } as const),
    samples: { count: 512, of: 'calibration split of MNIST' },
  }
  const values = [{ name: 'x', low: -1, high: 2, scale: Math.fround(3 / 255), zeroPoint: 85 }]
  const report = textOf(writeReport({ ...content, activations: { ...how, values } }, figures))
  const { activations } = JSON.parse(report) as {
    activations: { readonly values: ReportTable }
  }
  expect(activations).toMatchObject(how)
  expect(rowsOf(activations.values)).toEqual(values)
  expect(textOf(writeReport(content, figures))).not.toContain('activations')
})

test('without anything to measure nothing stands apart', () => {
  const report = writeReport({ ...content, places: [] })
  expect(report.tail).toBeUndefined()
  expect(JSON.parse(textOf(report))).toMatchObject({ accuracy: [], scores: [] })
})

test.each([
  'not json',
  '[]',
  'null',
  '{"format":"other","files":[{"path":"a","sha256":"00"}]}',
  '{"format":"compression-studio-report","files":{}}',
  '{"format":"compression-studio-report","files":[null,1,{"path":"a","sha256":"short"}]}',
  '{"format":"compression-studio-report","__proto__":1}',
])('a foreign report.json gives no hashes: %s', (text) => {
  expect(readReportHashes('report.json', textBytes(text)).size).toBe(0)
})

test('the card states what was measured and escapes what came from files', async () => {
  const card = textOf(writeModelCard(content, usage, figures))
  expect(card).toContain('# le \\| net \\# x, compressed')
  expect(card).toContain('Weights: 400, of them zero: 150 (37.50 %)')
  expect(card).toMatch(
    /\| MNIST \| test \| 10000 \| +99\.21 % \| +99\.12 % \| +98\.92 % to 99\.29 % \| +23 \| +14 \| 0\.1877 \|/,
  )
  expect(card).toContain('Open it with a tool:\n\n```js\nawait open(model)\n```')
  expect(card).toContain('Weight files: 400 bytes')
  expect(textOf(writeModelCard({ ...content, places: [] }, usage))).toContain('Not measured')
  const trained = (piece: number, statistics: string): string => {
    const training = [{ settings: { batchSize: 32 }, passage: { piece, statistics } }, {}]
    return textOf(writeModelCard({ ...content, training }, usage))
  }
  const asBefore = (statistics: string): string => {
    const settings = { batchSize: 32, batchNorm: { reestimate: true } }
    const training = [{ epoch: 0, settings, passage: { piece: 4, statistics } }]
    const recipe = { ...content.recipe, trained: '0123' }
    return textOf(writeModelCard({ ...content, recipe, training }, usage))
  }
  expect(asBefore('pieces')).toContain('with statistics of batch normalisation taken anew (')
  expect(asBefore('none')).toContain('as they were before the first step of a training run (')
  expect(asBefore('pieces')).not.toMatch(/Trained in batches|trained further/)
  expect(trained(4, 'frozen')).toContain(
    'Trained in batches of 32, at most 4 samples at once, gradients summed up. Batch normalisation kept its statistics',
  )
  expect(trained(16, 'pieces')).toContain('took its statistics from these pieces.')
  expect(trained(16, 'none')).toContain('summed up.\n')
  expect(trained(32, 'batch')).not.toContain('Trained in batches')
  expect(trained(32, 'batch')).not.toContain('in these layers alone')
  const partly = [{ epoch: 2, settings: { batchSize: 32, layers: ['a', 'b'] }, passage: null }]
  expect(textOf(writeModelCard({ ...content, training: partly }, usage))).toContain(
    '- Trained in these layers alone: a, b. The others are as they were before.',
  )
  expect(await hashFiles([], go)).toEqual([])
})

test.each([
  [['model.keras'], 7],
  [['model.h5'], 7],
  [['model.weights.h5'], 7],
  [['model.onnx', 'model.onnx.data'], 14],
  [['model.json', 'a.bin', 'b.bin'], 14],
])('the card counts the bytes of all files with weights: %j', (paths, bytes) => {
  const files = paths.map((path) => ({ path, bytes: 7, sha256: '0'.repeat(64) }))
  expect(textOf(writeModelCard({ ...content, files }, usage))).toContain(
    `Weight files: ${bytes} bytes`,
  )
})

test('no chance is nothing, and the card as long whatever it is', () => {
  const card = (onlyOriginal: number, onlyCompressed: number): string => {
    const accuracy = figures.accuracy.map((one) => ({ ...one, onlyOriginal, onlyCompressed }))
    return textOf(writeModelCard(content, usage, { ...figures, accuracy }))
  }
  expect(card(98, 4)).toContain('| < 1e-4 |')
  expect(card(23, 14)).toContain('| 0.1877 |')
  expect(card(98, 4)).toHaveLength(card(23, 14).length)
})

test('the card names outputs that the opened model gives by name, and says nothing of a list', () => {
  const card = (outputs?: readonly string[]) =>
    textOf(writeModelCard({ ...content, ...(outputs && { outputs }) }, usage))
  expect(card(['age', 'si`ze'])).toContain(
    '- The opened model gives its outputs by name. Where this file gives a list they are, in order: age, si\\`ze\n',
  )
  expect(card()).not.toContain('by name')
})
