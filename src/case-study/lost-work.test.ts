import { describe, expect, it } from 'vitest'
import { lostWork } from './lost-work'
import type { StageFigures } from './lost-work'

const stage = (
  id: StageFigures['id'],
  sparsity: number,
  zippedBytes: number,
  share: number | null,
): StageFigures => ({ id, sparsity, zippedBytes, share })

describe('work that a stage destroys', () => {
  it('is none where each stage only adds', () => {
    expect(
      lostWork([
        stage('float', 0, 1000, 0.99),
        stage('pruned', 0.9, 300, 0.7),
        stage('pruneRecovered', 0.9, 305, 0.988),
        stage('quantized', 0.9, 60, 0.6),
        stage('quantizeRecovered', 0.9, 62, 0.985),
        stage('distilled', 0.9, 62, 0.989),
      ]),
    ).toEqual([])
  })

  it('names zeros that quantization moves, once', () => {
    expect(
      lostWork([
        stage('pruneRecovered', 0.9, 300, 0.99),
        stage('quantized', 0, 200, 0.98),
        stage('quantizeRecovered', 0, 200, 0.99),
      ]),
    ).toEqual([{ id: 'quantized', kind: 'sparsity', before: 0.9, after: 0 }])
  })

  it('names a file that grows again', () => {
    expect(
      lostWork([stage('quantized', 0, 100, 0.9), stage('pruneRecovered', 0.5, 106, 0.9)]),
    ).toEqual([{ id: 'pruneRecovered', kind: 'size', before: 100, after: 106 }])
  })

  it('names accuracy that later training does not bring back, and nothing before it has trained', () => {
    expect(
      lostWork([
        stage('quantizeRecovered', 0, 100, 0.99),
        stage('pruned', 0.9, 80, 0.5),
        stage('pruneRecovered', 0.9, 80, 0.97),
      ]),
    ).toEqual([{ id: 'pruneRecovered', kind: 'accuracy', before: 0.99, after: 0.97 }])
    expect(lostWork([stage('float', 0, 100, null), stage('distilled', 0, 90, null)])).toEqual([])
  })
})
