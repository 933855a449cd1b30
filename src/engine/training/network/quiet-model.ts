import type { OpenedModel } from '../../../formats/format'
import { quietTopology } from '../../../formats/tfjs-layers/quiet-topology'
import { isNoisy, withoutNoise } from '../../../graph/without-noise'

/**
 * The same model to train without its dropout: what is left of pruned or rounded weights needs all of its inputs.
 * @see Han et al. 2015, arXiv:1506.02626, section 3.2: the sparser a network, the less dropout in retraining
 */
export function quietModel(opened: OpenedModel): OpenedModel {
  const { graph, topology } = opened
  if (!isNoisy(graph)) return opened
  return { ...opened, graph: withoutNoise(graph), topology: quietTopology(topology) }
}
