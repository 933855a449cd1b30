import * as tf from '@tensorflow/tfjs'
import type { Shape } from '../../graph/values'
import type { PortSummary } from '../../core/model-summary'
import { StudioError } from '../../core/errors'
import { numberType } from '../../core/tensor-spec'
import type { OpenedModel } from '../../formats/format'
import { buildFaultOf } from './build-fault'
import { inOnePiece } from './forward-pieces'
import type { ForwardPieces } from './forward-pieces'
import { frozenBatchOf, inFrozenBatches } from './frozen-batches'
import { rowsFault } from './sample-rows'
import { outputPorts } from './output-ports'
import { REPLACED_AT_ONCE } from './replaced-at-once'
import type { BetweenLayers, InstantModel, NamedWeight, OutputPort } from './runnable-model'
import { sampleShape } from './sample-shape'

/** Sides that a graph leaves open while its shapes are found out. */
const USUAL_SIDE = 224

/**
 * Makes a validated graph model runnable, from memory alone: no address of the file is ever asked for.
 * @throws StudioError 'open/no-kernel', 'open/build-failed' with what tfjs says; nothing stays allocated
 */
export async function createGraphModel(opened: OpenedModel): Promise<InstantModel> {
  let model: tf.GraphModel | null = null
  try {
    model = await tf.loadGraphModel(tf.io.fromMemory(artifactsOf(opened)))
    return new GraphRunnable(model, opened)
  } catch (error) {
    model?.dispose()
    throw buildFaultOf(opened.file, error)
  }
}

function artifactsOf({ topology, signature, weights }: OpenedModel): tf.io.ModelArtifacts {
  const bytes = new Uint8Array(weights.reduce((sum, { values }) => sum + values.byteLength, 0))
  let at = 0
  for (const { values } of weights) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at)
    at += values.byteLength
  }
  return {
    modelTopology: topology,
    weightSpecs: weights.map(({ spec }) => ({
      name: spec.name,
      shape: [...spec.shape],
      dtype: numberType(spec),
    })),
    weightData: bytes.buffer,
    ...(signature === null ? {} : { signature }),
  }
}

/** What the executor of tfjs-converter lets one change, see its weightMap. */
interface Executor {
  weightMap: Record<string, tf.Tensor[]>
}

class GraphRunnable implements InstantModel {
  readonly inputs: readonly PortSummary[]
  readonly outputs: readonly OutputPort[]
  readonly outputShapes: ReadonlyMap<string, Shape>
  readonly frozenBatch: number | null
  private readonly model: tf.GraphModel
  /** How tfjs calls what is taken from it, one for each output. */
  private readonly asked: readonly string[]
  /** Only to know arrays again: those that nobody else has may go. */
  private readonly current = new Map<string, WeakRef<Float32Array>>()

  constructor(model: tf.GraphModel, opened: OpenedModel) {
    this.model = model
    this.asked = askedOf(model, opened.signature)
    const said = inputKeys(opened.signature)
    this.inputs = model.inputs.map((input) => {
      const port = portOf(opened.file, input)
      return { ...port, name: said.get(port.name) ?? port.name }
    })
    this.frozenBatch = frozenBatchOf(this.inputs)
    const nodes = nodesOf(opened)
    const { layers, outputs } = this.trace(opened, nodes)
    this.outputShapes = layers
    this.outputs = outputPorts(outputs, this.inputs, opened.graph)
    for (const { spec, values } of opened.weights)
      if (values instanceof Float32Array) this.current.set(spec.name, new WeakRef(values))
  }

  /** Runs as few samples of zeros as the graph takes, for the shapes of all layers and what is taken from it. */
  private trace(
    { file, layers }: OpenedModel,
    nodes: ReadonlyMap<string, Node>,
  ): { readonly layers: ReadonlyMap<string, Shape>; readonly outputs: readonly PortSummary[] } {
    const used = usedBy(
      this.model.outputs.map(({ name }) => nodeOf(name)),
      nodes,
    )
    const constant = new Set(Object.keys(this.executor.weightMap))
    const names = layers
      .map(({ name }) => name)
      .filter((name) => used.has(name) && !constant.has(name))
    const batch = this.frozenBatch ?? 1
    const found = tf.tidy(() => {
      const inputs = this.inputs.map(({ shape, dtype }) =>
        tf.zeros(sampleShape(shape, batch, USUAL_SIDE), dtype === 'int32' ? 'int32' : 'float32'),
      )
      return this.execute(inputs, names.map(firstOf)).map(({ dtype, shape }) => ({ dtype, shape }))
    })
    const outputs = found.splice(0, this.asked.length)
    // What stands for which sample could not be told.
    const { frozenBatch } = this
    // Of one sample only the first output has to be a row: others may say how many boxes there are.
    if (frozenBatch !== null)
      for (const [at, { shape }] of (frozenBatch > 1 ? outputs : outputs.slice(0, 1)).entries()) {
        const fault = rowsFault(file, frozenBatch, { name: this.asked[at] ?? '', shape })
        if (fault !== null) throw fault
      }
    return {
      layers: new Map(names.map((name, index) => [name, ofLayer(found[index]?.shape, batch)])),
      outputs: outputs.map(({ dtype, shape }, index) => ({
        name: (this.asked[index] ?? '').replace(/:0$/, ''),
        shape: ofSamples(shape),
        dtype,
      })),
    }
  }

  readonly lookInSteps = null

