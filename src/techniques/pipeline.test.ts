import { describe, expect, it } from 'vitest'
import { decode } from '../core/encoded-tensor'
import { createRandom } from '../core/random'
import type { LayerKind, TensorRole } from '../core/tensor-spec'
import type { WeightTensor } from '../core/weight-tensor'
import { createPipeline } from './pipeline'
import { pruneMeta } from './prune/prune.meta'
import type { PruneConfig } from './prune/prune.meta'
import { quantizeMeta } from './quantize/quantize.meta'
import type { QuantizeConfig } from './quantize/quantize.meta'
import { defaultRecipe } from './recipe'
import type { Recipe } from './recipe'

function weight(
  name: string,
  role: TensorRole = 'kernel',
  layerKind: LayerKind = 'dense',
): WeightTensor {
  const random = createRandom(name.length * 1000 + name.charCodeAt(0))
  const values = Float32Array.from({ length: 240 }, () => 0.1 * random.normal())
  const spec = {
    name: `${name}/${role}`,
    shape: [40, 6],
    dtype: 'float32',
    role,
    layerName: name,
    layerKind,
    channel: { count: 6, inner: 1 },
  } as const
  return { spec, values }
}

const weights = [
  weight('dense1'),
  weight('dense1', 'bias'),
  weight('conv1', 'kernel', 'convolution'),
  weight('bn', 'normalization', 'normalization'),
]

interface Wish {
  readonly prune?: Partial<PruneConfig>
  readonly quantize?: Partial<QuantizeConfig>
  readonly seed?: number
}

function recipe({ prune, quantize, seed }: Wish): Recipe {
  return {
    version: 1,
    seed: seed ?? 42,
    steps: [
      {
        technique: 'prune',
        enabled: prune !== undefined,
        config: { ...pruneMeta.defaultConfig, ...prune },
      },
      {
        technique: 'quantize',
        enabled: quantize !== undefined,
        config: { ...quantizeMeta.defaultConfig, ...quantize },
      },
    ],
  }
}

