import * as tf from '@tensorflow/tfjs'
import { served } from '../../cores/serve-helper'
import type { Served } from '../../cores/serve-helper'
import { inputTensors } from '../../samples/samples-for-model'
import type { PreparedKernels } from '../../wasm-kernels/prepare-training-kernels'
import { SetUpLearner } from './learner-setup'
import { disposeLearnt } from './piece-learner'
import type { Learnt } from './piece-learner'
import { beginPieces, learnPiece } from './piece-works'
import type { MovedAnswer, MovedPiece, MovedTensor, MovedWeights } from './piece-works'

/** Learns pieces of batches in a further worker. @param kernels of its backend, once it has started */
export function servePieces(kernels: () => PreparedKernels | null): readonly Served[] {
  let current: { readonly run: number; readonly learner: SetUpLearner } | null = null
  return [
    served(beginPieces, ({ run, setup }) => {
      current?.learner.dispose()
      current = setup === null ? null : { run, learner: new SetUpLearner(setup, kernels()) }
      return Promise.resolve({ value: null })
    }),
    served(learnPiece, (piece) => {
      if (current?.run !== piece.run) throw new RangeError('a piece of another run')
      const value = learn(current.learner, piece)
      return Promise.resolve({ value, transfer: buffersOf(value) })
    }),
  ]
}

function learn(learner: SetUpLearner, piece: MovedPiece): MovedAnswer {
  if (piece.weights !== null) takeWeights(learner, piece.weights)
  const { power, samples, seed, share, taught } = piece
  const inputs = inputTensors(
    piece.inputs.map((input) => ({ ...input, picture: null })),
    piece.samples.length,
  )
  const given = {
    inputs,
    targets: tensorOf(piece.targets),
    taught: taught && {
      logits: tensorOf(taught.logits),
      features: taught.features && tensorOf(taught.features),
    },
    power: power === null ? null : tf.scalar(power),
    seed,
    samples,
    share,
  }
  let learnt: Learnt | null = null
  try {
    learnt = learner.learn(given)
    return answerOf(learnt, [...learner.variables], piece)
  } finally {
    tf.dispose([inputs, given.targets])
    if (given.taught !== null) tf.dispose([given.taught.logits, given.taught.features ?? []])
    given.power?.dispose()
    if (learnt !== null) disposeLearnt(learnt)
  }
}

function answerOf(
  { gradients, loss, moved, outputs }: Learnt,
  variables: readonly (readonly [string, tf.Variable])[],
  { answers, room }: MovedPiece,
): MovedAnswer {
  const size = variables.reduce((sum, [, variable]) => sum + variable.size, 0)
  const flat = room ?? new Float32Array(size)
  let at = 0
  for (const [name, variable] of variables) {
    const gradient = gradients.get(name)
    if (gradient !== undefined) flat.set(gradient.dataSync<'float32'>(), at)
    at += variable.size
  }
  return {
    loss: loss.dataSync<'float32'>()[0] ?? NaN,
    outputs: answers ? ownFloats(outputs) : null,
    gradients: room === null ? flat : null,
    given: variables.map(([name]) => gradients.has(name)),
    moved: moved.map(({ name, mean, variance }) => ({
      name,
      mean: ownFloats(mean),
      variance: ownFloats(variance),
    })),
  }
}

function ownFloats(tensor: tf.Tensor): Float32Array {
  return Float32Array.from(tensor.dataSync())
}

function tensorOf({ shape, values }: MovedTensor): tf.Tensor {
  return tf.tensor(values, [...shape], 'float32')
}

function takeWeights(
  learner: SetUpLearner,
  { statisticsFrozen, values, weights }: MovedWeights,
): void {
  let at = 0
  const taken = new Map<string, tf.Tensor>()
  for (const { name, shape } of weights) {
    const size = shape.reduce((all, side) => all * side, 1)
    // A copy: what lies in shared memory is written over before the next batch.
    taken.set(name, tf.tensor(values.slice(at, at + size), [...shape], 'float32'))
    at += size
  }
  learner.take(taken, statisticsFrozen)
  tf.dispose([...taken.values()])
}

function buffersOf({ gradients, moved, outputs }: MovedAnswer): ArrayBuffer[] {
  const arrays = [gradients, outputs, ...moved.flatMap(({ mean, variance }) => [mean, variance])]
  return arrays.flatMap((array) => (array?.buffer instanceof ArrayBuffer ? [array.buffer] : []))
}
