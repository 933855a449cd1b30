import { strFromU8, unzipSync } from 'fflate'
import { expect, it } from 'vitest'
import { joinZip, packFiles, zipLength } from '../../files/zip-writer'
import { writeModelCard } from '../../formats/model-card'
import { writeReport } from '../../formats/report'
import type { ReportContent } from '../../formats/report'
import type { AccuracyEvent } from '../../protocol/measure-messages'
import { defaultRecipe } from '../../techniques/recipe'
import { finishReport } from './archive-draft'
import type { Usage } from '../../formats/exporter'

const none = () => Promise.resolve()

function content(total: number): ReportContent {
  return {
    model: 'tiny',
    modelFormat: 'tfjs-layers',
    parameters: 400,
    versions: { 'compression-studio': '0.1.0' },
    recipe: defaultRecipe,
    seed: 42,
    training: [],
    layers: [],
    tensors: [],
    files: [],
    original: {
      ...{ name: 'tiny', parameters: 400, macs: null, float32Bytes: 1600 },
      ...{ zippedFloat32Bytes: 9000, own: null },
    },
    removed: null,
    data: null,
    calibration: null,
    places: (['validation', 'test'] as const).map((split) => ({
      dataset: 'mnist',
      split,
      samples: total,
      task: 'classification',
      scores: [],
    })),
  }
}

function measured(split: 'validation' | 'test', total: number, correct: number): AccuracyEvent {
  return {
    type: 'accuracy',
    split,
    dataset: 'mnist',
    correct,
    measured: total,
    total,
    originalCorrect: correct,
    paired: { onlyOriginal: total - correct, onlyCompressed: 0 },
    topFive: { correct, originalCorrect: total },
    confusion: null,
  }
}

it('a finished archive states what was measured in the bytes that were promised', async () => {
  const total = 100_000
  const draft = content(total)
  const usage: Usage = { language: 'js', intro: 'Open it:', code: 'open()' }
  const exported = { files: [], tensors: [], held: [], shardBytes: 0, usage }
  const report = await packFiles([writeReport(draft), writeModelCard(draft, usage)], none)
  const promised = zipLength(joinZip(report))
  for (const [correct, runtime, by] of [
    [0, 'stock', 'stock TensorFlow.js'],
    [7, 'own', 'operators'],
    [99_999, 'onnxRuntime', 'ONNX Runtime'],
    [total, 'stock', 'stock TensorFlow.js'],
  ] as const) {
    const measures = [measured('validation', total, correct), measured('test', total, 1)]
    const parts = joinZip(finishReport({ exported, content: draft, report }, measures, runtime))
    expect(zipLength(parts)).toBe(promised)
    const files = unzipSync(new Uint8Array(await new Blob(parts).arrayBuffer()))
    expect(JSON.parse(strFromU8(files['report.json'] ?? new Uint8Array(0)))).toMatchObject({
      accuracy: [
        { split: 'validation', correct, topFive: { originalCorrect: total } },
        { split: 'test', correct: 1 },
      ],
    })
    const card = strFromU8(files['README.md'] ?? new Uint8Array(0))
    expect(card).toContain(`${((100 * correct) / total).toFixed(2)} %`)
    expect(
      /\|\n\nThis file was measured by (?<runtime>.*)\.\s*$/.exec(card)?.groups?.['runtime'],
    ).toContain(by)
  }
})

it('figures of other data are none of the report', async () => {
  const draft = content(10)
  const usage: Usage = { language: 'js', intro: 'Open it:', code: 'open()' }
  const exported = { files: [], tensors: [], held: [], shardBytes: 0, usage }
  const report = await packFiles([writeReport(draft), writeModelCard(draft, usage)], none)
  const other = { ...measured('validation', 10, 7), dataset: 'fashion-mnist' }
  const parts = joinZip(finishReport({ exported, content: draft, report }, [other], 'own'))
  expect(zipLength(parts)).toBe(zipLength(joinZip(report)))
  const files = unzipSync(new Uint8Array(await new Blob(parts).arrayBuffer()))
  expect(JSON.parse(strFromU8(files['report.json'] ?? new Uint8Array(0)))).toMatchObject({
    accuracy: [
      { dataset: 'mnist', split: 'validation', correct: null },
      { dataset: 'mnist', split: 'test', correct: null },
    ],
  })
})
