import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../../../src/core/random'
import type { OpenedModel, OpenedWeight } from '../../../src/formats/format'
import type { ModelGraph } from '../../../src/graph/graph'
import type { GraphNode, OpName } from '../../../src/graph/operators'
import { graphOf, node } from '../../models/small-graphs'
import { elements } from './elements'
import type { Answer, Case } from './gradient-case'
import { moves } from './moves'
import { products } from './products'

export type CaseModel = Pick<OpenedModel, 'graph' | 'weights'>

export function weightsOf({ parameters }: ModelGraph, draw: () => number): OpenedWeight[] {
  return [...parameters.values()].map((spec) => {
    const length = spec.shape.reduce((product, side) => product * side, 1)
    const values = Float32Array.from({ length }, draw)
    const stored = { storedAs: 'float32', storedBytes: values.byteLength } as const
    return { spec, values, ...stored, zeros: 0, quantized: null }
  })
}

/** Every operator that has a gradient; those that have none are among the cases of files. */
const answers: { readonly [Op in OpName]: Answer<Op> } = { ...products, ...elements, ...moves }

/** Those that are written and run, by operator. */
export const cases: readonly (readonly [OpName, readonly Case<OpName>[]])[] = Object.entries(
  answers,
).flatMap(([op, each]) =>
  typeof each === 'string' ? [] : [[op as OpName, each as readonly Case<OpName>[]] as const],
)

/** The first value is an input of open batch, whole numbers are inputs too; all others are weights. */
export function modelOf(
  op: OpName,
  one: Case<OpName>,
): { readonly model: CaseModel; readonly inputs: tf.Tensor[] } {
  const { shapes, indices = [], from = -2, to = 2, outputs = 1, truths = false } = one
  const random = createRandom(11)
  const draw = (): number => from + (to - from) * random.uniform()
  const isInput = (at: number): boolean => at === 0 || indices.includes(at)
  const named = shapes.flatMap((shape, at) =>
    shape === null ? [] : [{ at, name: `x${at}`, shape, isWhole: indices.includes(at) }],
  )
  const given = named.filter(({ at }) => isInput(at))
  const made = Array.from({ length: outputs }, (_, at) => `y${at}`)
  const reads = shapes.map((shape, at) => (shape === null ? null : truths ? `x${at}/is` : `x${at}`))
  const before = truths
    ? named.map(({ name }) => node('cast', { to: 'bool' }, [name], [`${name}/is`]))
    : []
  const written = { ...node('identity', {}, reads, made), op, attributes: one.attributes }
  const graph = graphOf({
    inputs: Object.fromEntries(given.map(({ name, shape }) => [name, [null, ...shape.slice(1)]])),
    parameters: Object.fromEntries(
      named.filter(({ at }) => !isInput(at)).map(({ name, shape }) => [name, shape]),
    ),
    nodes: [...before, written as GraphNode],
    outputs: made,
  })
  const typed: ModelGraph = {
    ...graph,
    inputs: graph.inputs.map((input, at) =>
      given[at]?.isWhole === true ? { ...input, dtype: 'int32' } : input,
    ),
  }
  const inputs = given.map(({ isWhole, shape }) => {
    const length = shape.reduce((product, side) => product * side, 1)
    const values = Array.from({ length }, (_, at) => (isWhole ? at % 2 : draw()))
    return tf.tensor(values, [...shape], isWhole ? 'int32' : 'float32')
  })
  return { model: { graph: typed, weights: weightsOf(typed, draw) }, inputs }
}
