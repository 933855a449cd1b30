import type { TensorSpec } from '../../src/core/tensor-spec'
import type { GraphLayer, ModelGraph } from '../../src/graph/graph'
import type { GraphNode, OpAttributes, OpName } from '../../src/graph/operators'
import type { Constant, Shape, ValueName } from '../../src/graph/values'

interface Parts {
  readonly inputs?: Readonly<Record<ValueName, Shape | null>>
  readonly parameters?: Readonly<Record<ValueName, readonly number[]>>
  readonly constants?: Readonly<Record<ValueName, readonly number[] | Constant>>
  readonly nodes: readonly GraphNode[]
  readonly outputs?: readonly ValueName[]
}

/** A graph of few nodes; each makes a layer of its own unless it says another. Lists are constants of whole numbers. */
export function graphOf(parts: Parts): ModelGraph {
  const { inputs = {}, parameters = {}, constants = {}, nodes, outputs } = parts
  return {
    inputs: Object.entries(inputs).map(([value, shape]) => ({ value, shape, dtype: 'float32' })),
    outputs: outputs ?? nodes.at(-1)?.outputs ?? [],
    nodes,
    layers: layersOf(nodes, parameters),
    parameters: new Map(
      Object.entries(parameters).map(([name, shape]) => [name, specOf(name, shape)]),
    ),
    constants: new Map(
      Object.entries(constants).map(([name, given]) => [
        name,
        isList(given) ? listOf(given) : given,
      ]),
    ),
  }
}

/** A node that gives `y` unless told otherwise, in a layer of its own. */
export function node<Op extends OpName>(
  op: Op,
  attributes: OpAttributes[Op],
  inputs: readonly (ValueName | null)[],
  outputs: readonly ValueName[] = ['y'],
  layer = outputs[0] ?? op,
): GraphNode {
  return { id: outputs[0] ?? op, layer, op, attributes, inputs, outputs } as GraphNode
}

type Cell = OpAttributes['recurrent']['cells'][number]

/** A cell as Keras makes it where nothing else is said. */
export function cellOf(kind: Cell['kind'], units: number): Cell {
  return {
    kind,
    units,
    biased: true,
    activation: { function: 'Tanh' },
    gates: kind === 'simple' ? null : { function: 'HardSigmoid', alpha: 0.2, beta: 0.5 },
    dropout: { input: 0, state: 0 },
  }
}

function layersOf(nodes: readonly GraphNode[], weights: object): readonly GraphLayer[] {
  const names = [...new Set(nodes.map(({ layer }) => layer))]
  return names.map((name) => {
    const own = nodes.filter(({ layer }) => layer === name)
    return {
      name,
      className: own[0]?.op ?? '',
      kind: 'other',
      parameters: Object.keys(weights).filter((weight) =>
        own.some(({ inputs }) => inputs.includes(weight)),
      ),
      nodes: own.map(({ id }) => id),
      outputs: own.flatMap(({ outputs }) => outputs),
      nested: false,
    }
  })
}

function specOf(name: ValueName, shape: readonly number[]): TensorSpec {
  const whole = shape.reduce((product, side) => product * side, 1)
  return {
    name,
    shape,
    dtype: 'float32',
    role: 'other',
    layerName: name,
    layerKind: 'other',
    channel: { count: 1, inner: Math.max(1, whole) },
  }
}

function isList(given: readonly number[] | Constant): given is readonly number[] {
  return Array.isArray(given)
}

function listOf(values: readonly number[]): Constant {
  return { shape: [values.length], dtype: 'int32', values }
}
