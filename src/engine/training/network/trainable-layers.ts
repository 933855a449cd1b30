import * as tf from '@tensorflow/tfjs'
import type { WeightTensor } from '../../../core/weight-tensor'
import type { OpenedModel } from '../../../formats/format'
import type { ModelGraph } from '../../../graph/graph'
import { buildLayersModel } from '../../model/build-layers-model'
import { disposeLayersModel } from '../../model/dispose-layers-model'
import { capInOne } from './capped-relu'
import { spareInputGradients } from './first-convolutions'
import { fuseAddition } from './fuse-addition'
import { fuseBatchNormalization } from './fuse-batch-normalization'
import { loadVariables, readVariables } from './load-variables'
import { inOneRow } from './one-row'
import { onlyTensor } from './only-tensor'
import { telling } from './reached'
import { roundedLayers } from './rounded-layers'
import type {
  Activation,
  RunningStatistics,
  TrainableModel,
  WeightTransform,
} from './trainable-model'
import { heldBy, unsquash } from './unsquash'
import type { Squashing } from './unsquash'
import { withScale } from './with-scale'

type LayerVariable = tf.LayersModel['weights'][number]
type CallInputs = Parameters<tf.layers.Layer['call']>[0]
type CallArguments = Parameters<tf.layers.Layer['call']>[1]

/** What a BatchNormalization layer holds, under the names of its own source. */
interface Normalization extends tf.layers.Layer {
  momentum: number
  readonly movingMean: tf.LayerVariable
  readonly movingVariance: tf.LayerVariable
}

/** Layers of TensorFlow.js that train, patched on live layers. */
export class TrainableLayers implements TrainableModel {
  readonly trained: ReadonlyMap<string, tf.Variable>
  readonly all: ReadonlyMap<string, tf.Variable>
  readonly squashing: Squashing
  readonly statistics: readonly RunningStatistics[]
  private readonly model: tf.LayersModel
  private readonly logits: (output: tf.Tensor) => tf.Tensor
  private readonly layerVariables = new Map<string, LayerVariable>()
  private readonly transforms = new Map<string, WeightTransform>()
  private readonly used = new Map<string, tf.Tensor>()
  /** By tapped layer, what it said and nobody has taken yet. */
  private readonly said = new Map<string, tf.Tensor>()
  private readonly tapped = new Set<string>()
  /** Layers with weights of which none learns. */
  private readonly frozen: ReadonlySet<tf.layers.Layer>
  private training = false

  statisticsFrozen = false

  private constructor(
    model: tf.LayersModel,
    graph: ModelGraph,
    fused: boolean,
    learning: ReadonlySet<string> | null,
  ) {
    this.model = model
    const layers = [...allLayers(model)]
    const learns = ({ originalName }: LayerVariable): boolean => learning?.has(originalName) ?? true
    const wrapped = layers.flatMap(layersWithin)
    this.frozen = new Set(
      [...layers, ...wrapped].filter(({ weights }) => weights.length > 0 && !weights.some(learns)),
    )
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
      if (variable !== undefined && learns(weight)) trained.set(weight.originalName, variable)
    }
    this.trained = trained
    this.all = all
    const { squashing, logits } = unsquash(model, graph)
    this.squashing = squashing
    this.logits = logits
    const moving = layers.filter((layer) => !this.frozen.has(layer))
    this.statistics = moving.filter(isNormalization).map(statisticsOf)
    spareInputGradients(layers, learning !== null)
    capInOne(layers)
    if (fused) {
      const seen = (layer: tf.layers.Layer): boolean => this.tapped.has(layer.name)
      fuseAddition(model, seen)
      fuseBatchNormalization(model, seen)
    }
    for (const layer of layers)
      if (isNormalization(layer)) this.letFreeze(layer, fused && model.layers.includes(layer))
      else if (this.frozen.has(layer) && Reflect.has(layer, 'layer')) this.letFreeze(layer, false)
    for (const layer of wrapped)
      if (isNormalization(layer) && this.frozen.has(layer)) this.letFreeze(layer, false)
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
   * @param learning names of the weights that learn; null: all
   */
  static async build(
    opened: OpenedModel,
    fused: boolean,
    learning: ReadonlySet<string> | null = null,
  ): Promise<TrainableLayers> {
    return new TrainableLayers(await buildLayersModel(opened), opened.graph, fused, learning)
  }

  transform(name: string, transform: WeightTransform | null): void {
    if (transform === null) this.transforms.delete(name)
    else this.transforms.set(name, transform)
  }

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

  load(weights: readonly WeightTensor[]): void {
    loadVariables(this.all, weights)
  }

  read(specs: readonly WeightTensor[]): Promise<WeightTensor[]> {
    return readVariables(this.all, specs)
  }

  get activations(): readonly Activation[] {
    return roundedLayers(this.layers)
  }

  sidesOf(name: string): readonly number[] {
    const shape: unknown = this.layers.find((layer) => layer.name === name)?.outputShape
    const sides: readonly unknown[] = Array.isArray(shape) ? shape.slice(1) : []
    return sides.filter((side) => typeof side === 'number')
  }

  dispose(): void {
    for (const tensor of this.said.values()) tensor.dispose()
    this.said.clear()
    disposeLayersModel(this.model)
  }

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

  /** Every output of a layer leaves a mark when its gradient is asked for. */
  follow(reached: (layer: string) => void): () => void {
    const restore = this.layers.map((layer) => {
      const own = layer.call.bind(layer)
      const here = (): void => {
        reached(layer.name)
      }
      layer.call = (inputs: CallInputs, args: CallArguments) => {
        here()
        const output = own(inputs, args)
        return Array.isArray(output)
          ? output.map((value) => telling(value, here))
          : telling(output, here)
      }
      return () => {
        layer.call = own
      }
    })
    return () => {
      for (const undo of restore) undo()
    }
  }

  /** All layers, those of nested models included. */
  private get layers(): tf.layers.Layer[] {
    return [...allLayers(this.model)]
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

  /**
   * What a frozen layer carries out at each step may keep statistics too, which nobody else can hold.
   * @param fused whether the layer itself knows how to train with statistics that are held
   */
  private letFreeze(layer: tf.layers.Layer, fused: boolean): void {
    const own = layer.call.bind(layer)
    layer.call = (inputs: CallInputs, args: CallArguments) => {
      const isHeld = (this.statisticsFrozen || this.frozen.has(layer)) && this.training
      if (!isHeld) return own(inputs, args)
      const held = { ...args, ...(fused ? { held: true } : { training: false }) }
      return withScale(layer, () => own(inputs, held))
    }
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

function isNormalization(layer: tf.layers.Layer): layer is Normalization {
  return layer.getClassName() === 'BatchNormalization'
}

function statisticsOf(layer: Normalization): RunningStatistics {
  return {
    get momentum() {
      return layer.momentum
    },
    set momentum(share) {
      layer.momentum = share
    },
    read: () => ({ mean: layer.movingMean.read(), variance: layer.movingVariance.read() }),
    write: (mean, variance) => {
      layer.movingMean.write(mean)
      layer.movingVariance.write(variance)
    },
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

/** Those of a model that a wrapper carries out at each step. */
function layersWithin(layer: tf.layers.Layer): tf.layers.Layer[] {
  const held = heldBy(layer)
  return held instanceof tf.LayersModel ? [...allLayers(held)] : []
}
