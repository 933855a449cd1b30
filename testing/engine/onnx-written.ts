import type * as tf from '@tensorflow/tfjs'
import { nodeEnvironment } from '../../src/engine/host/node-environment'
import { OnnxRuntimeSession } from '../../src/engine/model/onnx-runtime-session'
import type { OpenedModel } from '../../src/formats/format'
import { isRefused } from '../../src/formats/graph-writing/not-writable'
import { graphSkeleton } from '../../src/formats/onnx/writing/from-graph/graph-skeleton'
import type { SkeletonSettings } from '../../src/formats/onnx/writing/from-graph/graph-skeleton'
import { RefilledFile } from '../../src/formats/refilled-file'

/** The file of ONNX that is written from a graph, with its numbers. @throws Error where it is refused */
export function onnxFileOf(
  { graph, weights }: Pick<OpenedModel, 'graph' | 'weights'>,
  settings?: SkeletonSettings,
): Uint8Array<ArrayBuffer> {
  const specs = weights.map(({ spec }) => spec)
  const written = graphSkeleton(graph, specs, settings)
  if (isRefused(written)) throw new Error(`${written.layer}: ${written.refused}`)
  return new RefilledFile(written, weights).bytes
}

/** What the runtime of ONNX makes of such a file. */
export async function answeredByOnnx(
  file: Uint8Array,
  inputs: readonly tf.Tensor[],
): Promise<tf.Tensor[]> {
  const runtime = await nodeEnvironment().loadOnnxRuntime()
  const session = new OnnxRuntimeSession(runtime, { beat: () => {}, now: () => 0 })
  try {
    await session.renew(file)
    const given = session.inputs.flatMap(({ name }, at) => {
      const input = inputs[at]
      return input === undefined ? [] : [[name, input] as const]
    })
    const asked = session.outputs.map(({ name }) => name)
    return await session.run(new Map(given), asked)
  } finally {
    await session.end()
  }
}
