import { zerosIn } from '../../core/zeros-in'
import type { OpenedModel, OpenedWeight } from '../format'
import { isRefused } from '../graph-writing/not-writable'
import { writeGraph } from './graph-def/write-graph'
import type { AddedTensor, WrittenGraph } from './graph-def/write-graph'

/** Whether nothing is known that stock TensorFlow.js would build a model from. */
export function isBare({ topology }: Pick<OpenedModel, 'topology'>): boolean {
  return Object.keys(topology).length === 0
}

interface OwnGraph extends Pick<WrittenGraph, 'topology' | 'signature' | 'weightNames'> {
  /** What the graph needs beside the weights, as weights of a file. */
  readonly added: readonly OpenedWeight[]
}

/**
 * The graph of a model that runs and has no description in files of TensorFlow.js; null where it has, or cannot be written.
 * @param fromLayers where its layers will not do either
 */
export function writtenGraph(model: OpenedModel, fromLayers = false): OwnGraph | null {
  const { format, graph, obstacles, weights } = model
  const isDescribed = !isBare(model) && (!fromLayers || format === 'tfjs-graph')
  if (isDescribed || obstacles.run !== null || graph.nodes.length === 0) return null
  const written = writeGraph(
    graph,
    weights.map(({ spec }) => spec),
  )
  if (isRefused(written)) return null
  return { ...written, added: written.added.map(weightOf) }
}

function weightOf({ name, shape, values }: AddedTensor): OpenedWeight {
  const dtype = values instanceof Float32Array ? 'float32' : 'int32'
  return {
    spec: {
      ...{ name, shape, dtype, role: 'other', layerName: name, layerKind: 'other' },
      channel: { count: 1, inner: Math.max(1, values.length) },
    },
    ...{ values, storedAs: dtype, storedBytes: values.byteLength },
    ...{ zeros: zerosIn(values), quantized: null },
  }
}
