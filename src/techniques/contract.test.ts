import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { StudioError } from '../core/errors'
import { createRandom } from '../core/random'
import type { TensorSpec } from '../core/tensor-spec'
import { catalog, makeStep, metaOf, techniqueIds } from './catalog'
import type { StepOf, TechniqueId } from './catalog'
import { createPipeline } from './pipeline'
import { untouched } from './technique'
import type { WorkingTensor } from './technique'
import { planStep } from './weight-steps'

function defaultStep<Id extends TechniqueId>(id: Id): StepOf<Id> {
  return makeStep(id, true, metaOf(id).defaultConfig)
}

function tensors(): WorkingTensor[] {
  return (['dense', 'convolution', 'depthwise'] as const).map((layerKind, index) => {
    const random = createRandom(index)
    const spec: TensorSpec = {
      name: `${layerKind}/kernel`,
      shape: [3, 4, 5],
      dtype: 'float32',
      role: layerKind === 'depthwise' ? 'depthwiseKernel' : 'kernel',
      layerName: layerKind,
      layerKind,
      channel: { count: 5, inner: 1 },
    }
    return untouched({ spec, values: Float32Array.from({ length: 60 }, () => random.normal()) })
  })
}

/** Weights with zeros and a mask, as a pruning step leaves them. */
function sparseTensors(): WorkingTensor[] {
  return tensors().map(({ spec, values }) => {
    const mask = Uint8Array.from(values, (w) => (Math.abs(w) > 0.5 ? 1 : 0))
    const kept = values.map((w, i) => (mask[i] === 1 ? w : 0))
    return { ...untouched({ spec, values: kept }), mask }
  })
}

function runOn(id: TechniqueId, inputs: readonly WorkingTensor[], seed: number): WorkingTensor[] {
  const planned = planStep(defaultStep(id), inputs, { seed })
  return inputs.map((tensor, i) => planned[i]?.apply(tensor) ?? tensor)
}

describe.each(techniqueIds)('the technique %s', (id) => {
  const meta = catalog[id]

  it('calls itself by its key and names its sources', () => {
    expect(meta.id).toBe(id)
    expect(meta.citations.length).toBeGreaterThan(0)
    for (const { url } of meta.citations) expect(new URL(url).protocol).toBe('https:')
  })

  it('has a README with a formula section and a source', () => {
    const path = `src/techniques/${id}/README.md`
    expect(existsSync(path)).toBe(true)
    const text = readFileSync(path, 'utf8')
    for (const { url } of meta.citations) expect(text).toContain(url)
  })

  it('parses its own default settings into themselves, also through JSON', () => {
    expect(meta.parseConfig(meta.defaultConfig)).toEqual(meta.defaultConfig)
    const text = JSON.stringify(meta.defaultConfig)
    expect(meta.parseConfig(JSON.parse(text))).toEqual(meta.defaultConfig)
  })

  it('refuses settings that are not its own, by name', () => {
    for (const bad of [null, 'x', {}, { ...meta.defaultConfig, extra: 1 }]) {
      try {
        meta.parseConfig(bad)
        throw new Error('accepted')
      } catch (error) {
        expect(error instanceof StudioError && error.code).toBe('recipe/invalid')
      }
    }
  })

  it('plans every tensor with plain data', () => {
    const planned = planStep(defaultStep(id), tensors(), { seed: 1 })
    expect(planned).toHaveLength(3)
    for (const { plan } of planned) expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  })

  it('gives the same for the same seed', () => {
    const [first, second] = [runOn(id, tensors(), 5), runOn(id, tensors(), 5)]
    first.forEach((tensor, i) => {
      expect(tensor.encoded).toEqual(second[i]?.encoded)
      expect(tensor.values).toEqual(second[i]?.values)
    })
  })

  it('never changes the weights it was given', () => {
    const inputs = tensors()
    const copies = inputs.map((tensor) => tensor.values.slice())
    runOn(id, inputs, 5)
    inputs.forEach((tensor, i) => {
      expect(tensor.values).toEqual(copies[i])
    })
  })

  it('preserves what it says it preserves', () => {
    const inputs = sparseTensors()
    const outputs = runOn(id, inputs, 5)
    const preserved: readonly string[] = meta.preserves
    outputs.forEach((tensor, i) => {
      const input = inputs[i]
      if (preserved.includes('shape')) {
        expect(tensor.spec).toEqual(input?.spec)
        expect(tensor.values).toHaveLength(input?.values.length ?? NaN)
      }
      if (preserved.includes('sparsity'))
        input?.values.forEach((w, k) => {
          if (w === 0) expect(Math.abs(tensor.values[k] ?? NaN)).toBe(0)
        })
    })
  })

  it('takes part in a recipe', () => {
    const inputs = tensors()
    const pipeline = createPipeline(inputs)
    const { steps } = pipeline.runAll({ version: 1, seed: 1, steps: [defaultStep(id)] })
    expect(steps.map(({ step }) => step.technique)).toEqual([id])
  })
})
