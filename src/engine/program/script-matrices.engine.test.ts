import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundleOf, smallModel } from '../../../testing/files/layers-files'
import type { AffineTensor } from '../../core/encoded-tensor'
import { oneGroup } from '../../core/group-layout'
import type { OpenedModel } from '../../formats/format'
import { openModel } from '../../formats/importers'
import { startWasmBackend } from '../host/wasm-in-node'
import { Program } from './program'
import { LARGE_MATRIX } from './script-matrices'

beforeAll(startWasmBackend)
afterAll(async () => {
  await tf.setBackend('cpu')
})

const go = () => Promise.resolve()

const [ROWS, COLUMNS] = [4096, 2048]

/** Numbers whose sums are exact in any order, and differ from piece to piece. */
const values = new Float32Array(ROWS * COLUMNS)
const codes = new Uint8Array(values.length)
for (let at = 0; at < values.length; at++) {
  values[at] = (at % 251) - 125
  codes[at] = (at * 7) % 256
}

/** A dense layer, most of a model. */
function denseModel(): Promise<OpenedModel> {
  const { json } = smallModel()
  const { config } = json.modelTopology.model_config
  const [input, first] = config.layers
  Object.assign(input?.config ?? {}, { batch_input_shape: [null, ROWS] })
  Object.assign(first?.config ?? {}, { units: COLUMNS, use_bias: false })
  config.layers.splice(2)
  config.output_layers = [['first', 0, 0]]
  const weights = [{ name: 'first/kernel', shape: [ROWS, COLUMNS], dtype: 'float32' }]
  json.weightsManifest = [{ paths: ['all.bin'], weights }]
  return openModel(
    bundleOf({ json, shards: new Map([['all.bin', new Uint8Array(values.buffer)]]) }),
    go,
  )
}

/** What ones give: the sums of columns. */
function answers(program: Program): number[] {
  return tf.tidy(() => [...(program.predict([tf.ones([1, ROWS])])[0]?.dataSync() ?? [])])
}

function sums(of: ArrayLike<number>, less = 0): number[] {
  const columns = new Float64Array(COLUMNS).fill(-less * ROWS)
  for (let at = 0; at < of.length;)
    for (let column = 0; column < COLUMNS; column++, at++)
      columns[column] = (columns[column] ?? 0) + (of[at] ?? 0)
  return [...columns]
}

it('a large matrix is multiplied in pieces, as floats and as codes; what was set is held until it is let go', async () => {
  expect(ROWS * COLUMNS).toBe(LARGE_MATRIX)
  const opened = await denseModel()
  const spec = opened.weights[0]?.spec
  if (spec === undefined) throw new Error('no weight')
  const program = new Program(opened)
  expect(program.variables.size).toBe(0)
  expect(answers(program)).toEqual(sums(values))
  const encoded: AffineTensor = {
    ...{ kind: 'affine', spec, bits: 8, mask: null, groups: oneGroup(values.length) },
    ...{ codes, scale: Float32Array.of(1), zeroPoint: Float64Array.of(128) },
  }
  const coded = {
    ...{ spec, encoded },
    get values(): Float32Array {
      throw new Error('nobody decodes it whole')
    },
  }
  await program.setWeights([coded], go)
  expect(answers(program)).toEqual(sums(codes, 128))
  program.letGo()
  expect(answers(program)).toEqual(sums(values))
  program.dispose()
})
