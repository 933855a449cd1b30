import * as tf from '@tensorflow/tfjs'
import type { ForwardPieces } from './forward-pieces'
import type { LookAtInput } from './runnable-model'

interface Computed {
  readonly value: tf.Tensor
  readonly mask: tf.Tensor | null
}

/** Counts who still needs a tensor; a layer may hand its input on as its output. */
class Holdings {
  private readonly holders = new Map<tf.Tensor, number>()

  hold(tensor: tf.Tensor): void {
    this.holders.set(tensor, (this.holders.get(tensor) ?? 0) + 1)
  }

  release(tensor: tf.Tensor): void {
    const left = (this.holders.get(tensor) ?? 0) - 1
    if (left > 0) {
      this.holders.set(tensor, left)
      return
    }
    this.holders.delete(tensor)
    tensor.dispose()
  }

  disposeAll(): void {
    for (const tensor of this.holders.keys()) tensor.dispose()
    this.holders.clear()
  }
}

/**
 * Runs a model one layer at a time, as `predict` would, so that a model of which one sample takes
 * seconds can be cancelled and gives signs of life.
 * @param inputs stay the caller's
 * @param look shown the first input of every layer before the layer runs
 * @returns new tensors, in the order of the model's outputs
 */
export function* layerByLayer(
  model: tf.LayersModel,
  inputs: readonly tf.Tensor[],
  look: LookAtInput | null = null,
): ForwardPieces {
  const holdings = new Holdings()
  try {
    return yield* run(model, inputs, { look, holdings, prefix: '' })
  } finally {
    // What is returned are clones.
    holdings.disposeAll()
  }
}

interface Pass {
  readonly look: LookAtInput | null
  readonly holdings: Holdings
  /** Names of the models that this one is nested in, each with a slash. */
  readonly prefix: string
}

function* run(model: tf.LayersModel, inputs: readonly tf.Tensor[], pass: Pass): ForwardPieces {
  const { holdings } = pass
  const computed = new Map<number, Computed>()
  const uses = countUses(model)
  model.inputs.forEach((symbol, index) => {
    const given = inputs[index]
    if (given === undefined) throw new Error(`input ${symbol.name} is missing`)
    const value = tf.cast(given, symbol.dtype)
    holdings.hold(value)
    computed.set(symbol.id, { value, mask: null })
  })
  const use = (symbol: tf.SymbolicTensor): void => {
    const left = (uses.get(symbol.id) ?? 0) - 1
    uses.set(symbol.id, left)
    const done = computed.get(symbol.id)
    if (left > 0 || done === undefined) return
    computed.delete(symbol.id)
    holdings.release(done.value)
    if (done.mask !== null) holdings.release(done.mask)
  }
  for (const node of nodesInOrder(model)) {
    const layer = node.outboundLayer
    const given = node.inputTensors.map((symbol) => computed.get(symbol.id))
    const operands = given.filter((item) => item !== undefined)
    if (operands.length < given.length) throw new Error(`layer ${layer.name} lacks an input`)
    const results = yield* runLayer(layer, operands, pass)
    node.outputTensors.forEach((symbol, index) => {
      const result = results[index]
      if (result === undefined) throw new Error(`layer ${layer.name} gave too few outputs`)
      const value = told(result.value, symbol)
      holdings.hold(value)
      if (result.mask !== null) holdings.hold(result.mask)
      computed.set(symbol.id, { ...result, value })
    })
    for (const symbol of node.inputTensors) use(symbol)
    for (const symbol of node.outputTensors) if (!uses.has(symbol.id)) use(symbol)
  }
  return model.outputs.map((symbol) => {
    const done = computed.get(symbol.id)
    if (done === undefined) throw new Error(`output ${symbol.name} was not computed`)
    const value = tf.clone(done.value)
    use(symbol)
    return value
  })
}

function* runLayer(
  layer: tf.layers.Layer,
  given: readonly Computed[],
  pass: Pass,
): Generator<string, Computed[]> {
  const { look, prefix } = pass
  const values = given.map((item) => item.value)
  const masks = given.map((item) => item.mask)
  const masked = masks.some((mask) => mask !== null)
  if (layer instanceof tf.LayersModel && !masked) {
    const outputs = yield* run(layer, values, { ...pass, prefix: `${prefix}${layer.name}/` })
    return outputs.map((value) => ({ value, mask: null }))
  }
  yield layer.name
  const [input] = values
  if (input !== undefined) look?.(prefix + layer.name, input)
  const outputs = tf.tidy(() =>
    asList(
      layer.apply(
        values.length === 1 ? (values[0] ?? values) : values,
        masked ? { mask: masks[0] } : {},
      ),
    ),
  )
  const outputMask = layer.supportsMasking ? maskOf(layer, values, masks) : null
  return outputs.map((value) => ({ value, mask: outputMask }))
}

/** What TensorFlow.js tells of a value: its layers give real numbers, also where they were given others. */
function told(value: tf.Tensor, { dtype }: tf.SymbolicTensor): tf.Tensor {
  if (value.dtype === dtype) return value
  const cast = tf.cast(value, dtype)
  value.dispose()
  return cast
}

function asList(result: unknown): tf.Tensor[] {
  const list: unknown[] = Array.isArray(result) ? result : [result]
  return list.filter((item): item is tf.Tensor => item instanceof tf.Tensor)
}

function maskOf(
  layer: tf.layers.Layer,
  values: tf.Tensor[],
  masks: readonly (tf.Tensor | null)[],
): tf.Tensor | null {
  const kept = tf.tidy(() => {
    // tfjs declares masks as tensors, and calls this itself with null for "no mask".
    const mask: unknown = layer.computeMask(
      values.length === 1 ? (values[0] ?? values) : values,
      (masks.length === 1 ? masks[0] : masks) as tf.Tensor | tf.Tensor[],
    )
    const first: unknown = Array.isArray(mask) ? mask[0] : mask
    return first instanceof tf.Tensor ? [first as tf.Tensor] : []
  })
  return kept[0] ?? null
}

/** A sequential model keeps its graph in an inner model, which it builds when it is first needed. */
export function graphOf(model: tf.LayersModel): tf.LayersModel {
  if (!(model instanceof tf.Sequential)) return model
  if (!(Reflect.get(model, 'model') instanceof tf.LayersModel)) model.build()
  const inner: unknown = Reflect.get(model, 'model')
  return inner instanceof tf.LayersModel ? inner : model
}

/** Deepest first: every node after those that it reads from. */
function nodesInOrder(model: tf.LayersModel) {
  const { nodesByDepth } = graphOf(model)
  return Object.keys(nodesByDepth)
    .map(Number)
    .sort((a, b) => b - a)
    .flatMap((depth) => nodesByDepth[String(depth)] ?? [])
    .filter((node) => node.outboundLayer.getClassName() !== 'InputLayer')
}

/** How many nodes read each symbolic tensor, an output counting as one reader. */
function countUses(model: tf.LayersModel): Map<number, number> {
  const uses = new Map<number, number>()
  const count = (symbol: tf.SymbolicTensor): void => {
    uses.set(symbol.id, (uses.get(symbol.id) ?? 0) + 1)
  }
  for (const node of nodesInOrder(model)) node.inputTensors.forEach(count)
  model.outputs.forEach(count)
  return uses
}
