import * as tf from '@tensorflow/tfjs'
import type { WeightTensor } from '../../../core/weight-tensor'
import type { OpenedModel } from '../../../formats/format'
import type { ModelGraph } from '../../../graph/graph'
import { buildLayersModel } from '../../model/build-layers-model'
import { capInOne } from './capped-relu'
import { spareInputGradients } from './first-convolutions'
import { fuseAddition } from './fuse-addition'
import { fuseBatchNormalization } from './fuse-batch-normalization'
import { inOneRow } from './one-row'
import { onlyTensor } from './only-tensor'
import { unsquash } from './unsquash'
import type { Squashing } from './unsquash'

type LayerVariable = tf.LayersModel['weights'][number]
type CallInputs = Parameters<tf.layers.Layer['call']>[0]
type CallArguments = Parameters<tf.layers.Layer['call']>[1]

/** What a weight is used as in place of itself, on the tape; not called more than once a pass. */
export type WeightTransform = (weight: tf.Tensor) => tf.Tensor

/**
 * A model of its own for training: own variables, outputs before softmax or sigmoid, and weights that can
 * be replaced on their way into a layer. The open model goes on measuring beside it.
 */
export class TrainableModel {
  /** Variables that gradients change, by the name of the weight. */
  readonly trained: ReadonlyMap<string, tf.Variable>
  /** All float weights, statistics of batch normalisation included. */
  readonly all: ReadonlyMap<string, tf.Variable>
  /** Of the first output. */
  readonly squashing: Squashing
  private readonly model: tf.LayersModel
  private readonly logits: (output: tf.Tensor) => tf.Tensor
  private readonly layerVariables = new Map<string, LayerVariable>()
  private readonly transforms = new Map<string, WeightTransform>()
  private readonly used = new Map<string, tf.Tensor>()
  /** By tapped layer, what it said and nobody has taken yet. */
  private readonly said = new Map<string, tf.Tensor>()
  private readonly tapped = new Set<string>()
  private training = false

  /** Batch normalisation computes with its own statistics, also in training, and leaves them alone. */
  statisticsFrozen = false

  private constructor(model: tf.LayersModel, graph: ModelGraph, fused: boolean) {
    this.model = model
    const layers = [...allLayers(model)]
    for (const layer of layers) layer.trainable = true
    const trained = new Map<string, tf.Variable>()
    const all = new Map<string, tf.Variable>()
    for (const weight of model.weights) {
      const variable = variableOf(weight)
      if (variable.dtype !== 'float32') continue
      all.set(weight.originalName, variable)
      this.layerVariables.set(weight.originalName, weight)
    }
    for (const weight of model.trainableWeights) {
      const variable = all.get(weight.originalName)
      if (variable !== undefined) trained.set(weight.originalName, variable)
    }
    this.trained = trained
    this.all = all
    const { squashing, logits } = unsquash(model, graph)
    this.squashing = squashing
    this.logits = logits
    spareInputGradients(layers)
    capInOne(layers)
    if (fused) {
      const seen = (layer: tf.layers.Layer): boolean => this.tapped.has(layer.name)
      fuseAddition(model, seen)
      fuseBatchNormalization(model, seen)
    }
    for (const layer of layers)
      if (layer.getClassName() === 'BatchNormalization')
        this.letFreeze(layer, fused && model.layers.includes(layer))
    for (const layer of layers) if (!(layer instanceof tf.LayersModel)) this.tellWhenTraining(layer)
    for (const [name, weight] of this.layerVariables) {
      const variable = all.get(name)
      if (variable === undefined) continue
      weight.read = () => this.transformed(name, variable)
    }
  }

  /**
   * Needs the lock.
   * @param fused whether the fused kernels of batch normalisation may be used
   */
  static async build(opened: OpenedModel, fused: boolean): Promise<TrainableModel> {
    return new TrainableModel(await buildLayersModel(opened), opened.graph, fused)
  }

  /** Every later pass sees what `transform` makes of a weight; null: the weight itself. */
  transform(name: string, transform: WeightTransform | null): void {
    if (transform === null) this.transforms.delete(name)
    else this.transforms.set(name, transform)
  }

  /**
   * The outputs of a batch, the first of them before softmax or sigmoid, and [batch, n] where all its numbers
   * stand along one side. Inside a tidy or a tape.
   * @param seed of dropout, different for each step
   */
  forward(inputs: readonly tf.Tensor[], training: boolean, seed: number): tf.Tensor[] {
    this.used.clear()
    this.training = training
    let next = seed
    for (const layer of allLayers(this.model))
      if ('seed' in layer) Reflect.set(layer, 'seed', next++)
    try {
      const list = [...inputs]
      const output = this.model.apply(list.length === 1 ? (list[0] ?? list) : list)
      const [first, ...others] = (Array.isArray(output) ? output : [output]) as tf.Tensor[]
      return first === undefined ? [] : [inOneRow(this.logits(first)), ...others]
    } finally {
      this.used.clear()
    }
  }