describe('a pipeline', () => {
  it('leaves everything as it is while all steps are off', () => {
    const { tensors, steps } = createPipeline(weights).runAll(defaultRecipe)
    expect(steps).toEqual([])
    tensors.forEach((tensor, i) => {
      expect(tensor.values).toBe(weights[i]?.values)
      expect(tensor.encoded.kind).toBe('float')
    })
  })

  it.each(['linear', 'affine', 'mean'] as const)(
    'prunes, then quantizes: zeros stay, %s',
    (scheme) => {
      for (const bits of [1, 2, 4, 8, 11])
        for (const granularity of ['perTensor', 'perChannel', 'perGroup'] as const)
          for (const method of ['magnitude', 'random'] as const) {
            const { tensors } = createPipeline(weights).runAll(
              recipe({ prune: { value: 0.6, method }, quantize: { bits, scheme, granularity } }),
            )
            const [dense] = tensors
            expect(dense?.mask?.reduce((sum, kept) => sum + kept, 0)).toBeGreaterThan(0)
            for (const tensor of tensors)
              tensor.mask?.forEach((kept, i) => {
                if (kept === 0) expect(Math.abs(tensor.values[i] ?? NaN)).toBe(0)
              })
          }
    },
  )

  it('hands out values that are the decoded encoding', () => {
    const { tensors } = createPipeline(weights).runAll(
      recipe({ prune: {}, quantize: { biases: 8, normalization: 16 } }),
    )
    for (const tensor of tensors) expect(tensor.values).toEqual(decode(tensor.encoded))
    expect(tensors.map((tensor) => tensor.encoded.kind)).toEqual(Array(4).fill('affine'))
  })

  it('gives the same from memory as from scratch, whatever was asked in between', () => {
    const pipeline = createPipeline(weights)
    const wishes: Wish[] = [
      { prune: { value: 0.3 }, quantize: { bits: 4 } },
      { prune: { value: 0.3 }, quantize: { bits: 3 } },
      { quantize: { bits: 4 } },
      { prune: { value: 0.3, method: 'random' }, quantize: { bits: 4 } },
      { prune: { value: 0.3, method: 'random' }, quantize: { bits: 4 }, seed: 43 },
      { prune: { value: 0.3 }, quantize: { bits: 4 } },
    ]
    for (const wish of wishes) {
      const asked = recipe(wish)
      const fresh = createPipeline(weights).runAll(asked)
      const remembered = pipeline.runAll(asked)
      remembered.tensors.forEach((tensor, i) => {
        expect(tensor.encoded).toEqual(fresh.tensors[i]?.encoded)
        expect(tensor.mask).toEqual(fresh.tensors[i]?.mask)
        expect(tensor.clipped).toBe(fresh.tensors[i]?.clipped)
      })
    }
  })

  it('encodes again only what changed', () => {
    const pipeline = createPipeline(weights)
    const first = pipeline.runAll(recipe({ prune: { value: 0.5 }, quantize: { bits: 5 } }))
    const same = pipeline.runAll(recipe({ prune: { value: 0.5 }, quantize: { bits: 5 } }))
    same.tensors.forEach((tensor, i) => {
      expect(tensor).toBe(first.tensors[i])
    })
    const override = { overrides: { conv1: { bits: 3 } } }
    const one = pipeline.runAll(
      recipe({ prune: { value: 0.5 }, quantize: { bits: 5, ...override } }),
    )
    expect(one.tensors[0]).toBe(first.tensors[0])
    expect(one.tensors[2]).not.toBe(first.tensors[2])
    const [pruned] = one.steps[1]?.inputs ?? []
    expect(pruned).toBe(first.steps[1]?.inputs[0])
  })

  it('can be left after any tensor and goes on from there', () => {
    const pipeline = createPipeline(weights)
    const asked = recipe({ prune: {}, quantize: {} })
    const running = pipeline.run(asked)
    expect(running.next()).toEqual({ done: false, value: { done: 1, total: 8 } })
    expect(running.next().done).toBe(false)
    running.return({ tensors: [], steps: [], notes: [], factors: new Map(), calibration: null })
    const { tensors } = pipeline.runAll(asked)
    expect(tensors.map((t) => t.encoded)).toEqual(
      createPipeline(weights)
        .runAll(asked)
        .tensors.map((t) => t.encoded),
    )
  })

  it('runs the steps in the order of the recipe', () => {
    const { version, seed, steps } = recipe({ prune: { value: 0.5 }, quantize: { bits: 6 } })
    const { tensors } = createPipeline(weights).runAll({ version, seed, steps: steps.toReversed() })
    const [dense] = tensors
    expect(dense?.encoded.kind).toBe('affine')
    expect(dense?.values).toEqual(dense && decode(dense.encoded))
    expect(dense?.values.filter((w) => w === 0).length).toBeGreaterThanOrEqual(120)
  })
})

describe('a weight of -0', () => {
  const values = Float32Array.from({ length: 240 }, (_, at) => (at % 3 === 0 ? -0 : at / 100 - 1))
  const [first] = weights
  if (first === undefined) throw new Error('no weights')

  it.each<readonly [string, Wish]>([
    ['pruned by magnitude', { prune: { value: 0 } }],
    ['pruned at random', { prune: { method: 'random', target: 'threshold', value: 0.1 } }],
    ['rounded', { quantize: { scheme: 'affine', symmetry: 'symmetric' } }],
    ['rounded to codes from zero on', { quantize: { scheme: 'affine', symmetry: 'asymmetric' } }],
    ['put at means', { prune: { value: 0 }, quantize: { scheme: 'mean' } }],
    ['under a mask', { prune: { value: 0 }, quantize: { scheme: 'linear' } }],
  ])('is 0 where it is %s', (_, wish) => {
    const [kernel] = createPipeline([{ spec: first.spec, values }]).runAll(recipe(wish)).tensors
    if (kernel === undefined) throw new Error('no kernel')
    expect(kernel.encoded).not.toMatchObject({ kind: 'float', values })
    expect(decode(kernel.encoded).filter((value) => Object.is(value, -0))).toHaveLength(0)
  })
})
