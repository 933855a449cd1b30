import { StudioError } from '../../core/errors'
import type { StudioErrorData } from '../../core/errors'
import type { ModelNote } from '../../core/model-summary'
import type { TensorSpec } from '../../core/tensor-spec'
import type { ModelGraph } from '../../graph/graph'
import type { Unwritable } from '../tfjs-files/graph-def/graph-writer'
import { isRefused, writeGraph } from '../tfjs-files/graph-def/write-graph'
import { rowName } from './as-stock-layers'

/** What becomes of a model of which stock TensorFlow.js lacks a layer. */
interface GraphDownload {
  readonly notes: readonly ModelNote[]
  /** Why it cannot be written, as of whatever needs files; null where it can. */
  readonly obstacle: StudioErrorData | null
}

/** Why a download holds nothing but weights. */
const reasons: { readonly [Reason in Unwritable]: ModelNote['code'] } = {
  unknown: 'note/not-written',
  openSides: 'note/not-written-open',
  steps: 'note/not-written-steps',
  tooMuch: 'note/not-written-size',
}

/**
 * Whether its graph can be written for stock TensorFlow.js, as a download of it will be.
 * @param missing the layer that TensorFlow.js lacks
 */
export function asGraphModel(
  file: string,
  missing: string,
  graph: ModelGraph,
  specs: readonly TensorSpec[],
): GraphDownload {
  const written = writeGraph(graph, specs)
  if (!isRefused(written))
    return { notes: [{ code: 'note/as-graph-model', params: { what: missing } }], obstacle: null }
  const what = rowName(graph, written.layer)
  return {
    notes: [{ code: reasons[written.refused], params: { what } }],
    obstacle: new StudioError('structure/not-written', { file, what }).toData(),
  }
}
