import * as tf from '@tensorflow/tfjs'
import { StudioError } from '../../core/errors'
import type { PortSummary } from '../../core/model-summary'
import { shortText } from '../../core/short-text'
import type { ForwardPieces } from './forward-pieces'

type Frozen = Pick<PortSummary, 'shape'> & Partial<Pick<PortSummary, 'name'>>

/** Inputs of a graph that were frozen to different numbers of samples. */
export class SeveralBatches extends RangeError {
  constructor(private readonly inputs: readonly Frozen[]) {
    super('the inputs of the graph were frozen to different batches')
  }

  /** @returns 'open/several-batches' */
  of(file: string): StudioError {
    const frozen = this.inputs.flatMap(({ name, shape: [samples] }) =>
      typeof samples === 'number' ? [{ name: name ?? '', samples }] : [],
    )
    const [one] = frozen
    const other = frozen.find(({ samples }) => samples !== one?.samples)
    const params = {
      ...{ file, input: shortText(one?.name ?? ''), samples: one?.samples ?? 0 },
      ...{ other: shortText(other?.name ?? ''), found: other?.samples ?? 0 },
    }
    return new StudioError('open/several-batches', params, { cause: this })
  }
}

/**
 * The batch that a graph was frozen to, by its inputs; null: it takes any.
 * @throws SeveralBatches where they want different ones
 */
export function frozenBatchOf(inputs: readonly Frozen[]): number | null {
  const sides = new Set(inputs.map(({ shape }) => shape[0] ?? null))
  sides.delete(null)
  if (sides.size > 1) throw new SeveralBatches(inputs)
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
      runs.push(
        outputs.map((output) =>
          tf.tidy(() => (isOfRows(output, batch) ? output.slice(0, own) : output.clone())),
        ),
      )
      tf.dispose([filled, outputs])
    }
    return (runs[0] ?? []).map((first, at) =>
      isOfRows(first, Math.min(batch, samples))
        ? tf.concat(runs.flatMap((each) => each[at] ?? []))
        : first.clone(),
    )
  } finally {
    tf.dispose([filled, runs])
  }
}

/** Has a row for each sample; others, such as a loss, are those of the first run. */
function isOfRows({ shape }: tf.Tensor, samples: number): boolean {
  return shape[0] === samples
}

/** A batch and so many repetitions of its first sample: values that the graph can compute with. */
function filledUp(batch: tf.Tensor, more: number): tf.Tensor {
  if (more === 0) return batch
  const first = batch.slice(0, 1)
  return tf.concat([batch, ...Array.from({ length: more }, () => first)])
}
