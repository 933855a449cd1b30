import * as tf from '@tensorflow/tfjs'
import { memoryFaultOf } from '../../core/memory-fault'
import { StudioError } from '../../core/errors'
import type { OpenedModel } from '../../formats/format'
import type { ModelGraph } from '../../graph/graph'
import type { BetweenLayers, NamedWeight, RunnableModel } from '../model/runnable-model'
import { Program } from '../program/program'
import { unrunnable } from '../program/unrunnable'

/** How far from what the model answers a program may be, as a share of the largest value of an output. */
const TOLERANCE = 1e-5

/** The first operator of a graph that no program runs, as its file calls it; null: there is none. */
export function strangeOperator(graph: ModelGraph): string | null {
  const [node] = unrunnable(graph)
  if (node === undefined) return null
  const row = graph.layers.find(({ name }) => name === node.layer)
  return row === undefined ? node.id : `${row.className} (${row.name})`
}

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
    wanted.every((values, at) => distance(found[at] ?? [], values) <= TOLERANCE)
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

/** max |a - b| / max |b|; Infinity where they differ in number, or where one of the two is no number. */
function distance(found: Answer, wanted: Answer): number {
  if (found.length !== wanted.length) return Infinity
  let [most, scale] = [0, 0]
  for (let at = 0; at < wanted.length; at++) {
    const [own = NaN, other = NaN] = [found[at], wanted[at]]
    if (Object.is(own, other)) continue
    if (!Number.isFinite(own) || !Number.isFinite(other)) return Infinity
    most = Math.max(most, Math.abs(own - other))
  }
  for (let at = 0; at < wanted.length; at++) {
    const size = Math.abs(wanted[at] ?? 0)
    if (Number.isFinite(size)) scale = Math.max(scale, size)
  }
  return most === 0 ? 0 : most / scale
}
