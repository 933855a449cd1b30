import { describe, expect, it } from 'vitest'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { defaultRecipe } from '../../techniques/recipe'
import { createStudioStore } from '../store/store'
import { accuracy, modelSummary, sizeEvent, weightsEvent } from '../../../testing/studio/test-data'
import { chartValues, confusionValues } from './chart-values'

function filled() {
  const store = createStudioStore()
  const request = { recipe: defaultRecipe, focus: [], mode: 'settled' } as const
  const state = store.getState()
  state.replaceModel(modelSummary())
  state.showWeights(weightsEvent(), request)
  state.showSizes(sizeEvent(), request)
  state.setOriginalMeasure(accuracy(98))
  state.addTried({
    key: 'x',
    recipe: recipeWith({ prune: { method: 'random' } }),
    size: { zipped: 150, reportBytes: 30 },
    measure: accuracy(60),
  })
  return store.getState()
}

it('confusions are rows of a label and an answer, with a column for each table', () => {
  const names = ['cat', 'dog']
  expect(
    confusionValues(
      { original: [3, 1, 0, 4], compressed: [2, 2, 1, 3] },
      (output) => names[output] ?? '',
    ),
  ).toEqual({
    columns: ['label', 'answer', 'original', 'compressed'],
    rows: [
      ['cat', 'cat', 3, 2],
      ['cat', 'dog', 1, 2],
      ['dog', 'cat', 0, 1],
      ['dog', 'dog', 4, 3],
    ],
  })
})

describe('charts as plain numbers', () => {
  it('are null before there is anything', () => {
    const state = createStudioStore().getState()
    for (const tab of ['size', 'sparsity', 'weights', 'accuracy', 'training'] as const)
      expect(chartValues(tab, state)).toBeNull()
  })

  it('name every figure and keep it whole', () => {
    const state = filled()
    const size = chartValues('size', state)
    expect(size?.rows).toContainEqual(['zipped', 200, 'file', false])
    expect(chartValues('sparsity', state)?.rows).toEqual([['dense', 10, 0, 0.5]])
    expect(chartValues('weights', state)?.rows[0]).toEqual([-1, -0.5, 2, 2])
    const points = chartValues('accuracy', state)
    expect(points?.rows.map((row) => row.slice(0, 7))).toEqual([
      ['original', 400, 0.98, 'accuracy', 'validation', 100, false],
      ['tried', 150, 0.6, 'accuracy', 'validation', 100, true],
    ])
    const apart = { ...state, reportPlace: 'apart' } as const
    expect(chartValues('size', apart)?.rows).toContainEqual(['zipped', 170, 'file', false])
    expect(chartValues('accuracy', apart)?.rows.map((row) => row[1])).toEqual([400, 120])
    for (const tab of ['size', 'sparsity', 'weights', 'accuracy'] as const) {
      const values = chartValues(tab, state)
      for (const row of values?.rows ?? []) expect(row).toHaveLength(values?.columns.length ?? 0)
    }
  })
})
