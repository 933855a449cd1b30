import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../../src/core/random'
import { Program } from '../../src/engine/program/program'
import { withValues } from '../../src/formats/format'
import type { OpenedModel, OpenedWeight } from '../../src/formats/format'
import type { GraphInput } from '../../src/graph/graph'
import { OPEN_SIDES, openSidesFor } from '../../src/graph/open-sides'
import { answersOf } from '../engine/distance'
import type { Answer } from '../engine/distance'

const SAMPLES = 3
/** Of what a model leaves open, where its windows fit in. */
const SIDE = 7
/** Whole numbers stay below it, which any table of words has. */
const WORDS = 4

/** Made-up inputs of a model, always the same. */
export function madeInputs({ graph }: Pick<OpenedModel, 'graph'>, samples = SAMPLES): Answer[] {
  const random = createRandom(3)
  const [open = SIDE] = openSidesFor(graph, [SIDE, ...OPEN_SIDES])
  return graph.inputs.map(({ dtype, shape }: GraphInput) => {
    const sides = (shape ?? []).map((side, at) =>
      typeof side === 'number' ? side : at === 0 ? samples : open,
    )
    const count = sides.reduce((all, side) => all * side, 1)
    const draw = dtype === 'int32' ? () => random.below(WORDS) : () => random.normal()
    return { shape: sides, dtype, values: Array.from({ length: count }, draw) }
  })
}

export function asTensors(inputs: readonly Answer[]): tf.Tensor[] {
  return inputs.map(({ dtype, shape, values }) =>
    tf.tensor([...values], [...shape], dtype === 'int32' ? 'int32' : 'float32'),
  )
}

/**
 * What the page says with other numbers in a model. Needs a backend.
 * @param values one for each weight
 */
export function answeredHere(
  model: OpenedModel,
  values: readonly OpenedWeight['values'][],
  inputs: readonly Answer[],
): Answer[] {
  const weights = model.weights.map((weight, at) => {
    const own = values[at]
    return own instanceof Float32Array ? withValues(weight, own) : weight
  })
  const program = new Program({ graph: model.graph, weights })
  const given = asTensors(inputs)
  const found = program.predict(given)
  const answers = answersOf(found)
  tf.dispose([given, found])
  program.dispose()
  return answers
}
