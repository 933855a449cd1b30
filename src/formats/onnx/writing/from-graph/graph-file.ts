import type { OpenedModel, RefillableFile } from '../../../format'
import { isRefused } from '../../../graph-writing/not-writable'
import { dataTypes } from './onnx-writer'
import { graphSkeleton } from './graph-skeleton'

const written = new WeakMap<OpenedModel, RefillableFile | null>()

/**
 * The file of ONNX of a model that runs here, without the numbers of its weights, as it is written from its graph.
 * @returns null where there is none
 */
export function graphFile(model: OpenedModel): RefillableFile | null {
  const known = written.get(model)
  if (known !== undefined) return known
  const file = fileOf(model)
  written.set(model, file)
  return file
}

function fileOf(model: OpenedModel): RefillableFile | null {
  const { format, graph, metadata, name, obstacles, portTypes, refillable, weights } = model
  const runs = obstacles.run === null && refillable === undefined && graph.nodes.length > 0
  if (!runs) return null
  const specs = weights.map(({ spec }) => spec)
  const file = graphSkeleton(graph, specs, {
    name,
    metadata: new Map(Object.entries(metadata ?? {}).map(([key, value]) => [key, textOf(value)])),
    ports: format === 'onnx' ? 'values' : 'layers',
    portTypes: new Map(
      [...(portTypes ?? [])].flatMap(([port, type]) => (isWireType(type) ? [[port, type]] : [])),
    ),
  })
  return isRefused(file) ? null : file
}

function isWireType(type: string): type is keyof typeof dataTypes {
  return Object.hasOwn(dataTypes, type)
}

/** Texts are as they are; all else is JSON, as others put names of classes there. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
