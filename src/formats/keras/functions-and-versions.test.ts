import { expect, it } from 'vitest'
import { fileOf, given, weight } from '../../../testing/files/described-keras'
import { readKerasModel } from './read-keras-model'

it('a function of TensorFlow that no operation is stands with its name, whatever its layer is called', () => {
  const odd = { class_name: 'TFOpLambda', config: { name: 'odd', function: 'math.cumprod' } }
  const { file, config } = fileOf([given, odd], {})
  expect(readKerasModel(file, config).obstacles.run).toEqual({
    code: 'open/tensorflow-function',
    params: { file: 'net.h5', layer: 'odd', className: 'tf.math.cumprod' },
  })
})

it.each([
  ['2.15.0', 'keras-2', ['slice', 'resize']],
  ['3.5.0', 'keras-3', ['slice', 'resize']],
  ['3.7.0', 'keras-3', ['slice']],
  ['3.8.0', 'keras-3', ['identity']],
  ['3.15.1', 'keras-3', ['identity']],
  [null, 'keras-3', null],
] as const)('a RandomCrop of Keras %s', (version, writer, ops) => {
  const picture = {
    class_name: 'InputLayer',
    config: { name: 'given', batch_input_shape: [null, 8, 9, 2] },
  }
  const crop = { class_name: 'RandomCrop', config: { name: 'crop', height: 4, width: 4 } }
  const { file, config } = fileOf([picture, crop], {})
  const { graph, obstacles } = readKerasModel({ ...file, version, writer }, config)
  expect(ops === null ? [] : graph.nodes.map(({ op }) => op)).toEqual(ops ?? [])
  if (ops === null)
    expect(obstacles.run).toMatchObject({
      code: 'open/unsupported-setting',
      params: { layer: 'crop', setting: 'keras_version' },
    })
  else expect(obstacles.run).toBeNull()
})

it('weights that two layers would be given, which Keras itself does not open, are refused', () => {
  const layer = (name: string) => ({
    class_name: 'Dense',
    config: { name, units: 4, use_bias: false },
  })
  const kernel = [weight('dense/kernel', [4, 4])]
  const { file, config } = fileOf([given, layer('one'), layer('other')], {
    one: kernel,
    other: kernel,
  })
  expect(() => readKerasModel(file, config)).toThrow(
    expect.objectContaining({
      code: 'open/duplicate-name',
      params: { file: 'net.h5', field: 'layer other', name: 'dense/kernel', first: 'layer one' },
    }),
  )
})
