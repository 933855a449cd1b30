import type * as tf from '@tensorflow/tfjs'
import { inOnePiece } from '../../src/engine/model/forward-pieces'
import { inference } from '../../src/engine/program/pass'
import { channelsLast } from '../../src/graph/passes/one-layout'
import { kernelsInOrder } from '../../src/graph/passes/kernels-in-order'
import { planOf } from '../../src/engine/program/plan'
import { carriedOut } from '../../src/engine/program/run-plan'
import { WeightStore } from '../../src/engine/program/weight-store'
import type { OpenedModel } from '../../src/formats/format'

/** A graph as its file says it, which computes its shapes while it runs. */
export function runUnfolded(
  { graph, weights }: Pick<OpenedModel, 'graph' | 'weights'>,
  inputs: readonly tf.Tensor[],
): tf.Tensor[] {
  const ready = kernelsInOrder(channelsLast(graph))
  const plan = planOf(ready)
  const store = new WeightStore(ready, { weights }, [])
  const given = new Map(
    graph.inputs.flatMap(({ value }, at) => {
      const input = inputs[at]
      return input === undefined ? [] : [[value, input] as const]
    }),
  )
  const run = { plan, weights: store.weights(false), inputs: given, pass: inference, look: null }
  const outputs = inOnePiece(carriedOut(run))
  store.dispose()
  return outputs
}
