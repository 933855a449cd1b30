import type { PortSummary } from '../../core/model-summary'
import type { ModelGraph } from '../../graph/graph'
import { portName } from '../../graph/port-name'
import type { Shape, ValueName } from '../../graph/values'

export function inputPorts(graph: ModelGraph): readonly PortSummary[] {
  return graph.inputs.map(({ value, shape, dtype }) => ({
    name: portName(graph, value),
    shape: shape ?? [],
    dtype,
  }))
}

export interface KnownValue {
  readonly shape: Shape
  readonly dtype: string
}

/** With as many samples as there are. */
function ofSamples(shape: Shape): Shape {
  return [null, ...shape.slice(1)]
}

export function valuePort(graph: ModelGraph, value: ValueName, known: KnownValue): PortSummary {
  return { name: portName(graph, value), shape: ofSamples(known.shape), dtype: known.dtype }
}

/** What each layer gives, by its name; of several values the first. */
export function layerShapes(
  { layers }: ModelGraph,
  shapes: ReadonlyMap<ValueName, Shape>,
): ReadonlyMap<string, Shape> {
  return new Map(
    layers.flatMap(({ name, outputs: [first = ''] }): [string, Shape][] => {
      const shape = shapes.get(first)
      return shape === undefined ? [] : [[name, ofSamples(shape)]]
    }),
  )
}
