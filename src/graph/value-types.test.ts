import { expect, it } from 'vitest'
import type { ModelGraph } from './graph'
import type { GraphNode } from './operators'
import { valueTypes } from './value-types'

it('makes real numbers of whole ones that meet a real weight, and keeps those that meet whole ones', () => {
  const node = (id: string, inputs: readonly string[]): GraphNode => ({
    ...{ id, layer: id, op: 'combine', attributes: { function: 'Mul' }, inputs, outputs: [id] },
  })
  const number = (dtype: 'float32' | 'int32') => ({ shape: [2], dtype, values: [1, 2] })
  const graph: ModelGraph = {
    inputs: [{ value: 'x', shape: [null, 2], dtype: 'int32' }],
    layers: [],
    outputs: ['weighed'],
    nodes: [node('counted', ['x', 'whole']), node('weighed', ['counted', 'real'])],
    parameters: new Map(),
    constants: new Map([
      ['whole', number('int32')],
      ['real', number('float32')],
    ]),
  }
  const types = valueTypes(graph)
  expect([types.get('counted'), types.get('weighed')]).toEqual(['int32', 'float32'])
})