  /** Puts weights in the place of those with their names. */
  assign(weights: Iterable<readonly [string, tf.Tensor]>): void {
    for (const [name, tensor] of weights) this.all.get(name)?.assign(tensor)
  }

  /** Copies weights in. */
  load(weights: readonly WeightTensor[]): void {
    for (const { spec, values } of weights) {
      const tensor = tf.tensor(values, [...spec.shape])
      this.all.get(spec.name)?.assign(tensor)
      tensor.dispose()
    }
  }

  /** Copies all float weights out, in the order of `specs`. */
  async read(specs: readonly WeightTensor[]): Promise<WeightTensor[]> {
    const copies: WeightTensor[] = []
    for (const { spec, values } of specs) {
      const variable = this.all.get(spec.name)
      copies.push({
        spec,
        values: variable === undefined ? values : Float32Array.from(await variable.data()),
        stored: null,
      })
    }
    return copies
  }

  /** All layers, those of nested models included. */
  get layers(): tf.layers.Layer[] {
    return [...allLayers(this.model)]
  }

  /** Whether some layer computes with statistics of batches. */
  get normalizes(): boolean {
    return this.layers.some((layer) => layer.getClassName() === 'BatchNormalization')
  }

  /** Sides of what a layer says to one sample, none where they are open. */
  sidesOf(name: string): readonly number[] {
    const shape: unknown = this.layers.find((layer) => layer.name === name)?.outputShape
    const sides: readonly unknown[] = Array.isArray(shape) ? shape.slice(1) : []
    return sides.filter((side) => typeof side === 'number')
  }

  dispose(): void {
    for (const tensor of this.said.values()) tensor.dispose()
    this.said.clear()
    this.model.dispose()
  }

  /**
   * Hands out what a layer says in the last pass, on the tape of that pass; whoever takes it disposes it.
   * null: there was no pass since, or there is no such layer
   */
  tap(name: string): () => tf.Tensor | null {
    const layer = this.layers.find((candidate) => candidate.name === name)
    if (layer === undefined) return () => null
    this.tapped.add(name)
    const own = layer.call.bind(layer)
    layer.call = (inputs: CallInputs, args: CallArguments) => {
      const output = own(inputs, args)
      this.said.get(name)?.dispose()
      // A clone, and kept: the pass disposes what lies between its layers.
      this.said.set(name, tf.keep(onlyTensor(output).clone()))
      return output
    }
    return () => {
      const said = this.said.get(name) ?? null
      this.said.delete(name)
      return said
    }
  }

  /**
   * Layers are told one by one that they train. tfjs, which is not told, then frees what a layer says once all that
   * read it have: what a gradient needs of it is saved on the tape.
   */
  private tellWhenTraining(layer: tf.layers.Layer): void {
    const own = layer.call.bind(layer)
    layer.call = (inputs: CallInputs, args: CallArguments) =>
      own(inputs, this.training ? { ...args, training: true } : args)
  }

  /** @param fused whether the layer itself knows how to train with statistics that are held */
  private letFreeze(layer: tf.layers.Layer, fused: boolean): void {
    const own = layer.call.bind(layer)
    layer.call = (inputs: CallInputs, args: CallArguments) =>
      own(
        inputs,
        this.statisticsFrozen && this.training
          ? { ...args, ...(fused ? { held: true } : { training: false }) }
          : args,
      )
  }

  private transformed(name: string, variable: tf.Variable): tf.Tensor {
    const transform = this.transforms.get(name)
    if (transform === undefined) return variable
    const known = this.used.get(name)
    if (known !== undefined && !known.isDisposed) return known
    const tensor = transform(variable)
    this.used.set(name, tensor)
    return tensor
  }
}

/** A layer's variable reads as the variable itself. */
function variableOf(weight: LayerVariable): tf.Variable {
  const variable: unknown = weight.read()
  if (!(variable instanceof tf.Variable)) throw new RangeError(`${weight.name} is no variable`)
  return variable as tf.Variable
}

function* allLayers(model: tf.LayersModel): Generator<tf.layers.Layer> {
  for (const layer of model.layers) {
    yield layer
    if (layer instanceof tf.LayersModel) yield* allLayers(layer)
  }
}
