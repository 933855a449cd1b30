import * as tf from '@tensorflow/tfjs'
import type { PortSummary } from '../../core/model-summary'
import type { ForwardPieces } from './forward-pieces'

/**
 * The batch that a graph was frozen to, by its inputs; null: it takes any.
 * @throws RangeError where they want different ones
 */
export function frozenBatchOf(inputs: readonly Pick<PortSummary, 'shape'>[]): number | null {
  const sides = new Set(inputs.map(({ shape }) => shape[0] ?? null))
  sides.delete(null)
  if (sides.size > 1)
    throw new RangeError(`the graph only takes batches of ${[...sides].join(' and ')}`)
  return [...sides][0] ?? null
}

/**
 * A graph that was frozen to a batch is run as often as it takes, its last batch filled up.
 * @param batch null: as many as it is given
 */
export function* inFrozenBatches(
  inputs: readonly tf.Tensor[],
  batch: number | null,
  run: (inputs: readonly tf.Tensor[]) => ForwardPieces,
): ForwardPieces {
  const samples = inputs[0]?.shape[0] ?? 1
  if (batch === null || samples === batch) return yield* run(inputs)
  const runs: tf.Tensor[][] = []
  let filled: tf.Tensor[] = []
  try {
    for (let from = 0; from < samples; from += batch) {
      const own = Math.min(batch, samples - from)
      filled = inputs.map((input) => tf.tidy(() => filledUp(input.slice(from, own), batch - own)))
      const outputs = yield* run(filled)
      runs.push(outputs.map((output) => tf.tidy(() => output.slice(0, own))))
      tf.dispose([filled, outputs])
    }
    return (runs[0] ?? []).map((_, output) => tf.concat(runs.flatMap((each) => each[output] ?? [])))
  } finally {
    tf.dispose([filled, runs])
  }
}

/** A batch and so many repetitions of its first sample: values that the graph can compute with. */
function filledUp(batch: tf.Tensor, more: number): tf.Tensor {
  if (more === 0) return batch
  const first = batch.slice(0, 1)
  return tf.concat([batch, ...Array.from({ length: more }, () => first)])
}
