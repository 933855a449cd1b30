import * as tf from '@tensorflow/tfjs'
import type { WeightTensor } from '../../../core/weight-tensor'

type Variables = ReadonlyMap<string, tf.Variable>

/** Copies weights into the variables of their names. */
export function loadVariables(variables: Variables, weights: readonly WeightTensor[]): void {
  for (const { spec, values } of weights) {
    const tensor = tf.tensor(values, [...spec.shape])
    variables.get(spec.name)?.assign(tensor)
    tensor.dispose()
  }
}

/** Copies variables out, in the order of `specs`; what none holds stays what it is. */
export async function readVariables(
  variables: Variables,
  specs: readonly WeightTensor[],
): Promise<WeightTensor[]> {
  const copies: WeightTensor[] = []
  for (const { spec, values } of specs) {
    const variable = variables.get(spec.name)
    copies.push({
      spec,
      values: variable === undefined ? values : Float32Array.from(await variable.data()),
      stored: null,
    })
  }
  return copies
}
