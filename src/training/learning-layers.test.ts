import { describe, expect, it } from 'vitest'
import type { TensorSpec } from '../core/tensor-spec'
import {
  lastOfChoice,
  layersToLearn,
  learningPart,
  learningWeights,
  withLayers,
} from './learning-layers'

const specOf = (name: string, layerName: string): TensorSpec => ({
  ...{ name, layerName, shape: [2], dtype: 'float32', role: 'kernel', layerKind: 'dense' },
  channel: { count: 1, inner: 1 },
})

const layers = [
  { name: 'first', parameters: 44 },
  { name: 'flat', parameters: 0 },
  { name: 'middle', parameters: 36 },
  { name: 'last', parameters: 20 },
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
    expect(lastOfChoice(names, null)).toBe(3)
    expect(lastOfChoice(names, ['middle', 'last'])).toBe(2)
    expect(lastOfChoice(names, ['first', 'last'])).toBe(0)
    expect(lastOfChoice(names, ['first'])).toBe(0)
    expect(lastOfChoice(names, [])).toBe(0)
  })

  it('change in the order of the model', () => {
    expect(withLayers(names, null, ['middle'], false)).toEqual(['first', 'last'])
    expect(withLayers(names, ['last'], ['first', 'last'], true)).toEqual(['first', 'last'])
    expect(withLayers(names, ['last'], ['last'], false)).toEqual([])
  })
})
