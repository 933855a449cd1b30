import * as tf from '@tensorflow/tfjs'
import type { Latency } from '../../protocol/measure-messages'
import type { OpenModelState } from '../model/model-store'
import { requireRunnable } from '../model/model-store'
import { madeUpFor, syntheticBatch } from '../samples/synthetic-inputs'
import type { Toolbox } from '../work/toolbox'
import { timedRuns } from './timed-runs'

/** The first passes compile shaders and fill caches; they are told apart. */
const WARM_UPS = 3
const RUNS = { fewest: 5, most: 60, budgetMs: 1500 } as const

/**
 * Time of a forward pass of the open model on this device, on synthetic inputs. It depends on the architecture, not
 * on the weights: zeros and decoded weights compute as long as others in TensorFlow.js.
 * @param batch samples at once; a model with a fixed batch takes its own
 * @throws StudioError 'engine/cancelled', or why the model cannot run
 */
export function measureLatency(
  state: OpenModelState,
  batch: number,
  tools: Toolbox,
  signal: AbortSignal,
): Promise<Latency> {
  const runnable = requireRunnable(state)
  const { pace } = tools
  const samples = runnable.frozenBatch ?? batch
  return tools.exclusive.run(signal, async () => {
    const madeUp = madeUpFor(state.opened.graph, runnable.inputs)
    const inputs = syntheticBatch(runnable.inputs, 0, samples, 1, madeUp)
    const once = async (expected: number): Promise<number> => {
      await pace.breathe(signal, expected)
      const began = pace.now()
      const outputs = await runnable.predict(inputs)
      try {
        await outputs[0]?.data()
      } finally {
        tf.dispose(outputs)
      }
      return pace.now() - began
    }
    try {
      const first = await once(4 * samples * pace.expect(state.macs))
      for (let turn = 1; turn < WARM_UPS; turn++) await once(first)
      const times = await timedRuns(() => once(first), RUNS)
      const at = (share: number): number => times[Math.ceil(share * times.length) - 1] ?? NaN
      return {
        backend: state.summary.runtime === 'onnxRuntime' ? 'wasm' : tools.backend().info.backend,
        batch: samples,
        runs: times.length,
        median: at(0.5),
        p95: at(0.95),
        first,
      }
    } finally {
      tf.dispose(inputs)
    }
  })
}
