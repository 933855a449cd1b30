import { expect, it } from 'vitest'
import {
  floatTensor,
  joined,
  message,
  onnxFile,
  port,
  varint,
} from '../../../../testing/files/onnx-writer'
import type { Field } from '../../../../testing/files/onnx-writer'
import { decode } from '../../../core/encoded-tensor'
import { nodeEnvironment } from '../../../engine/host/node-environment'
import { encode } from '../../../techniques/quantize/quantize'
import { writeModel } from '../../exporters'
import { openModel } from '../../importers'
import { RefilledFile } from '../../refilled-file'
import { opsetChanges } from './opset-changes'
import { ceilingOf } from './raise-opset'

const go = () => Promise.resolve()

const whole = (name: string, value: number): Field => [5, message([1, name], [3, value], [20, 2])]
const wholes = (name: string, ...values: number[]): Field => [
  5,
  message([1, name], ...values.map((value): Field => [8, value]), [20, 7]),
]
const real = (name: string, value: number): Field => {
  const bytes = new Uint8Array(Float32Array.of(value).buffer)
  // A field of four bytes.
  return [5, joined([message([1, name], [20, 1]), varint(2 * 8 + 5), bytes])]
}

function node(
  op: string,
  input: string,
  outputs: readonly string[],
  ...attributes: Field[]
): Field {
  return [
    1,
    message([1, input], ...outputs.map((name): Field => [2, name]), [4, op], ...attributes),
  ]
}

/** Operators as they were in opset 9, all of which say it otherwise now. */
const nodes: readonly Field[] = [
  [1, message([1, 'x'], [1, 'w'], [2, 'm'], [4, 'Mul'])],
  node('Softmax', 'm', ['softmax']),
  node('LogSoftmax', 'm', ['logSoftmax'], whole('axis', 2)),
  node('Clip', 'm', ['clip'], real('min', -0.25), real('max', 0.5)),
  node('Pad', 'm', ['pad'], wholes('pads', 0, 1, 0, 0, 0, 2), real('value', 3)),
  node('Slice', 'm', ['slice'], wholes('starts', 1), wholes('ends', 3), wholes('axes', 1)),
  node('Unsqueeze', 'm', ['unsqueeze'], wholes('axes', 0, 2)),
  node('Squeeze', 'unsqueeze', ['squeeze'], wholes('axes', 0)),
  node('ReduceSum', 'm', ['sum'], wholes('axes', 1), whole('keepdims', 0)),
  node('ReduceMean', 'm', ['mean'], wholes('axes', 0, 2)),
  node('ReduceMax', 'm', ['max']),
  node('Split', 'm', ['first', 'second'], whole('axis', 2)),
  node('Split', 'm', ['short', 'long'], whole('axis', 2), wholes('split', 1, 3)),
  node('TopK', 'm', ['top', 'places'], whole('k', 2)),
  node('Dropout', 'm', ['dropout'], real('ratio', 0.5)),
]
const outputs = [
  ...['softmax', 'logSoftmax', 'clip', 'pad', 'slice', 'squeeze', 'sum', 'mean', 'max'],
  ...['first', 'second', 'short', 'long', 'top', 'dropout'],
]
const values = Float32Array.from({ length: 20 }, (_, at) => Math.cos(at))

function fileOf(opset: number, ...more: Field[]): Uint8Array {
  return message(
    [1, 4],
    [8, message([2, opset])],
    [
      7,
      message(
        ...nodes,
        ...more,
        [5, floatTensor('w', [5, 4], [9, new Uint8Array(values.buffer)])],
        [11, port('x', [2, 5, 4])],
        ...outputs.map((name): Field => [
          12,
          message([1, name], [2, message([1, message([1, 1])])]),
        ]),
      ),
    ],
  )
}

it('says in operators of opset 25 what those of opset 9 said', async () => {
  const runtime = await nodeEnvironment().loadOnnxRuntime()
  const model = await openModel(onnxFile(fileOf(9)), go)
  const [weight] = model.weights
  if (!(weight?.values instanceof Float32Array)) throw new Error('no weight')
  const { tensor } = encode({ ...weight.spec, role: 'kernel' }, weight.values, null, {
    ...{ action: 'quantize', bits: 2, granularity: 'perTensor' },
    ...{ scheme: 'affine', symmetry: 'symmetric' },
  })
  const target = { container: 'onnx', precision: 'exact' } as const
  const { files, tensors, usage } = await writeModel(model, [tensor], target, go)
  expect([tensors[0]?.storedAs, usage.intro]).toEqual(['int2', expect.stringContaining('opset 25')])
  // Else onnxruntime in Python rounds what is multiplied with such a weight: 0.4 % beside what is measured here.
  expect(usage.code).toContain("'session.disable_quant_qdq', '1'")
  expect(usage.web).toContain(
    "create('model.onnx', { extra: { session: { disable_quant_qdq: '1' } } })",
  )
  const { usage: plain } = await writeModel(model, model.weights, target, go)
  expect(plain.code).toContain("InferenceSession('model.onnx')")
  expect(plain.web).toContain("create('model.onnx')")
  const floats = new RefilledFile(model.skeleton ?? [], model.weights)
  floats.set('w', decode(tensor))
  const answers = async (bytes: Uint8Array): Promise<readonly unknown[]> => {
    const session = await runtime.InferenceSession.create(bytes, { logSeverityLevel: 3 })
    const data = Float32Array.from({ length: 40 }, (_, at) => Math.sin(at))
    const found = await session.run({ x: new runtime.Tensor('float32', data, [2, 5, 4]) })
    await session.release()
    return outputs.map((name) => [name, found[name]?.dims, found[name]?.data])
  }
  expect(await answers(files[0]?.bytes ?? new Uint8Array(0))).toEqual(await answers(floats.bytes))
})

