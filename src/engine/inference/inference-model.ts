import * as tf from '@tensorflow/tfjs'
import type {
  BetweenLayers,
  InstantModel,
  NamedWeight,
  RunnableModel,
} from '../model/runnable-model'
import type { InferencePass } from './inference-pass'

type Described = Pick<RunnableModel, 'inputs' | 'outputs' | 'outputShapes'>

/** A model by the inference pass; what it is called stands in another one of the same graph. */
export class InferenceModel implements InstantModel {
  readonly inputs: RunnableModel['inputs']
  readonly outputs: RunnableModel['outputs']
  readonly outputShapes: RunnableModel['outputShapes']
  readonly frozenBatch = null
  /** Values lie in each other's places: nothing can be looked at. */
  readonly lookInSteps = null
  wasWhole = true

  constructor(
    private readonly pass: InferencePass,
    { inputs, outputs, outputShapes }: Described,
  ) {
    this.inputs = inputs
    this.outputs = outputs
    this.outputShapes = outputShapes
  }

  async setWeights(weights: readonly NamedWeight[], between: () => Promise<void>): Promise<void> {
    for (const weight of weights) {
      await between()
      this.pass.setWeight(weight)
    }
  }

  readonly letGo = (): void => {
    this.pass.letGo()
  }

  predict(inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const pieces = this.through(inputs)
    let piece = pieces.next()
    while (piece.done !== true) piece = pieces.next()
    return piece.value
  }

  async predictInSteps(inputs: readonly tf.Tensor[], between: BetweenLayers): Promise<tf.Tensor[]> {
    const pieces = this.through(inputs)
    let piece = pieces.next()
    while (piece.done !== true) {
      await between(piece.value)
      piece = pieces.next()
    }
    return piece.value
  }

  dispose(): void {
    // Its memory goes with it.
  }

  private *through(inputs: readonly tf.Tensor[]): Generator<string, tf.Tensor[], undefined> {
    const { pass } = this
    const { plan, together } = pass
    const samples = inputs[0]?.shape[0] ?? 0
    const given = inputs.map((input) => input.dataSync<'float32' | 'int32'>())
    const outputs = plan.outputs.map(({ size }) => new Float32Array(samples * size))
    this.wasWhole = true
    for (let from = 0; from < samples; from += together) {
      const count = Math.min(together, samples - from)
      const some = plan.inputs.map(({ size }, at) =>
        (given[at] ?? new Float32Array()).subarray(from * size, (from + count) * size),
      )
      const found = yield* pass.inSteps(some, count)
      this.wasWhole &&= pass.wasWhole
      for (const [at, { size }] of plan.outputs.entries())
        outputs[at]?.set(found[at] ?? [], from * size)
    }
    return plan.outputs.map(({ sides }, at) =>
      tf.tensor(outputs[at] ?? [], [samples, ...sides], 'float32'),
    )
  }
}
