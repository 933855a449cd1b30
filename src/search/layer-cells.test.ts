import { describe, expect, it } from 'vitest'
import { decode } from '../core/encoded-tensor'
import { createRandom } from '../core/random'
import { computedSizes } from '../core/sizes'
import type { WeightTensor } from '../core/weight-tensor'
import { createPipeline } from '../techniques/pipeline'
import { defaultRecipe } from '../techniques/recipe'
import { recipeOf } from './allocation'
import { allCells, layerCells, settingsOf } from './layer-cells'

const random = createRandom(2)
const kernel: WeightTensor = {
  spec: {
    ...{ name: 'k', shape: [40, 20], dtype: 'float32', role: 'kernel' },
    ...{ layerName: 'dense', layerKind: 'dense', channel: { count: 20, inner: 1 } },
  },
  values: Float32Array.from({ length: 800 }, () => random.normal()),
}
const own = { layer: 'dense', kernels: [kernel], moments: null }
const cells = [...layerCells(own, (tensor) => computedSizes(tensor).entropyBound, 1000)]

describe('the choices for a layer', () => {
  it('are all bits with all sparsities, the layer as it is among them', () => {
    expect(cells.map(settingsOf)).toEqual(allCells)
    expect(cells.find(({ bits, sparsity }) => bits === null && sparsity === 0)?.error).toBe(0)
  })

  it('lose more with fewer bits and with more removed', () => {
    const errors = (of: (cell: (typeof cells)[number]) => boolean): number[] =>
      cells.filter(of).map(({ error }) => error)
    const byBits = errors(({ range, sparsity }) => range === 'minMax' && sparsity === 0)
    expect(byBits).toEqual(byBits.toSorted((one, other) => other - one))
    const bySparsity = errors(({ bits }) => bits === null)
    expect(bySparsity).toEqual(bySparsity.toSorted((one, other) => one - other))
  })

  it('are what the steps make of the layer, by its own bytes and errors', () => {
    for (const cell of cells.filter((_, index) => index % 17 === 3)) {
      const layers = new Map([['dense', cell]])
      const all = { layers, biases: 'float', normalization: 'float', corrected: false } as const
      const [made] = createPipeline([kernel]).runAll(recipeOf(defaultRecipe, all)).tensors
      if (made === undefined) throw new Error('nothing was made')
      expect(cell.bytes).toBe(computedSizes(made.encoded).entropyBound)
      const changed = decode(made.encoded)
      const moved = kernel.values.reduce((sum, w, i) => sum + (w - (changed[i] ?? 0)) ** 2, 0)
      const whole = kernel.values.reduce((sum, w) => sum + w ** 2, 0)
      expect(cell.error).toBeCloseTo(moved / whole, 9)
    }
  })
})
