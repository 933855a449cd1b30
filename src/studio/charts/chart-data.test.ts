import { describe, expect, it } from 'vitest'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { defaultRecipe } from '../../techniques/recipe'
import { accuracy, modelSummary, sizeReport } from '../../../testing/studio/test-data'
import {
  histogramRows,
  mainSizes,
  paretoFront,
  sizeRows,
  sparsityRows,
  triedRows,
} from './chart-data'

describe('size rows', () => {
  it('tells files from computed sizes and marks the estimate', () => {
    const rows = sizeRows(
      modelSummary(),
      sizeReport({ zippedIsExact: false }),
      'inside',
      null,
      true,
    )
    expect(rows.filter((row) => row.kind === 'computed').map((row) => row.id)).toEqual([
      'bitPacked',
      'sparse',
      'entropyBound',
    ])
    expect(rows.filter((row) => row.estimate).map((row) => row.id)).toEqual(['zipped'])
  })

  it('shows the opened bytes only where they differ from float32', () => {
    const model = modelSummary()
    const rows = sizeRows(model, sizeReport(), 'inside', null, true)
    expect(rows.some((row) => row.id === 'originalStored')).toBe(false)
    const quantized = { ...model, totals: { ...model.totals, storedBytes: 10 } }
    const apart = sizeRows(quantized, sizeReport(), 'apart', null, true)
    expect(apart.some((row) => row.id === 'originalStored')).toBe(true)
  })

  it('has a bar of the download that was chosen, and none before its size is known', () => {
    const barsOf = (chosen: number | 'unknown' | null, isOfThese = true) =>
      mainSizes(sizeRows(modelSummary(), sizeReport(), 'inside', chosen, isOfThese)).map(
        ({ bytes, id }) => [id, bytes] as const,
      )
    const [opened, own, bound] = barsOf(null)
    expect([own?.[0], bound?.[0]]).toEqual(['zipped', 'entropyBound'])
    const plain = ['plainZipped', own?.[1]]
    expect(barsOf('unknown')).toEqual([opened, plain, bound])
    expect(barsOf(77)).toEqual([opened, plain, ['zipped', 77], bound])
    expect(barsOf(77, false)).toEqual([opened, plain, ['zippedBefore', 77], bound])
  })

  it('begins with files that were quantized already, and of a model that was cut with what was opened', () => {
    const model = modelSummary({ zippedFloat32Bytes: 300 })
    const own = { zippedBytes: 70, storedBytes: 10 }
    const first = sizeRows(
      { ...model, original: { ...model.original, own } },
      sizeReport(),
      'inside',
      null,
      true,
    ).slice(0, 4)
    expect(first.map(({ id, bytes }) => [id, bytes])).toEqual([
      ['originalStored', 10],
      ['originalOwnZipped', 70],
      ['originalFloat32', 40],
      ['originalZipped', 300],
    ])
    const original = { ...model.original, float32Bytes: 80, zippedFloat32Bytes: 500 }
    const removed = { layers: [], gone: ['block'] }
    const cut = sizeRows({ ...model, original, removed }, sizeReport(), 'inside', null, true).slice(
      0,
      3,
    )
    expect(cut.map(({ id, bytes, kind }) => [id, bytes, kind])).toEqual([
      ['originalFloat32', 80, 'original'],
      ['originalZipped', 500, 'original'],
      ['leftZipped', 300, 'computed'],
    ])
  })
})

describe('histogram rows', () => {
  it('closes the last bin and keeps empty bins drawable', () => {
    const rows = histogramRows(
      { min: -1, max: 1, before: [3, 0], after: [0, 3], levels: [], threshold: null },
      0.5,
    )
    expect(rows).toEqual([
      { from: -1, before: 3, after: 0.5 },
      { from: 0, before: 0.5, after: 3 },
      { from: 1, before: 0.5, after: 3 },
    ])
  })
})

describe('sparsity rows', () => {
  it('leaves out layers without compressible weights', () => {
    const layer = { bits: null, mse: 0, sqnrDb: null, clipped: 0, pruning: null, kernels: null }
    const rows = sparsityRows(modelSummary(), [
      { ...layer, name: 'dense', weights: 10, zeros: 4 },
      { ...layer, name: 'norm', weights: 0, zeros: 0 },
    ])
    expect(rows).toEqual([{ name: 'dense', weights: 10, before: 0, after: 0.4 }])
  })
})

describe('tried points', () => {
  it('marks the current settings and leaves out measures that are no share', () => {
    const size = { zipped: 9, reportBytes: 2 }
    const now = recipeWith({ quantize: { bits: 8 } })
    const rows = triedRows(
      [
        { key: 'other', recipe: defaultRecipe, size, measure: accuracy(90) },
        {
          key: 'silent',
          recipe: defaultRecipe,
          size,
          measure: {
            type: 'agreement',
            against: 'original',
            meaning: 'classes',
            cosine: null,
            r2: null,
            data: null,
            measured: 10,
            total: 10,
            agreement: null,
            relativeError: 0,
            klDivergence: null,
            classesReached: 1,
            classes: 10,
            informative: false,
          },
        },
      ],
      now,
      'apart',
    )
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ bytes: 7, share: 0.9, current: false })
  })

  it('draws the front through the points that nothing beats', () => {
    const points = [
      { bytes: 10, share: 0.9 },
      { bytes: 20, share: 0.8 },
      { bytes: 30, share: 0.95 },
      { bytes: 10, share: 0.7 },
    ]
    expect(paretoFront(points)).toEqual([points[0], points[2]])
  })
})
