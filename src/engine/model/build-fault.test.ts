import { expect, it } from 'vitest'
import { buildFaultOf } from './build-fault'

it('what TensorFlow.js says stands in the sentence as a quotation', () => {
  const thrown = new Error('FusedConv2D only supports rank-1 bias but got rank 0.')
  expect(buildFaultOf('model.json', thrown).toData()).toEqual({
    code: 'open/build-failed',
    params: {
      file: 'model.json',
      reason: 'TensorFlow.js says “FusedConv2D only supports rank-1 bias but got rank 0”',
    },
  })
})

it('a kernel that is missing is named', () => {
  const thrown = new Error("Kernel 'Warp' not registered for backend 'wasm'")
  expect(buildFaultOf('model.json', thrown).toData()).toEqual({
    code: 'open/no-kernel',
    params: { file: 'model.json', kernel: 'Warp', backend: 'wasm' },
  })
})
