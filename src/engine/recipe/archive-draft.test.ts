import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExportedModel } from '../../formats/exporter'
import type { ReportContent } from '../../formats/report'
import { writeModelCard } from '../../formats/model-card'
import { writeReport } from '../../formats/report'
import { writeZip, zipLength } from '../../files/zip-writer'
import type { AccuracyEvent } from '../../protocol/measure-messages'
import { defaultRecipe } from '../../techniques/recipe'
import { finishArchive } from './archive-draft'

const none = () => Promise.resolve()
const bytes = Uint8Array.from({ length: 5000 }, (_, index) => (index * index) % 251)
const exported: ExportedModel = {
  files: [{ path: 'group1-shard1of1.bin', bytes }],
  tensors: [],
  shardBytes: bytes.length,
}

function content(total: number): ReportContent {
  return {
    model: 'tiny',
    modelFormat: 'tfjs-layers',
    versions: { 'compression-studio': '0.1.0' },
    recipe: defaultRecipe,
    seed: 42,
    training: [],
    layers: [],
    tensors: [],
    files: [{ path: 'group1-shard1of1.bin', bytes: bytes.length, sha256: 'ab'.repeat(32) }],
    originalZippedFloat32Bytes: 9000,
    data: null,
    scores: [],
    accuracy: (['validation', 'test'] as const).map((split) => ({
      dataset: 'mnist',
      split,
      samples: total,
      correct: total,
      originalCorrect: total,
      onlyOriginal: total,
      onlyCompressed: total,
      topFive: { correct: total, originalCorrect: total },
    })),
  }
}

function measured(
  split: 'validation' | 'test',
  total: number,
  correct: number,
  before: number,
): AccuracyEvent {
  return {
    type: 'accuracy',
    split,
    dataset: 'mnist',
    correct,
    measured: total,
    total,
    originalCorrect: before,
    paired: { onlyOriginal: total - correct, onlyCompressed: total - before },
    topFive: { correct, originalCorrect: before },
    confusion: null,
  }
}

describe('finishing an archive', () => {
  it('gives the promised bytes, whatever the accuracies turn out to be', async () => {
    const total = 100_000
    const widest = content(total)
    const parts = await writeZip(
      [...exported.files, writeReport(widest), writeModelCard(widest)],
      none,
    )
    const draft = { exported, content: widest, zippedBytes: zipLength(parts) + 384 }
    const count = fc.integer({ min: 0, max: total })
    let tightest = Infinity
    await fc.assert(
      fc.asyncProperty(count, count, count, count, async (a, b, c, d) => {
        const accuracy = [measured('validation', total, a, b), measured('test', total, c, d)]
        const archive = await finishArchive(draft, accuracy, none)
        expect(zipLength(archive)).toBe(draft.zippedBytes)
        tightest = Math.min(tightest, zipLength(archive.slice(-1)))
      }),
      { seed: 20251125, numRuns: 150 },
    )
    // Far from the edge, or the slack would be luck.
    expect(tightest).toBeGreaterThan(128)
  })
})