  async setWeights(weights: readonly NamedWeight[], between: () => Promise<void>): Promise<void> {
    const map = { ...this.executor.weightMap }
    let old: tf.Tensor[] = []
    const free = (): void => {
      this.executor.weightMap = { ...map }
      for (const tensor of old) {
        tensor.kept = false
        tensor.dispose()
      }
      old = []
    }
    try {
      for (const weight of weights) {
        await between()
        const { spec, values } = weight
        const before = map[spec.name]
        if (before === undefined || this.current.get(spec.name)?.deref() === values) continue
        this.current.delete(spec.name)
        old.push(...before)
        // What a large tensor takes is given back first.
        if (old.reduce((sum, { size }) => sum + size, 0) > REPLACED_AT_ONCE) free()
        const fresh = tf.tensor(values, [...spec.shape])
        // The executor frees what it has read, unless it is told to keep it.
        fresh.kept = true
        map[spec.name] = [fresh]
        this.current.set(spec.name, new WeakRef(values))
      }
    } finally {
      free()
    }
  }

  predict(inputs: readonly tf.Tensor[]): tf.Tensor[] {
    return tf.tidy(() =>
      inOnePiece(inFrozenBatches(inputs, this.frozenBatch, (batch) => this.inOnePiece(batch))),
    )
  }

  // oxlint-disable-next-line require-yield -- a graph has no layers to stop between
  private *inOnePiece(inputs: readonly tf.Tensor[]): ForwardPieces {
    return this.execute(inputs)
  }

  /** @param more that are asked for, given behind the outputs */
  private execute(inputs: readonly tf.Tensor[], more: readonly string[] = []): tf.Tensor[] {
    return tf.tidy(() => {
      const results = this.model.execute(this.feed(inputs), [...this.asked, ...more])
      return Array.isArray(results) ? results : [results]
    })
  }

  /** Its executor is not stopped between nodes: one sign of life, then one piece. */
  async predictInSteps(inputs: readonly tf.Tensor[], between: BetweenLayers): Promise<tf.Tensor[]> {
    await between(this.outputs[0]?.name ?? '')
    return this.predict(inputs)
  }

  dispose(): void {
    this.model.dispose()
  }

  private get executor(): Executor {
    return Reflect.get(this.model, 'executor') as Executor
  }

  private feed(inputs: readonly tf.Tensor[]): tf.NamedTensorMap {
    return Object.fromEntries(
      this.model.inputs.flatMap(({ name, dtype }, index) => {
        const given = inputs[index]
        return given === undefined ? [] : [[name, dtype === 'bool' ? given.cast('bool') : given]]
      }),
    )
  }
}

/**
 * What a signature names, each value once, in the order that tfjs has them: of `model.outputs` it keeps the node alone.
 * A name with a number is never taken for a key of the signature, of which one may be called like another node.
 */
function askedOf(model: tf.GraphModel, signature: object | null): string[] {
  const entries: unknown = Reflect.get(signature ?? {}, 'outputs')
  const names = Object.values(entries ?? {}).map((entry: { readonly name: string }) => entry.name)
  const nodes = model.outputs.map(({ name }) => name)
  const known = new Set(nodes)
  const signed = [...new Set(names)].filter((name) => known.has(nodeOf(name)))
  return (signed.length === nodes.length ? signed : nodes).map(firstOf)
}

/** A name that says no output means the first. */
function firstOf(name: string): string {
  return /:\d+$/.test(name) ? name : `${name}:0`
}

/** A shape with as many samples as there are. */
function ofSamples(shape: readonly number[] = []): Shape {
  return [null, ...shape.slice(1)]
}

/** What holds something else than one row for each sample is as it was found. */
function ofLayer(shape: readonly number[] = [], batch: number): Shape {
  return shape[0] === batch ? ofSamples(shape) : shape
}

/** How a signature calls what is given to nodes: placeholders are often called after how they were exported. */
function inputKeys(signature: object | null): ReadonlyMap<string, string> {
  const inputs: unknown = Reflect.get(signature ?? {}, 'inputs')
  return new Map(
    Object.entries(inputs ?? {}).flatMap(([key, entry]): [string, string][] => {
      const name: unknown = Reflect.get(Object(entry), 'name')
      return typeof name === 'string' ? [[nodeOf(name), nodeOf(key)]] : []
    }),
  )
}

/** `name:1` is the second output of a node. */
function nodeOf(output: string): string {
  return output.replace(/:\d+$/, '')
}

/** -1 and 0 stand for a side that is open; a shape that is missing has no rank. */
function sidesOf(shape: readonly number[] | undefined): (number | null)[] | null {
  return shape?.map((side) => (side > 0 ? side : null)) ?? null
}

function portOf(
  file: string,
  { name, shape, dtype }: { name: string; shape?: number[] | undefined; dtype: string },
): PortSummary {
  const sides = sidesOf(shape)
  if (sides === null || sides.length === 0)
    throw new StudioError('open/build-failed', {
      file,
      reason: `the input ${name} has no shape`,
    })
  return { name: nodeOf(name), shape: sides, dtype }
}

interface Node {
  readonly name: string
  readonly input?: readonly string[]
}

function nodesOf({ topology }: OpenedModel): ReadonlyMap<string, Node> {
  const nodes = Reflect.get(topology, 'node') as readonly Node[]
  return new Map(nodes.map((node) => [node.name, node]))
}

/** All nodes that outputs are computed from. */
function usedBy(outputs: readonly string[], nodes: ReadonlyMap<string, Node>): ReadonlySet<string> {
  const used = new Set<string>()
  const waiting = [...outputs]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (used.has(name)) continue
    used.add(name)
    waiting.push(...(nodes.get(name)?.input ?? []).map((input) => nodeOf(input.replace(/^\^/, ''))))
  }
  return used
}
