import { StudioError } from '../../../core/errors'
import type { ExportTensor } from '../../exporter'
import type { OpenedModel } from '../../format'
import { isRefused } from '../../graph-writing/not-writable'
import type { WriteRefusal } from '../../graph-writing/not-writable'
import { writeGraph } from '../graph-def/write-graph'
import { rowName } from '../graph-download'
import { isBare } from '../own-graph'
import { storeInGraph } from './store-packed'

/** Whether a file of the model can be a graph at all, or nothing is known of it but weights. */
export function canBePacked(model: OpenedModel): boolean {
  return !isBare(model) || model.graph.nodes.length > 0
}

/** Why no graph can decode the weights of a model; null where one can. */
export function refusalOfPacked(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
): StudioError | null {
  const { file, format, graph, obstacles } = model
  // Control flow among it: what decodes at each turn of a loop, and what once, is not known.
  if (obstacles.run !== null) return StudioError.from(obstacles.run)
  const refused = format === 'tfjs-graph' ? null : graphRefusal(model)
  if (refused !== null) {
    const what = rowName(graph, refused.layer)
    return new StudioError('export/no-graph', { file, what })
  }
  const isAny = model.weights.some(
    (weight, index) => storeInGraph(tensors[index] ?? weight, weight, 'packed').decoding !== null,
  )
  return isAny ? null : new StudioError('export/nothing-packed', {})
}

const known = new WeakMap<OpenedModel['graph'], WriteRefusal | null>()

/** Asked each time that settings change, and the same for all of them. */
function graphRefusal({ graph, weights }: OpenedModel): WriteRefusal | null {
  const found = known.get(graph)
  if (found !== undefined) return found
  const written = writeGraph(
    graph,
    weights.map(({ spec }) => spec),
  )
  const refused = isRefused(written) ? written : null
  known.set(graph, refused)
  return refused
}
