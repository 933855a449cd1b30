import * as tf from '@tensorflow/tfjs'
import { withValues } from '../../src/formats/format'
import type { OpenedModel, OpenedWeight } from '../../src/formats/format'
import { RefilledFile } from '../../src/formats/refilled-file'
import { strangeOperator } from '../../src/graph/unrunnable'
import { answersOf } from '../engine/distance'
import type { Answer } from '../engine/distance'
import { answeredByOnnx } from '../engine/onnx-written'
import { answeredHere, asTensors } from './made-inputs'

/** Whether the page has a model run by the runtime of ONNX, for an operator that the graph does not know. */
export function isByRuntime({ graph, refillable }: OpenedModel): boolean {
  return refillable !== undefined && strangeOperator(graph) !== null
}

/**
 * What the page says with other numbers in a model: by its program, or by the runtime of ONNX that gets the person's own file with floats
 * in it. Needs a backend.
 * @param values one for each weight
 */
export async function answeredByPage(
  model: OpenedModel,
  values: readonly OpenedWeight['values'][],
  inputs: readonly Answer[],
): Promise<Answer[]> {
  if (!isByRuntime(model)) return answeredHere(model, values, inputs)
  const weights = model.weights.map((weight, at) => {
    const own = values[at]
    return own instanceof Float32Array && own !== weight.values ? withValues(weight, own) : weight
  })
  const { bytes } = new RefilledFile(model.refillable ?? [], weights)
  const given = asTensors(inputs)
  const found = await answeredByOnnx(bytes, given)
  const answers = answersOf(found)
  tf.dispose([given, found])
  return answers
}
