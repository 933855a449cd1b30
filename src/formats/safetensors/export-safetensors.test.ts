import { expect, test } from 'vitest'
import {
  float32,
  ramp,
  safetensorsFile,
  withHeader,
} from '../../../testing/files/safetensors-files'
import type { AffineTensor } from '../../core/encoded-tensor'
import { groupsOfChannels, oneGroup } from '../../core/group-layout'
import { refusalOf, writeModel } from '../exporters'
import type { OpenedWeight } from '../format'
import { openModel } from '../importers'

const go = () => Promise.resolve()
const entries = {
  'fc.bias': { dtype: 'F32', shape: [2], bytes: float32(0.1, 0.25) },
  'fc.weight': { dtype: 'F32', shape: [2, 16], bytes: ramp(32) },
  mask: { dtype: 'BOOL', shape: [3], bytes: Uint8Array.of(1, 0, 1) },
}
const model = await openModel(safetensorsFile(entries), go)
const exact = { container: 'safetensors', precision: 'exact' } as const

function weightOf(name: string): OpenedWeight {
  const found = model.weights.find(({ spec }) => spec.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

/** All codes of four bits, twice. */
const sixteen = Uint8Array.from({ length: 32 }, (_, at) => at % 16)

/** The bytes of the only weight file. */
async function written(tensor: AffineTensor): Promise<Uint8Array> {
  const tensors = model.weights.map((weight) =>
    weight.spec.name === tensor.spec.name ? tensor : weight,
  )
  const { files } = await writeModel(model, tensors, exact, go)
  expect(files.map(({ path, size }) => [path, size])).toEqual([
    ['model.safetensors', files[0]?.bytes.length],
  ])
  return files[0]?.bytes ?? new Uint8Array(0)
}

function coded(parts: Partial<AffineTensor>): AffineTensor {
  const { spec } = weightOf('fc.weight')
  return {
    ...{ kind: 'affine', spec, bits: 4, codes: sixteen.slice() },
    ...{ groups: groupsOfChannels(spec.channel, 32), mask: null },
    ...{ scale: Float32Array.of(0.5, 0.25), zeroPoint: Float64Array.of(8, 7.5) },
    ...parts,
  }
}

/** A header to the letter, padded with spaces as files are. */
function golden(codes: string, tensors: string, ...data: readonly Uint8Array[]): Uint8Array {
  const told = `{"version":1,"weights":[["fc.bias",null],["fc.weight",${codes}],["mask",null]]}`
  const metadata = JSON.stringify({ format: 'pt', compression_studio: told })
  const json = `{"__metadata__":${metadata},${tensors}}`
  return withHeader(json.padEnd(8 * Math.ceil(json.length / 8)), ...data)
}

test('codes of each channel, byte for byte: wide elements first, the metadata says how they decode', async () => {
  expect(await written(coded({}))).toEqual(
    golden(
      '{"codes":"fc.weight.codes","scale":"fc.weight.scale","zero_point":"fc.weight.zero_point","bits":4,"count":2,"inner":16,"block":1,"axis":1}',
      '"fc.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},' +
        '"fc.weight.scale":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},' +
        '"fc.weight.zero_point":{"dtype":"F32","shape":[2],"data_offsets":[16,24]},' +
        '"fc.weight.codes":{"dtype":"U8","shape":[2,16],"data_offsets":[24,56]},' +
        '"mask":{"dtype":"BOOL","shape":[3],"data_offsets":[56,59]}',
      float32(0.1, 0.25),
      float32(0.5, 0.25),
      float32(8, 7.5),
      sixteen,
      Uint8Array.of(1, 0, 1),
    ),
  )
})

test('what is masked is a code of its own, in two bytes where all codes of one are taken', async () => {
  const mask = sixteen.map((code) => (code === 3 ? 0 : 1))
  const bytes = await written(
    coded({
      ...{ bits: 8, mask, groups: oneGroup(32), scale: Float32Array.of(0.5) },
      zeroPoint: Float64Array.of(1 / 3),
    }),
  )
  const wide = Uint16Array.from(sixteen, (code) => (code === 3 ? 256 : code))
  expect(bytes).toEqual(
    golden(
      '{"codes":"fc.weight.codes","scale":"fc.weight.scale","zero_point":"fc.weight.zero_point","bits":8,"count":1,"inner":32,"block":1,"axis":1,"zero":256}',
      '"fc.weight.zero_point":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},' +
        '"fc.bias":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},' +
        '"fc.weight.scale":{"dtype":"F32","shape":[1],"data_offsets":[16,20]},' +
        '"fc.weight.codes":{"dtype":"U16","shape":[2,16],"data_offsets":[20,84]},' +
        '"mask":{"dtype":"BOOL","shape":[3],"data_offsets":[84,87]}',
      new Uint8Array(Float64Array.of(1 / 3).buffer),
      float32(0.1, 0.25),
      float32(0.5),
      new Uint8Array(wide.buffer),
      Uint8Array.of(1, 0, 1),
    ),
  )
})

test('parts of codes never take the name of a weight', async () => {
  const taken = { 'fc.weight': entries['fc.weight'], 'fc.weight.scale': entries['fc.bias'] }
  const other = await openModel(safetensorsFile(taken), go)
  const tensors = other.weights.map((weight) =>
    weight.spec.name === 'fc.weight' ? coded({ spec: weight.spec }) : weight,
  )
  const { files } = await writeModel(other, tensors, exact, go)
  const text = new TextDecoder().decode(files[0]?.bytes)
  expect(text).toContain('"fc.weight.scale_":')
  expect(text).toContain('"fc.weight.scale":')
})

test('a model without weights is no such file', () => {
  expect(refusalOf(model, model.weights, exact)).toBeNull()
  expect(refusalOf({ ...model, weights: [] }, [], exact)).toEqual({
    code: 'export/no-weights',
    params: {},
  })
})
