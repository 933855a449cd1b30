import { StudioError } from '../../core/errors'
import type { StudioErrorData } from '../../core/errors'
import type { ModelNote } from '../../core/model-summary'
import type { TensorSpec } from '../../core/tensor-spec'
import type { ModelGraph } from '../../graph/graph'
import { isRefused } from '../graph-writing/not-writable'
import type { Unwritable } from '../graph-writing/not-writable'
import { writeGraph } from './graph-def/write-graph'

/** What becomes of a model that stock TensorFlow.js has no layers for. */
export interface GraphDownload {
  /** Why a download holds nothing but weights; null where it is a graph model. */
  readonly note: ModelNote | null
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

/** Whether a graph can be written for stock TensorFlow.js, as a download of it will be. */
export function graphDownload(
  file: string,
  graph: ModelGraph,
  specs: readonly TensorSpec[],
): GraphDownload {
  const written = writeGraph(graph, specs)
  if (!isRefused(written)) return { note: null, obstacle: null }
  const what = rowName(graph, written.layer)
  const because = written.refused === 'openSides' ? strided(graph, written.layer) : what
  return {
    note: { code: reasons[written.refused], params: { what: because } },
    obstacle: new StudioError('structure/not-written', { file, what }).toData(),
  }
}

/** A row with the strides that its places hang on: without them the same layer may well be written for any side. */
function strided(graph: ModelGraph, name: string): string {
  const strides = graph.nodes.flatMap(({ attributes, layer }) =>
    layer === name && 'strides' in attributes ? [attributes.strides] : [],
  )
  const found = strides.find((each) => each.some((step) => step !== 1))
  return rowName(graph, name, found === undefined ? '' : `, strides = ${found.join(' × ')}`)
}

/** A row of the page as messages call it. @param settings of it, behind its class */
export function rowName({ layers }: ModelGraph, name: string, settings = ''): string {
  const row = layers.find((layer) => layer.name === name)
  return row === undefined ? name : `${name} (${row.className}${settings})`
}
