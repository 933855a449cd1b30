import { expect, it } from 'vitest'
import type { Json } from '../../files/read-json'
import { halfPrecision } from './half-precision'

const named = (className: string, dtype: Json, more = {}) => ({
  class_name: className,
  config: { name: className, dtype, ...more },
})
const policy = (className: string, name: string) => ({ class_name: className, config: { name } })
const model = (layers: Json[]) => ({ class_name: 'Sequential', config: { layers } })

it('layers that tf-keras and Keras 3 compute in float16 are counted, by policy or by type', () => {
  const layers = [
    named('InputLayer', 'float16'),
    named('Dense', policy('Policy', 'mixed_float16')),
    named('ReLU', policy('DTypePolicy', 'mixed_float16')),
    named('Flatten', 'float16'),
    named('TimeDistributed', 'float32', { layer: named('Dense', 'mixed_float16') }),
    named('Softmax', 'float32'),
    named('Conv2D', policy('DTypePolicy', 'float32')),
  ]
  expect(halfPrecision(model(layers))).toEqual([
    { code: 'note/half-precision', params: { count: 4, type: 'float16', parts: 2048 } },
  ])
})

it('those in a model in the model count, and the model itself does not', () => {
  const inner = named('Functional', 'mixed_bfloat16', {
    layers: [named('Dense', 'mixed_bfloat16')],
  })
  expect(halfPrecision(model([inner]))).toEqual([
    { code: 'note/half-precision', params: { count: 1, type: 'bfloat16', parts: 256 } },
  ])
})

it('says nothing of a model that Keras computes in float32', () => {
  expect(halfPrecision(model([named('Dense', 'float32'), named('Embedding', null)]))).toEqual([])
})
