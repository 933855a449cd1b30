import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { textBytes } from '../../testing/files/layers-files'
import { writeModelCard } from './model-card'
import { fingerprint, readReportHashes, writeReport } from './report'
import type { ReportContent } from './report'

const go = () => Promise.resolve()
const textOf = (file: { bytes: Uint8Array }): string => new TextDecoder().decode(file.bytes)

const content: ReportContent = {
  model: 'le | net\n# x',
  modelFormat: 'tfjs-layers',
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
  originalZippedFloat32Bytes: 1500,
  data: null,
  scores: [],
  accuracy: [
    {
      dataset: 'MNIST',
      split: 'test',
      samples: 10_000,
      correct: 9_912,
      originalCorrect: 9_921,
      onlyOriginal: 23,
      onlyCompressed: 14,
    },
  ],
}

test('fingerprints are SHA-256 of the whole file, also beyond one block', async () => {
  const bytes = Uint8Array.from({ length: 2_500_000 }, (_, index) => index % 251)
  const marks: number[] = []
  const [print] = await fingerprint([{ path: 'a.bin', bytes }], (done, total) => {
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

test('a report is read back, and equal content gives equal bytes', () => {
  const report = writeReport(content)
  expect(writeReport({ ...content }).bytes).toEqual(report.bytes)
  expect(JSON.parse(textOf(report))).toMatchObject({
    format: 'compression-studio-report',
    ...content,
  })
  expect([...readReportHashes('report.json', report.bytes)]).toEqual([
    ['model.json', '0'.repeat(64)],
    ['group1-shard1of1.bin', 'ab'.repeat(32)],
  ])
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
  const card = textOf(writeModelCard(content))
  expect(card).toContain('# le \\| net \\# x, compressed')
  expect(card).toContain('Weights: 400, of them zero: 150 (37.50 %)')
  expect(card).toContain('| MNIST | test | 10000 | accuracy | 99.21 % | 99.12 % |')
  expect(card).toContain('Weight files: 400 bytes')
  expect(textOf(writeModelCard({ ...content, accuracy: [] }))).toContain('Not measured')
  expect(await fingerprint([], go)).toEqual([])
})
