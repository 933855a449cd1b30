import * as tf from '@tensorflow/tfjs'
import type { SampleInput, SamplePicture } from '../../protocol/data-messages'
import type { DataSplit } from '../samples/attached-data'
import { loadWeights } from './subject'
import type { Subject } from './subject'
import { pixelsOf } from '../samples/picture-pixels'
import type { Toolbox } from '../work/toolbox'

/** Of the outputs of a sample, so many are shown. */
const ANSWERS = 3
/** Of the numbers of an input, so many. */
const VALUES = 8

/** One sample as the model sees it. Needs the lock. */
export async function showSample(
  split: DataSplit,
  wanted: number,
  subject: Subject,
  tools: Toolbox,
  signal: AbortSignal,
): Promise<SamplePicture> {
  const index = Math.max(0, Math.min(split.count - 1, wanted))
  await loadWeights(subject, tools, signal)
  const pictures = await split.pictures(index, signal)
  const inputs = await split.inputs(index, index + 1, signal)
  let outputs: tf.Tensor[] = []
  try {
    outputs = await subject.runnable.predictInSteps(inputs, () => tools.pace.breathe(signal))
    const shown = await Promise.all(
      inputs.map(async (input, at): Promise<SampleInput> => {
        const numbers = await input.data()
        const picture = pictures[at] ?? null
        return {
          name: subject.runnable.inputs[at]?.name ?? '',
          picture: picture === null ? null : pixelsOf(picture),
          shape: input.shape.slice(1),
          range: rangeOf(numbers),
          values: Array.from(numbers.subarray(0, VALUES)),
        }
      }),
    )
    const values = await outputs[0]?.data<'float32'>()
    const sample = split.sample(index)
    return {
      index,
      count: split.count,
      name: sample.name,
      label: sample.label,
      inputs: shown,
      answers: best(values ?? new Float32Array()),
    }
  } finally {
    tf.dispose([inputs, outputs])
  }
}

function rangeOf(values: ArrayLike<number>): [number, number] {
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i] ?? low)
    high = Math.max(high, values[i] ?? high)
  }
  return [low, high]
}

function best(values: Float32Array): SamplePicture['answers'] {
  return Array.from(values, (value, output) => ({ output, value }))
    .sort((a, b) => b.value - a.value)
    .slice(0, ANSWERS)
}
