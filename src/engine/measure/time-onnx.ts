import * as tf from '@tensorflow/tfjs'
import type { ModelGraph } from '../../graph/graph'
import type { RuntimeTimes } from '../../protocol/variant-messages'
import { OnnxRuntimeSession } from '../model/onnx-runtime-session'
import { madeUpFor, syntheticBatch } from '../samples/synthetic-inputs'
import { inputPorts } from '../program/ports'
import type { Toolbox } from '../work/toolbox'
import { timedRuns } from './timed-runs'

const WARM_UPS = 2
const RUNS = { fewest: 5, most: 30, budgetMs: 500 } as const

/**
 * How long the runtime of ONNX takes to read a file, and for a sample of it.
 * @param graph of the file, as it was opened
 * @throws Error what the runtime says; StudioError 'engine/cancelled'
 */
export function timeOnnx(
  file: Uint8Array,
  graph: ModelGraph,
  { environment, exclusive, pace }: Toolbox,
  signal: AbortSignal,
): Promise<RuntimeTimes> {
  return exclusive.run(signal, async () => {
    const session = new OnnxRuntimeSession(await environment.loadOnnxRuntime(), environment)
    const ports = inputPorts(graph)
    const batch = ports.find(({ shape: [first] }) => first != null)?.shape[0] ?? 1
    const inputs = syntheticBatch(ports, 0, batch, 1, madeUpFor(graph, ports))
    const given = new Map(inputs.map((input, at) => [graph.inputs[at]?.value ?? '', input]))
    try {
      const began = pace.now()
      // As Transformers.js opens it, which tells the runtime nothing.
      await session.renew(file, 'theirs')
      const loadMs = pace.now() - began
      const asked = session.outputs.map(({ name }) => name)
      const once = async (): Promise<number> => {
        await pace.between(signal)
        const start = pace.now()
        const outputs = await session.run(given, asked)
        const taken = pace.now() - start
        tf.dispose(outputs)
        return taken / batch
      }
      for (let turn = 0; turn < WARM_UPS; turn++) await once()
      const times = await timedRuns(once, RUNS)
      return { loadMs, runMs: times[Math.floor(times.length / 2)] ?? NaN, runs: times.length }
    } finally {
      tf.dispose(inputs)
      await session.end()
    }
  })
}