it('names the operator that nothing says in a newer version, and stops before it', () => {
  const upsample: Field = [1, message([1, 'm'], [2, 'up'], [4, 'Upsample'])]
  expect(ceilingOf([fileOf(9)], 9)).toEqual({ opset: 25, operator: null })
  expect(ceilingOf([fileOf(9, upsample)], 9)).toEqual({ opset: 9, operator: 'Upsample' })
  const normalized: Field = [1, message([1, 'm'], [2, 'n'], [4, 'GroupNormalization'])]
  expect(ceilingOf([fileOf(18, normalized)], 18)).toEqual({
    opset: 20,
    operator: 'GroupNormalization',
  })
})

/**
 * Attributes or inputs went, came without a default, or have another one, by the schemas of onnx 1.23.2 (`onnx.defs`); those that
 * came with a default of what was meant before are left out.
 */
const changed: Readonly<Record<number, string>> = {
  9: 'BatchNormalization Scan Upsample',
  10: 'Slice TopK Upsample',
  11: 'Clip Pad Resize Scatter',
  12: 'Dropout',
  13: 'Hardmax LogSoftmax ReduceSum Resize Softmax Split Squeeze Unsqueeze',
  14: 'BatchNormalization',
  16: 'RoiAlign',
  18: 'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare Split',
  20: 'DFT GridSample',
  21: 'GroupNormalization',
}

it('knows every operator whose description has changed', () => {
  const known = new Map<number, string[]>()
  for (const { ops, since } of opsetChanges) known.set(since, [...(known.get(since) ?? []), ...ops])
  for (const [since, ops] of Object.entries(changed))
    expect([...new Set(known.get(Number(since)))].toSorted()).toEqual(ops.split(' '))
  expect(known.size).toBe(Object.keys(changed).length)
})

it('weights inside a node without a name are called as before, where others come in front of it', async () => {
  const values = new Uint8Array(Float32Array.from({ length: 256 }, (_, at) => Math.sin(at)).buffer)
  const branch = (name: string): Field => {
    const product = message([1, 'h'], [1, `w_${name}`], [2, name], [4, 'MatMul'])
    const inner = message(
      [5, floatTensor(`w_${name}`, [16, 16], [9, values])],
      [1, product],
      [12, port(name, [2, 16])],
    )
    return [5, message([1, `${name}_branch`], [6, inner], [20, 5])]
  }
  const graph = message(
    [11, port('x', [2, 16])],
    // Its axes become a node of their own in opset 18.
    node('ReduceMean', 'x', ['mean'], wholes('axes', 0, 1), whole('keepdims', 0)),
    node('Relu', 'x', ['h']),
    node('Cast', 'mean', ['is'], whole('to', 9)),
    node('If', 'is', ['y'], branch('then'), branch('else')),
    [12, port('y', [2, 16])],
  )
  const model = await openModel(onnxFile(message([1, 8], [8, message([2, 13])], [7, graph])), go)
  const names = ['If_3//w_then', 'If_3//w_else']
  expect(model.weights.map(({ spec }) => spec.name)).toEqual(names)
  const tensors = model.weights.map((weight) => {
    if (!(weight.values instanceof Float32Array)) throw new Error('no weight')
    return encode(weight.spec, weight.values, null, {
      ...{ action: 'quantize', bits: 4, granularity: 'perTensor' },
      ...{ scheme: 'affine', symmetry: 'symmetric' },
    }).tensor
  })
  const target = { container: 'onnx', precision: 'exact' } as const
  const { files, usage } = await writeModel(model, tensors, target, go)
  expect(usage.intro).toContain('opset 21')
  const again = await openModel(onnxFile(files[0]?.bytes ?? new Uint8Array(0)), go)
  expect(again.weights.map(({ spec }) => spec.name)).toEqual(names)
})
