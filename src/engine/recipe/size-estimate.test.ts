import { beforeAll, describe, expect, it } from 'vitest'
import { sampleBytes } from '../../../testing/models/sample-files'
import { estimateDeflatedBytes } from '../../core/deflate-estimate'
import { memoryFile } from '../../files/file-bundle'
import { zippedBytes } from '../../files/zip-writer'
import { exactTarget, storedForms, writeModel } from '../../formats/exporters'
import type { OpenedModel } from '../../formats/format'
import { openModel } from '../../formats/importers'
import { createPipeline } from '../../techniques/pipeline'
import type { Pipeline } from '../../techniques/pipeline'
import { defaultRecipe, withConfig } from '../../techniques/recipe'
import { exportTensors } from './export-tensors'

const between = () => Promise.resolve()

/** What a zip says of a file besides its bytes: two headers with its name, and its end. */
const HEADERS = 200

// Of a grid of bits 2 to 8, sparsities 0, 50, 80 and 95 % and both ranges, those that were furthest off.
const cells = [
  ['minMax', 2, 0],
  ['minMax', 3, 0.5],
  ['mse', 3, 0.95],
  ['minMax', 6, 0.8],
  ['mse', 8, 0.5],
  ['minMax', 8, 0.95],
] as const

describe.each(['lenet-300-100', 'lenet-5'])('the size of %s while a slider moves', (id) => {
  let opened: OpenedModel
  let pipeline: Pipeline
  beforeAll(async () => {
    const files = [...sampleBytes(id)].map(([name, bytes]) => memoryFile(name, bytes))
    opened = await openModel(files, between)
    const weights = opened.weights.flatMap(({ spec, values }) =>
      values instanceof Float32Array ? [{ spec, values }] : [],
    )
    pipeline = createPipeline(weights, opened.graph)
  })

  it.each(cells)(
    'with %s ranges of %d bits and %d of the weights removed',
    async (range, bits, sparsity) => {
      const quantized = withConfig(defaultRecipe, 'quantize', { bits, range }, true)
      const recipe = withConfig(quantized, 'prune', { value: sparsity }, sparsity > 0)
      const tensors = exportTensors(opened, pipeline.runAll(recipe))
      const target = exactTarget(opened)
      const forms = storedForms(opened, tensors, target)
      const estimate = estimateDeflatedBytes(forms.flatMap(({ entry }) => entry ?? []))
      const { files } = await writeModel(opened, tensors, target, between)
      const weights = files.filter(({ holdsWeights }) => holdsWeights)
      const real = (await zippedBytes(weights, between)) - HEADERS
      expect(Math.abs(estimate / real - 1), `${estimate} for ${real}`).toBeLessThan(0.15)
    },
  )
})
