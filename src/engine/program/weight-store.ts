import * as tf from '@tensorflow/tfjs'
import { numberType } from '../../core/tensor-spec'
import type { OpenedModel } from '../../formats/format'
import type { ModelGraph } from '../../graph/graph'
import type { ValueName } from '../../graph/values'
import { inOnePiece } from '../model/forward-pieces'
import { REPLACED_AT_ONCE } from '../model/replaced-at-once'
import type { NamedWeight } from '../model/runnable-model'
import { inference } from './pass'
import type { Plan, Step } from './plan'
import { carriedOut } from './run-plan'
import type { Weights } from './run-plan'
import { standIn } from './script-matrices'

type Opened = Pick<OpenedModel, 'weights'>

/** Weights of a graph on the device, constants, and what depends on them alone. */
export class WeightStore {
  readonly variables: ReadonlyMap<ValueName, tf.Variable>
  private readonly constants: ReadonlyMap<ValueName, tf.Tensor>
  /** What stays with the script, as it is now and as it was opened. */
  private readonly atHome = new Map<ValueName, NamedWeight>()
  private readonly opened = new Map<ValueName, NamedWeight>()
  private readonly still = new Map<ValueName, tf.Tensor>()
  /** Only to know arrays again: those that nobody else has may go. */
  private readonly current = new Map<ValueName, WeakRef<Float32Array>>()

  /**
   * @param plans of this graph; what one of them computes of weights alone is computed once for all
   * @param staying names of large matrices that the device gets in pieces, each time anew
   */
  constructor(
    graph: ModelGraph,
    { weights }: Opened,
    private readonly stillSteps: readonly Step[],
    staying: ReadonlySet<ValueName> = new Set(),
  ) {
    const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs))
    for (const name of graph.outputs) read.add(name)
    const variables = new Map<ValueName, tf.Variable>()
    const constants = new Map<ValueName, tf.Tensor>()
    const hold = (): void => {
      for (const { spec, values } of weights) {
        const { name } = spec
        if (!read.has(name)) continue
        if (staying.has(name) && values instanceof Float32Array) {
          const own = { spec, values }
          this.opened.set(name, own)
          this.atHome.set(name, own)
          constants.set(
            name,
            standIn(() => this.atHome.get(name) ?? own),
          )
          continue
        }
        const tensor = tf.tensor(values, [...spec.shape], numberType(spec))
        if (graph.parameters.has(spec.name) && spec.dtype === 'float32') {
          try {
            variables.set(spec.name, tf.variable(tensor))
          } finally {
            tensor.dispose()
          }
          if (values instanceof Float32Array) this.current.set(spec.name, new WeakRef(values))
        } else constants.set(spec.name, tensor)
      }
      for (const [name, { dtype, shape, values }] of graph.constants)
        if (read.has(name) && !constants.has(name) && values !== null && dtype !== 'string')
          constants.set(name, tf.tensor([...values], [...shape], dtype))
    }
    try {
      hold()
    } catch (error) {
      // Where memory does not suffice nothing stays.
      tf.dispose([...variables.values(), ...constants.values()])
      throw error
    }
    this.variables = variables
    this.constants = constants
  }

  /** For a pass that uses weights as they are, and for one that does not. */
  weights(isAsTheyAre: boolean): Weights {
    const { variables, constants } = this
    if (!isAsTheyAre) return { variables, constants, still: null }
    this.computeStill()
    return { variables, constants, still: this.still }
  }

  async setWeights(weights: readonly NamedWeight[], between: () => Promise<void>): Promise<void> {
    for (const weight of weights) {
      await between()
      const { spec } = weight
      if (this.atHome.has(spec.name)) {
        this.atHome.set(spec.name, weight)
        continue
      }
      const { values } = weight
      const variable = this.variables.get(spec.name)
      if (variable === undefined || this.current.get(spec.name)?.deref() === values) continue
      this.current.delete(spec.name)
      this.forget(spec.name)
      if (values.length > REPLACED_AT_ONCE) letGo(variable)
      // A new tensor, never the old memory: XNNPACK keeps packed weights for each tensor it has seen.
      const fresh = tf.tensor(values, [...spec.shape])
      variable.assign(fresh)
      fresh.dispose()
      this.current.set(spec.name, new WeakRef(values))
    }
  }

  /** Of what stays with the script nothing is held but what was opened. */
  letGo(): void {
    for (const [name, own] of this.opened) this.atHome.set(name, own)
  }

  dispose(): void {
    tf.dispose([...this.variables.values(), ...this.constants.values(), ...this.still.values()])
    this.still.clear()
  }

  /** Gives back what depends on a weight. */
  private forget(name: ValueName): void {
    const changed = new Set([name])
    for (const { node } of this.stillSteps) {
      if (!node.inputs.some((input) => input !== null && changed.has(input))) continue
      for (const output of node.outputs) {
        changed.add(output)
        this.still.get(output)?.dispose()
        this.still.delete(output)
      }
    }
  }

  private computeStill(): void {
    const { variables, constants, still } = this
    const missing = this.stillSteps.filter(
      ({ node }) => !node.outputs.every((name) => still.has(name)),
    )
    if (missing.length === 0) return
    const outputs = missing.flatMap(({ node }) => node.outputs)
    const plan: Plan = { steps: missing.map((step) => ({ ...step, frees: [] })), outputs }
    const known = new Map([...constants, ...still])
    const weights = { variables, constants: known, still: null }
    const run = { plan, weights, inputs: new Map(), pass: inference, look: null }
    const results = inOnePiece(carriedOut(run))
    // Whatever scope this runs in, it stays.
    outputs.forEach((name, at) => {
      const tensor = results[at]
      if (tensor !== undefined) still.set(name, tf.keep(tensor))
    })
  }
}

/** Frees what a variable holds: until it is assigned again one number stands for it. */
function letGo(variable: tf.Variable): void {
  const engine = tf.engine()
  const number = tf.scalar(0)
  const { dataId, dtype } = number
  const placeholder = engine.makeTensorFromTensorInfo({ dataId, dtype, shape: variable.shape })
  engine.backend.incRef(dataId)
  variable.assign(placeholder)
  tf.dispose([number, placeholder])
}
