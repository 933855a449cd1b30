import * as tf from '@tensorflow/tfjs'
import { memoryFaultOf } from '../../core/memory-fault'
import { StudioError } from '../../core/errors'
import type { OpenedModel } from '../../formats/format'
import { answerDistance } from '../model/answer-distance'
import type { BetweenLayers, NamedWeight, RunnableModel } from '../model/runnable-model'
import { Program } from '../program/program'

/** How far from what the model answers a program may be, as a share of the largest value of an output. */
const TOLERANCE = 1e-5

/**
 * A program of the graph of a model that shows nothing of its layers, with these weights, if it gives what the model gives.
 * @param model has the same weights
 * @param inputs of one batch; stay the caller's
 * @returns null where they differ; the caller disposes it
 * @throws what `between` throws, or the fault of the device
 */
export async function agreeingProgram(
  opened: OpenedModel,
  weights: readonly NamedWeight[],
  model: RunnableModel,
  inputs: readonly tf.Tensor[],
  between: BetweenLayers,
): Promise<Program | null> {
  const wanted = await answersOf(model, inputs, between)
  let program: Program | null = null
  try {
    program = new Program({ graph: opened.graph, weights: withValues(opened.weights, weights) })
    if (areAlike(await answersOf(program, inputs, between), wanted)) return program
  } catch (error) {
    program?.dispose()
    if (error instanceof StudioError || memoryFaultOf(error) !== null) throw error
    // What stock TensorFlow.js runs and the program does not.
    return null
  }
  program.dispose()
  return null
}

function withValues(
  weights: OpenedModel['weights'],
  changed: readonly NamedWeight[],
): OpenedModel['weights'] {
  const values = new Map(changed.map((weight) => [weight.spec.name, weight.values]))
  return weights.map((weight) => {
    const own = values.get(weight.spec.name)
    return own === undefined ? weight : { ...weight, values: own }
  })
}

type Answer = ArrayLike<number>

function areAlike(found: readonly Answer[], wanted: readonly Answer[]): boolean {
  return (
    found.length === wanted.length &&
    wanted.every((values, at) => answerDistance(found[at] ?? [], values) <= TOLERANCE)
  )
}

async function answersOf(
  model: Pick<RunnableModel, 'predictInSteps'>,
  inputs: readonly tf.Tensor[],
  between: BetweenLayers,
): Promise<Answer[]> {
  const outputs = await model.predictInSteps(inputs, between)
  try {
    const answers: Answer[] = []
    for (const output of outputs) answers.push(await output.data())
    return answers
  } finally {
    tf.dispose(outputs)
  }
}
