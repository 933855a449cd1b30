import { describe, expect, it } from 'vitest'
import type { TensorSpec } from '../core/tensor-spec'
import {
  countToLearn,
  lastOfChoice,
  lastToLearn,
  layersToLearn,
  learningPart,
  learningWeights,
  withLayers,
} from './learning-layers'

const specOf = (name: string, layerName: string): TensorSpec => ({
  ...{ name, layerName, shape: [2], dtype: 'float32', role: 'kernel', layerKind: 'dense' },
  channel: { count: 1, inner: 1 },
})

function layerOf(name: string, learnable: number, role: TensorSpec['role'] = 'kernel') {
  const spec = { ...specOf(`${name}/0`, name), role }
  const tensor = {
    spec,
    elements: learnable,
    storedBytes: 0,
    storedAs: 'float32',
    zeros: 0,
  } as const
  return { name, learnable, tensors: [tensor] }
}

const layers = [
  layerOf('first', 44),
  layerOf('flat', 0),
  layerOf('middle', 36),
  layerOf('last', 20),
]
const names = layersToLearn(layers).map(({ name }) => name)

describe('layers that learn', () => {
  it('are those with weights, and their share is of all weights', () => {
    expect(names).toEqual(['first', 'middle', 'last'])
    expect(learningPart(layers, null)).toEqual({ layers: 3, of: 3, share: 1 })
    expect(learningPart(layers, ['last'])).toEqual({ layers: 1, of: 3, share: 0.2 })
    // Of another model, or without weights.
    expect(learningPart(layers, ['elsewhere', 'flat'])).toEqual({ layers: 0, of: 3, share: 0 })
  })

  it('bring all their weights, and no others', () => {
    const weights = ['first', 'first', 'last'].map((layerName, at) => ({
      spec: specOf(`${layerName}/${at}`, layerName),
    }))
    expect(learningWeights(weights, null)).toBeNull()
    expect([...(learningWeights(weights, ['first']) ?? [])]).toEqual(['first/0', 'first/1'])
  })

  it('are counted from the end where they are the last ones', () => {
    expect(lastOfChoice(layers, null)).toBe(3)
    expect(lastOfChoice(layers, ['middle', 'last'])).toBe(2)
    expect(lastOfChoice(layers, ['first', 'last'])).toBe(0)
    expect(lastOfChoice(layers, ['first'])).toBe(0)
    expect(lastOfChoice(layers, [])).toBe(0)
  })

  it('are counted with the bias that is added behind them', () => {
    const apart = [
      layerOf('constant', 0),
      layerOf('first', 40),
      layerOf('first/add', 4, 'bias'),
      layerOf('relu', 0),
      layerOf('last', 18),
      layerOf('last/add', 2, 'bias'),
    ]
    expect(countToLearn(apart)).toBe(2)
    expect(lastToLearn(apart, 1)).toEqual(['last', 'last/add'])
    expect(lastToLearn(apart, 9)).toEqual(['first', 'first/add', 'last', 'last/add'])
    expect(lastOfChoice(apart, ['last', 'last/add'])).toBe(1)
    expect(lastOfChoice(apart, ['last/add'])).toBe(0)
    expect(learningPart(apart, ['last', 'last/add'])).toEqual({ layers: 1, of: 2, share: 20 / 64 })
  })

  it('change in the order of the model', () => {
    expect(withLayers(names, null, ['middle'], false)).toEqual(['first', 'last'])
    expect(withLayers(names, ['last'], ['first', 'last'], true)).toEqual(['first', 'last'])
    expect(withLayers(names, ['last'], ['last'], false)).toEqual([])
  })
})
