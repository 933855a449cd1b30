import type * as tf from '@tensorflow/tfjs'
import { nodeEnvironment } from '../../src/engine/host/node-environment'
import { memoryFile } from '../../src/files/file-bundle'
import { OnnxRuntimeSession } from '../../src/engine/model/onnx-runtime-session'
import type { OpenedModel } from '../../src/formats/format'
import { isRefused } from '../../src/formats/graph-writing/not-writable'
import { graphSkeleton } from '../../src/formats/onnx/writing/from-graph/graph-skeleton'
import type { SkeletonSettings } from '../../src/formats/onnx/writing/from-graph/graph-skeleton'
import { readModel } from '../../src/formats/onnx/read-model'
import { RefilledFile } from '../../src/formats/refilled-file'
import { castNode, message } from '../files/onnx-writer'
import type { Field } from '../files/onnx-writer'

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
export function answeredByOnnx(
  file: Uint8Array,
  inputs: readonly tf.Tensor[],
): Promise<tf.Tensor[]> {
  return runByOnnx(file, inputs, null)
}

/**
 * The weights as the runtime decodes them: a file that says one thing more of its graph than it did, that each of
 * them is an output as well. Protocol buffers put together what is said twice of a message.
 * @returns by name, those that stand in the graph by themselves
 */
export async function weightsByOnnx(
  file: Uint8Array,
  names: readonly string[],
  inputs: readonly tf.Tensor[],
): Promise<ReadonlyMap<string, Float32Array>> {
  const given = await valuesIn(file)
  const asked = names.filter((name) => given.has(name))
  // Whatever reads codes by itself has none to show.
  if (asked.length === 0) return new Map()
  // JavaScript has no floats of some types.
  const tapOf = (name: string): string => `${name} as float32`
  const taps = asked.flatMap((name): Field[] => [
    [1, castNode(name, tapOf(name), 1)],
    [12, message([1, tapOf(name)])],
  ])
  const tapped = new Uint8Array(Buffer.concat([file, message([7, message(...taps)])]))
  const found = await runByOnnx(tapped, inputs, asked.map(tapOf))
  const weights = asked.map((name, at) => {
    const values = Float32Array.from(found[at]?.dataSync() ?? [])
    return [name, values] as const
  })
  for (const tensor of found) tensor.dispose()
  return new Map(weights)
}

/** Names of what initializers and nodes give. */
async function valuesIn(file: Uint8Array): Promise<ReadonlySet<string>> {
  const { graph } = await readModel(memoryFile('model.onnx', file), () => Promise.resolve())
  return new Set([
    ...graph.initializers.map(({ name }) => name),
    ...graph.nodes.flatMap((node) => node.outputs),
  ])
}

/** @param asked names of outputs; null: all of them */
async function runByOnnx(
  file: Uint8Array,
  inputs: readonly tf.Tensor[],
  asked: readonly string[] | null,
): Promise<tf.Tensor[]> {
  const runtime = await nodeEnvironment().loadOnnxRuntime()
  const session = new OnnxRuntimeSession(runtime, { beat: () => {}, now: () => 0 })
  try {
    await session.renew(file)
    const given = session.inputs.flatMap(({ name }, at) => {
      const input = inputs[at]
      return input === undefined ? [] : [[name, input] as const]
    })
    return await session.run(new Map(given), asked ?? session.outputs.map(({ name }) => name))
  } finally {
    await session.end()
  }
}
