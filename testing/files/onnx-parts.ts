/** Weights of made-up models of ONNX, and what the nodes of a file say. */
import type { RefillableFile } from '../../src/formats/format'
import { OpenGraph } from '../../src/formats/onnx/writing/graph-editor'
import { floatTensor } from './onnx-writer'
import type { Field } from './onnx-writer'

/** What the nodes of a file say. */
export function nodesIn(bytes: Uint8Array): readonly string[] {
  const file: RefillableFile = [bytes]
  return new OpenGraph(file).nodes.map(
    ({ node: { inputs, op, outputs } }) => `${op} ${inputs.join(' ')} > ${outputs.join(' ')}`,
  )
}

export function waves(length: number, from: number): Field {
  const values = Float32Array.from({ length }, (_, at) => Math.sin(from + 1.7 * at))
  return [9, new Uint8Array(values.buffer)]
}

/** An initializer of waves, others for each place to begin. */
export function weight(name: string, dims: readonly number[], from: number): Field {
  const count = dims.reduce((all, side) => all * side, 1)
  return [5, floatTensor(name, dims, waves(count, from))]
}
