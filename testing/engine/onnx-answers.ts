import { nodeEnvironment } from '../../src/engine/host/node-environment'
import type { OnnxNumbers } from '../files/onnx-tensor'

/** Warnings are of the nets. */
const quiet = { logSeverityLevel: 3 } as const

/**
 * What the runtime of ONNX says, output by output.
 * @param numbers of `model.onnx.data`, where the file has numbers there
 */
export async function onnxAnswers(
  file: Uint8Array,
  inputs: readonly OnnxNumbers[],
  numbers?: Uint8Array,
): Promise<readonly Float32Array[]> {
  const runtime = await nodeEnvironment().loadOnnxRuntime()
  const beside = numbers && { externalData: [{ path: 'model.onnx.data', data: numbers }] }
  const session = await runtime.InferenceSession.create(file, { ...quiet, ...beside })
  const given = session.inputNames.map((name, at) => {
    const { dtype, shape, values } = inputs[at] ?? { dtype: 'float32', shape: [], values: [] }
    const type = session.inputMetadata[at]
    const isWide = type?.isTensor === true && type.type === 'int64'
    return [
      name,
      isWide
        ? new runtime.Tensor('int64', BigInt64Array.from([...values], BigInt), [...shape])
        : dtype === 'float32'
          ? new runtime.Tensor('float32', Float32Array.from(values), [...shape])
          : new runtime.Tensor('int32', Int32Array.from(values), [...shape]),
    ] as const
  })
  const found = await session.run(Object.fromEntries(given))
  await session.release()
  return session.outputNames.map((name) =>
    Float32Array.from((found[name]?.data ?? []) as ArrayLike<number>, Number),
  )
}
