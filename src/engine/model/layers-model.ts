import * as tf from '@tensorflow/tfjs'
import type { Shape } from '../../graph/values'
import type { OpenedModel } from '../../formats/format'
import { buildFaultOf } from './build-fault'
import { buildLayersModel } from './build-layers-model'
import { disposeLayersModel } from './dispose-layers-model'
import { inOnePiece, inPieces } from './forward-pieces'
import { layerByLayer } from './layer-by-layer'
import { outputPorts } from './output-ports'
import { predictFaultOf } from './predict-fault'
import { REPLACED_AT_ONCE } from './replaced-at-once'
import type {
  BetweenLayers,
  LookAtInput,
  InstantModel,
  NamedWeight,
  OutputPort,
} from './runnable-model'
import type { ModelNote, PortSummary } from '../../core/model-summary'

/**
 * Makes a validated layers model runnable.
 * @throws StudioError 'open/build-failed' with what tfjs says; nothing stays allocated
 */
export async function createLayersModel(opened: OpenedModel): Promise<InstantModel> {
  try {
    return new LayersRunnable(await buildLayersModel(opened), opened)
  } catch (error) {
    throw buildFaultOf(opened.file, error)
  }
}

type Variable = tf.LayersModel['weights'][number]

class LayersRunnable implements InstantModel {
  readonly inputs: readonly PortSummary[]
  readonly outputs: readonly OutputPort[]
  readonly outputShapes: ReadonlyMap<string, Shape>
  readonly frozenBatch = null
  readonly notes: readonly ModelNote[]
  private readonly model: tf.LayersModel
  private readonly variables: ReadonlyMap<string, Variable>
  /** Only to know arrays again: those that nobody else has may go. */
  private readonly current = new Map<string, WeakRef<Float32Array>>()

  constructor(model: tf.LayersModel, opened: OpenedModel) {
    this.model = model
    // Symbols are counted on with every model that is built; layers keep the names of the file.
    this.inputs = model.inputs.map((symbol, at) => ({
      ...portOf(symbol),
      name: model.inputNames[at] ?? symbol.name,
    }))
    const ports = model.outputs.map((symbol) => portOf(symbol))
    this.outputs = outputPorts(ports, this.inputs, opened.graph)
    this.outputShapes = new Map(shapesOf(model, ''))
    this.notes = [predictFaultOf(model)].filter((note) => note !== null)
    this.variables = new Map(model.weights.map((weight) => [weight.originalName, weight]))
    for (const { spec, values } of opened.weights)
      if (values instanceof Float32Array) this.current.set(spec.name, new WeakRef(values))
  }

  async setWeights(weights: readonly NamedWeight[], between: () => Promise<void>): Promise<void> {
    for (const weight of weights) {
      await between()
      const { name, shape } = weight.spec
      const { values } = weight
      const variable = this.variables.get(name)
      if (variable === undefined || this.current.get(name)?.deref() === values) continue
      this.current.delete(name)
      if (values.length > REPLACED_AT_ONCE) letGo(variable, shape)
      // A new tensor, never the old memory: XNNPACK keeps packed weights for each tensor it has seen.
      const fresh = tf.tensor(values, [...shape])
      variable.write(fresh)
      fresh.dispose()
      this.current.set(name, new WeakRef(values))
    }
  }

  predict(inputs: readonly tf.Tensor[]): tf.Tensor[] {
    return tf.tidy(() => {
      if (this.notes.length > 0) return inOnePiece(layerByLayer(this.model, inputs))
      const result = this.model.predict([...inputs], { batchSize: inputs[0]?.shape[0] ?? 1 })
      return Array.isArray(result) ? result : [result]
    })
  }

  predictInSteps(inputs: readonly tf.Tensor[], between: BetweenLayers): Promise<tf.Tensor[]> {
    return inPieces(layerByLayer(this.model, inputs), between)
  }

  readonly lookInSteps = async (
    inputs: readonly tf.Tensor[],
    look: LookAtInput,
    between: BetweenLayers,
  ): Promise<void> => {
    tf.dispose(await inPieces(layerByLayer(this.model, inputs, look), between))
  }

  dispose(): void {
    disposeLayersModel(this.model)
  }
}

/** Frees what a variable holds: until it is written again one number stands for it. */
function letGo(variable: Variable, shape: readonly number[]): void {
  const engine = tf.engine()
  const number = tf.scalar(0)
  const { dataId, dtype } = number
  const placeholder = engine.makeTensorFromTensorInfo({ dataId, dtype, shape: [...shape] })
  engine.backend.incRef(dataId)
  variable.write(placeholder)
  tf.dispose([number, placeholder])
}

function portOf(symbol: tf.SymbolicTensor): PortSummary {
  return { name: symbol.name, shape: symbol.shape, dtype: symbol.dtype }
}

function* shapesOf(model: tf.LayersModel, prefix: string): Generator<[string, Shape]> {
  for (const layer of model.layers) {
    const shape = layer.inboundNodes[0]?.outputShapes
    const first: unknown = Array.isArray(shape) && Array.isArray(shape[0]) ? shape[0] : shape
    if (Array.isArray(first)) yield [prefix + layer.name, first.map(sideOf)]
    if (layer instanceof tf.LayersModel) yield* shapesOf(layer, `${prefix}${layer.name}/`)
  }
}

function sideOf(side: unknown): number | null {
  return typeof side === 'number' ? side : null
}
