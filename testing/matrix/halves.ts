import { nearestHalves } from '../../src/core/float16'
import type { ContainerId } from '../../src/core/model-summary'
import type { OpenedModel, OpenedWeight } from '../../src/formats/format'
import type { ShortFloat } from '../../src/formats/named-weights/element-types'
import type { ModelGraph } from '../../src/graph/graph'
import type { GraphNode } from '../../src/graph/operators'
import { valueTypes } from '../../src/graph/value-types'
import { distance } from '../engine/distance'
import type { Answer } from '../engine/distance'
import { answeredHere } from './made-inputs'

/** The nearest half is at most so far away, as a share of the number: they have 11 binary digits. */
const ROUNDING = 2 ** -11
/** A runtime rounds at other places than the page does here, and by chance in the worse direction. */
const OTHERWISE = 3

/** Weights that a file of ONNX computes with as floats of 16 bits. */
export function shortFloatsIn({ skeleton = [] }: OpenedModel): ReadonlyMap<string, ShortFloat> {
  return new Map(
    skeleton.flatMap((piece): [string, ShortFloat][] =>
      'weight' in piece && (piece.type === 'F16' || piece.type === 'BF16')
        ? [[piece.weight, piece.type]]
        : [],
    ),
  )
}

/** Whether what a model is written as computes with halves somewhere, because its file does. */
export function hasHalves(model: OpenedModel, container: ContainerId): boolean {
  const ports = [...(model.portTypes?.values() ?? [])]
  const types = new Set(shortFloatsIn(model).values())
  return container === 'onnx' && (types.has('F16') || ports.includes('float16'))
}

/**
 * How far a file that computes with halves may be from what the page says with float32, as a share of the largest number of an output.
 * How far roundings carry depends on the model: those in front of a softmax grow with its inputs. So the page says it once more with
 * everything rounded to halves, whatever is given to the model and whatever an operator gives. A runtime rounds as much, or less where it
 * computes with float32, but not the same numbers: three times that distance is allowed, and the rounding of the output.
 * Needs a backend.
 * @param values one for each weight
 */
export function halvesApart(
  model: OpenedModel,
  values: readonly OpenedWeight['values'][],
  inputs: readonly Answer[],
): number {
  const rounded = inputs.map((input): Answer =>
    input.dtype === 'float32'
      ? { ...input, values: [...nearestHalves(Float32Array.from(input.values))] }
      : input,
  )
  const graph = roundedGraph(model.graph)
  const found = answeredHere({ ...model, graph }, values, rounded)
  return ROUNDING + OTHERWISE * distance(found, answeredHere(model, values, inputs))
}

/** A graph whose operators give halves. */
function roundedGraph(graph: ModelGraph): ModelGraph {
  const types = valueTypes(graph)
  const nodes = graph.nodes.flatMap((node): GraphNode[] => {
    const real = node.outputs.filter((name) => types.get(name) === 'float32')
    const outputs = node.outputs.map((name) => (real.includes(name) ? whole(name) : name))
    const { layer } = node
    return [
      { ...node, outputs },
      ...real.map((name): GraphNode => ({
        ...{ id: `${name} rounded`, layer, op: 'unary', inputs: [whole(name)], outputs: [name] },
        attributes: { function: 'Rounded', to: 'float16' },
      })),
    ]
  })
  return { ...graph, nodes }
}

/** What a value is called before it is rounded. */
function whole(name: string): string {
  return `${name} whole`
}
