import { StudioError } from '../core/errors'
import type { StudioErrorData } from '../core/errors'
import type { ModelGraph } from './graph'
import { endOfGradients, learntWeights } from './learnt-weights'
import { operatorName, strangeOperator, unrunnable } from './unrunnable'

/** Why a graph cannot be trained: it does something that no operator here means, or nothing is learnt; null: it can. */
export function obstacleToTraining(graph: ModelGraph): StudioErrorData | null {
  const operator = strangeOperator(graph)
  if (operator !== null) {
    const params = { operator, number: unrunnable(graph).length }
    return new StudioError('train/operator', params).toData()
  }
  const end = endOfGradients(graph)
  if (end !== null)
    return new StudioError('train/cut-off', { operator: operatorName(graph, end) }).toData()
  return learntWeights(graph).size === 0
    ? new StudioError('train/nothing-learnt', {}).toData()
    : null
}
