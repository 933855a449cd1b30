import * as tf from '@tensorflow/tfjs'
import type { Subject } from '../measure/measure-scores'
import { probabilities } from '../measure/probabilities'
import type { Toolbox } from '../work/toolbox'

/** Probabilities of one sample. Needs the lock; the caller disposes the inputs. */
export async function answerTo(
  { runnable, weights }: Subject,
  inputs: readonly tf.Tensor[],
  { pace }: Toolbox,
  signal: AbortSignal,
): Promise<number[]> {
  if (weights !== null) await runnable.setWeights(weights, () => pace.between(signal))
  const outputs = await runnable.predictInSteps(inputs, () => pace.breathe(signal))
  try {
    const values = await outputs[0]?.data<'float32'>()
    const kind = runnable.outputs[0]?.kind ?? 'scores'
    return probabilities(values ?? new Float32Array(), kind)
  } finally {
    tf.dispose(outputs)
  }
}
