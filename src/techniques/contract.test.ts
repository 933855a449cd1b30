import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { graphOf, node } from '../../testing/models/small-graphs'
import { StudioError } from '../core/errors'
import { createRandom } from '../core/random'
import { isCompressible } from '../core/tensor-spec'
import type { TensorSpec } from '../core/tensor-spec'
import { catalog, makeStep, metaOf, techniqueIds } from './catalog'
import type { StepOf, TechniqueId } from './catalog'
import { createPipeline } from './pipeline'
import type { Statistics } from './statistics'
import { untouched } from './technique'
import type { StepContext, WorkingTensor } from './technique'
import { planStep } from './weight-steps'

function defaultStep<Id extends TechniqueId>(id: Id): StepOf<Id> {
  return makeStep(id, true, metaOf(id).defaultConfig)
}

const kinds = ['dense', 'convolution', 'depthwise'] as const

/** A kernel and a bias of three layers. */
function tensors(): WorkingTensor[] {
  return kinds.flatMap((layerKind, index) => {
    const random = createRandom(index)
    const spec: TensorSpec = {
      name: `${layerKind}/kernel`,
      shape: [3, 5, 5],
      dtype: 'float32',
      role: layerKind === 'depthwise' ? 'depthwiseKernel' : 'kernel',
      layerName: layerKind,
      layerKind,
      channel: { count: 5, inner: 1 },
    }
    const bias: TensorSpec = { ...spec, name: `${layerKind}/bias`, shape: [5], role: 'bias' }
    return [
      untouched({ spec, values: Float32Array.from({ length: 75 }, () => random.normal()) }),
      untouched({ spec: bias, values: Float32Array.from({ length: 5 }, () => random.normal()) }),
    ]
  })
}

const sliding = {
  strides: [1],
  dilations: [1],
  padding: { begin: [0], end: [0] },
  layout: 'channelsLast',
  kernel: { spatial: [0], input: 1, output: 2 },
  groups: 1,
} as const

/** Inputs are known, and every kernel was another before. */
function context(seed: number): StepContext {
  const before = tensors().map(({ spec, values }) =>
    untouched({ spec, values: values.map((value) => value + 0.1) }),
  )
  return {
    seed,
    graph: graphOf({
      inputs: { x: null },
      parameters: Object.fromEntries(before.map(({ spec }) => [spec.name, spec.shape])),
      nodes: kinds.map((name, at) =>
        node('conv', sliding, [kinds[at - 1] ?? 'x', `${name}/kernel`, `${name}/bias`], [name]),
      ),
    }),
    original: (name) => before.find(({ spec }) => spec.name === name) ?? null,
    factorsOf: () => null,
    statistics: {
      key: 'x',
      of: ((_: string, kind: string) =>
        kind === 'mean'
          ? { sides: [6, 5], values: Float64Array.from({ length: 30 }, (_value, i) => i) }
          : null) as Statistics['of'],
    },
  }
}

/** Weights with zeros and a mask, as a pruning step leaves them. */
function sparseTensors(): WorkingTensor[] {
  return tensors().map(({ spec, values }) => {
    if (!isCompressible(spec)) return untouched({ spec, values })
    const mask = Uint8Array.from(values, (w) => (Math.abs(w) > 0.5 ? 1 : 0))
    const kept = values.map((w, i) => (mask[i] === 1 ? w : 0))
    return { ...untouched({ spec, values: kept }), mask }
  })
}

function runOn(id: TechniqueId, inputs: readonly WorkingTensor[], seed: number): WorkingTensor[] {
  const outputs = [...inputs]
  for (const part of planStep(defaultStep(id), inputs, context(seed)).parts) {
    const changed = part.apply(part.tensors.flatMap((at) => inputs[at] ?? []))
    part.tensors.forEach((at, place) => {
      outputs[at] = changed[place] ?? failed()
    })
  }
  return outputs
}

function failed(): never {
  throw new Error('a tensor is missing')
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

  it('plans with plain data, no tensor twice', () => {
    const { parts } = planStep(defaultStep(id), tensors(), context(1))
    for (const { plan } of parts) expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
    const named = parts.flatMap((part) => part.tensors)
    expect(new Set(named).size).toBe(named.length)
    // Every kernel is in one.
    expect(named).toEqual(expect.arrayContaining([0, 2, 4]))
  })

  it('changes something', () => {
    const inputs = tensors()
    const outputs = runOn(id, inputs, 5)
    expect(outputs.some((tensor, at) => tensor.values !== inputs[at]?.values)).toBe(true)
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
