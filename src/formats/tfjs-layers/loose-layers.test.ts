import { expect, test } from 'vitest'
import { looseLayers } from './loose-layers'

const entry = (name: string, shape: readonly number[]) =>
  ({ name, shape, dtype: 'float32', optimizer: false }) as const

test('weights of a part of a model that no config tells of belong to the class that their folder is called by', () => {
  const { layers, specs } = looseLayers({ class_name: 'Model', config: { layers: [] } }, [
    entry('block1/layers/conv2d_1/vars/0', [3, 3, 64, 64]),
    entry('block1/layers/conv2d_1/vars/1', [64]),
    entry('block1/layers/batch_normalization/vars/0', [64]),
    entry('side1/vars/0', [1, 1, 64, 1]),
  ])
  expect([...specs.values()].map(({ layerName, role }) => [layerName, role])).toEqual([
    ['block1/layers/conv2d_1', 'kernel'],
    ['block1/layers/conv2d_1', 'bias'],
    ['block1/layers/batch_normalization', 'normalization'],
    // Called as its writer liked: nothing says what it is.
    ['side1/vars', 'other'],
  ])
  expect(layers.map(({ className }) => className)).toEqual(['Conv2D', 'BatchNormalization', '?'])
})

test('weights of both ways of a recurrent layer are told as those of one way are', () => {
  const config = { layers: [{ class_name: 'Bidirectional', config: { name: 'both' } }] }
  const { specs } = looseLayers({ class_name: 'Model', config }, [
    entry('layers/bidirectional/backward_layer/cell/vars/0', [4, 20]),
    entry('layers/bidirectional/backward_layer/cell/vars/1', [5, 20]),
    entry('layers/bidirectional/backward_layer/cell/vars/2', [20]),
  ])
  const found = [...specs.values()].map(({ layerKind, role }) => [role, layerKind])
  expect(found).toEqual([
    ['kernel', 'recurrent'],
    ['recurrentKernel', 'recurrent'],
    ['bias', 'other'],
  ])
})
