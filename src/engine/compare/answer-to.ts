import * as tf from '@tensorflow/tfjs'
import { loadWeights } from '../measure/subject'
import type { Subject } from '../measure/subject'
import { probabilities } from '../measure/probabilities'
import type { Toolbox } from '../work/toolbox'

/** Probabilities of one sample. Needs the lock; the caller disposes the inputs. */
export async function answerTo(
  subject: Subject,
  inputs: readonly tf.Tensor[],
  tools: Toolbox,
  signal: AbortSignal,
): Promise<number[]> {
  const { runnable } = subject
  await loadWeights(subject, tools, signal)
  const outputs = await runnable.predictInSteps(inputs, () => tools.pace.breathe(signal))
  try {
    const values = await outputs[0]?.data<'float32'>()
    const kind = runnable.outputs[0]?.kind ?? 'scores'
    return probabilities(values ?? new Float32Array(), kind)
  } finally {
    tf.dispose(outputs)
  }
}
