import * as tf from '@tensorflow/tfjs'
import type { PortSummary } from '../../core/model-summary'
import type { OpenedModel } from '../../formats/format'
import { directWeights } from '../../graph/direct-weights'
import { foldConstants } from '../../graph/fold-constants'
import type { ModelGraph } from '../../graph/graph'
import { shapesOf } from '../../graph/shapes-of'
import { valueTypes } from '../../graph/value-types'
import type { Shape, ValueName } from '../../graph/values'
import { inOnePiece, inPieces } from '../model/forward-pieces'
import type { ForwardPieces } from '../model/forward-pieces'
import { frozenBatchOf, inFrozenBatches } from '../model/frozen-batches'
import { outputPorts } from '../model/output-ports'
import type {
  BetweenLayers,
  InstantModel,
  LookAtInput,
  NamedWeight,
  OutputPort,
} from '../model/runnable-model'
import { isOnTape } from './kernels/with-gradients'
import { inference } from './pass'
import type { Pass } from './pass'
import { kernelsInOrder } from '../../graph/passes/kernels-in-order'
import type { Plan } from './plan'
import { Plans } from './plans'
import { inputPorts, layerShapes, valuePort } from './ports'
import { carriedOut } from './run-plan'
import { largeMatrices } from './script-matrices'
import { WeightStore } from './weight-store'

/**
 * A graph that runs and trains, by operators of TensorFlow.js and on any of its backends. Whether it can is said by
 * `unrunnable`.
 */
export class Program implements InstantModel {
  readonly inputs: readonly PortSummary[]
  readonly outputs: readonly OutputPort[]
  readonly outputShapes: ReadonlyMap<string, Shape>
  readonly frozenBatch: number | null
  private readonly plans: Plans
  private readonly store: WeightStore
  private readonly given: readonly ModelGraph['inputs'][number][]

  /**
   * @param learns all weights are variables; else WebAssembly, which would hold the largest ones twice, gets those in pieces
   * @throws RangeError at a node that nothing here runs; nothing stays allocated
   */
  constructor(opened: Pick<OpenedModel, 'graph' | 'weights'>, { learns = false } = {}) {
    const { graph } = opened
    const ready = kernelsInOrder(directWeights(foldConstants(graph)))
    this.plans = new Plans(ready)
    this.given = graph.inputs
    this.inputs = inputPorts(graph)
    const shapes = shapesOf(graph)
    const types = valueTypes(graph)
    const shapeOf = (value: ValueName): Shape => shapes.get(value) ?? [null]
    const ports = graph.outputs.map((value) =>
      valuePort(graph, value, { shape: shapeOf(value), dtype: types.get(value) ?? 'float32' }),
    )
    this.outputs = outputPorts(ports, this.inputs, graph)
    this.outputShapes = layerShapes(graph, shapes)
    this.frozenBatch = frozenBatchOf(this.inputs)
    const isWhole = learns || tf.getBackend() !== 'wasm'
    const staying = isWhole ? new Set<ValueName>() : largeMatrices(this.plans.graph)
    this.store = new WeightStore(this.plans.graph, opened, this.plans.still, staying)
  }

  /** Weights as gradients change them, by name. */
  get variables(): ReadonlyMap<ValueName, tf.Variable> {
    return this.store.variables
  }

  /** One batch, in one piece, on the tape where there is one. The caller disposes inputs and outputs. */
  forward(inputs: readonly tf.Tensor[], pass: Pass): tf.Tensor[] {
    const plan = this.plans.of({
      isLearning: pass.training || isOnTape(),
      seen: pass.seen === undefined ? new Set() : pass.seen.values,
    })
    return inOnePiece(
      inFrozenBatches(inputs, this.frozenBatch, (batch) => this.run(plan, batch, pass, null)),
    )
  }

  predict(inputs: readonly tf.Tensor[]): tf.Tensor[] {
    return inOnePiece(this.through(inputs, null))
  }

  async predictInSteps(inputs: readonly tf.Tensor[], between: BetweenLayers): Promise<tf.Tensor[]> {
    return inPieces(this.through(inputs, null), between)
  }

  readonly lookInSteps = async (
    inputs: readonly tf.Tensor[],
    look: LookAtInput,
    between: BetweenLayers,
  ): Promise<void> => {
    tf.dispose(await inPieces(this.through(inputs, look), between))
  }

  setWeights(weights: readonly NamedWeight[], between: () => Promise<void>): Promise<void> {
    return this.store.setWeights(weights, between)
  }

  readonly letGo = (): void => {
    this.store.letGo()
  }

  dispose(): void {
    this.store.dispose()
  }

  private through(inputs: readonly tf.Tensor[], look: LookAtInput | null): ForwardPieces {
    const plan = this.plans.of({ isLearning: false, seen: look === null ? new Set() : null })
    return inFrozenBatches(inputs, this.frozenBatch, (batch) =>
      this.run(plan, batch, inference, look),
    )
  }

  private *run(
    plan: Plan,
    inputs: readonly tf.Tensor[],
    pass: Pass,
    look: LookAtInput | null,
  ): ForwardPieces {
    const made: tf.Tensor[] = []
    const given = this.given.flatMap(({ value, dtype }, at): [ValueName, tf.Tensor][] => {
      const tensor = inputs[at]
      if (tensor === undefined) return []
      if (dtype !== 'bool' || tensor.dtype === 'bool') return [[value, tensor]]
      const truths = tf.cast(tensor, 'bool')
      made.push(truths)
      return [[value, truths]]
    })
    const weights = this.store.weights(pass === inference)
    try {
      return yield* carriedOut({ plan, weights, inputs: new Map(given), pass, look })
    } finally {
      tf.dispose(made)
    }
  }
}
