import type { OpenedModel } from '../../src/formats/format'
import { withoutNoise } from '../../src/graph/without-noise'
import { quietTopology } from '../models/quiet-topology'

/** The same model without its dropout, also for stock TensorFlow.js. */
export function quietModel(opened: OpenedModel): OpenedModel {
  const { graph, topology } = opened
  return { ...opened, graph: withoutNoise(graph), topology: quietTopology(topology) }
}
