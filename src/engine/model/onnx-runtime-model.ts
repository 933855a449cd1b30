import * as tf from '@tensorflow/tfjs'
import { isStudioError, StudioError } from '../../core/errors'
import { memoryFaultOf } from '../../core/memory-fault'
import type { PortSummary } from '../../core/model-summary'
import type { OpenedModel } from '../../formats/format'
import { RefilledFile } from '../../formats/refilled-file'
import type { ModelGraph } from '../../graph/graph'
import { shapesOf } from '../../graph/shapes-of'
import { strangeOperator } from '../../graph/unrunnable'
import type { Shape, ValueName } from '../../graph/values'
import { inputPorts, layerShapes, valuePort } from '../program/ports'
import { inPieces } from './forward-pieces'
import { frozenBatchOf, inFrozenBatches } from './frozen-batches'
import { InTheWay, runtimeReason } from './onnx-runtime-reason'
import { OnnxRuntimeSession } from './onnx-runtime-session'
import { outputPorts } from './output-ports'
import type { BetweenLayers, NamedWeight, OutputPort, RunnableModel } from './runnable-model'
import type { RuntimeTools } from './runtime-tools'
import { sampleShape } from './sample-shape'

/**
 * Makes a model runnable by the runtime of ONNX, which is given the person's own file with other numbers in it.
 * @throws StudioError 'open/onnx-refused', 'engine/out-of-memory'; nothing stays behind
 */
export async function createOnnxRuntimeModel(
  opened: OpenedModel,
  tools: RuntimeTools,
): Promise<RunnableModel> {
  const refused = refusalOf(opened)
  try {
    const session = new OnnxRuntimeSession(await tools.loadOnnxRuntime(), tools)
    const file = new RefilledFile(opened.refillable ?? [], opened.weights)
    try {
      await session.renew(file.bytes)
      return new OnnxRuntimeModel(opened, session, file, await sidesOf(session, opened.graph))
    } catch (error) {
      await session.end()
      throw error
    }
  } catch (error) {
    throw refused(error)
  }
}

/** Makes a sentence of a failure of the runtime. */
function refusalOf({ file, graph }: OpenedModel): (thrown: unknown) => unknown {
  return (thrown) => {
    // A trap leaves memory of which nothing is known: the worker ends with it.
    if (isStudioError(thrown) || memoryFaultOf(thrown) === 'overrun') return thrown
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    if (memoryFaultOf(thrown) !== null || /bad_alloc|failed to allocate/i.test(reason))
      return new StudioError('engine/out-of-memory', {}, { cause: thrown })
    const params = { file, operator: strangeOperator(graph) ?? '', reason: runtimeReason(thrown) }
    return new StudioError('open/onnx-refused', params, { cause: thrown })
  }
}

/** Sides of what the session gives: those that it says, or where all inputs are known, what zeros come to. */
async function sidesOf(
  session: OnnxRuntimeSession,
  graph: ModelGraph,
): Promise<ReadonlyMap<ValueName, Shape>> {
  const said = new Map(session.outputs.map(({ name, sides }) => [name, sides ?? [null]]))
  const inputs = inputPorts(graph)
  if (inputs.some(({ shape }) => shape.slice(1).includes(null))) return said
  const batch = frozenBatchOf(inputs) ?? 1
  const zeros = inputs.map(({ dtype, shape }) =>
    tf.zeros(sampleShape(shape, batch, 1), dtype === 'float32' ? 'float32' : 'int32'),
  )
  try {
    const outputs = await session.run(byName(graph, zeros), [...said.keys()])
    tf.dispose(outputs)
    return new Map([...said.keys()].map((name, at) => [name, outputs[at]?.shape ?? [null]]))
  } finally {
    tf.dispose(zeros)
  }
}

/** @param rows how many samples were shown */
function isOfSamples(sides: Shape | undefined, rows: number): boolean {
  const [first] = sides ?? []
  return (first === null || first === rows) && sides?.includes(0) === false
}

function inputsOf({ inputs }: OnnxRuntimeSession): readonly { readonly shape: Shape }[] {
  return inputs.map(({ sides }) => ({ shape: sides ?? [null] }))
}

function byName(
  { inputs }: ModelGraph,
  tensors: readonly tf.Tensor[],
): ReadonlyMap<ValueName, tf.Tensor> {
  return new Map(tensors.map((tensor, at) => [inputs[at]?.value ?? '', tensor]))
}

class OnnxRuntimeModel implements RunnableModel {
  readonly inputs: readonly PortSummary[]
  readonly outputs: readonly OutputPort[]
  readonly outputShapes: ReadonlyMap<string, Shape>
  readonly frozenBatch: number | null
  private readonly graph: ModelGraph
  private readonly refused: (thrown: unknown) => unknown
  /** Only to know arrays again: those that nobody else has may go. */
  private readonly current: Map<string, WeakRef<NamedWeight['values']>>
  /** The file holds numbers that the session does not have. */
  private isStale = false

  constructor(
    opened: OpenedModel,
    private readonly session: OnnxRuntimeSession,
    private readonly file: RefilledFile,
    sides: ReadonlyMap<ValueName, Shape>,
  ) {
    // What is no tensor of numbers, or has no row of them for each sample, is not asked for.
    this.inputs = inputPorts(opened.graph)
    // A graph may take any number of samples where its file says one.
    this.frozenBatch = frozenBatchOf(this.inputs) ?? frozenBatchOf(inputsOf(session))
    const rows = this.frozenBatch ?? 1
    const outputs = opened.graph.outputs.filter((name) => isOfSamples(sides.get(name), rows))
    if (outputs.length === 0) throw new InTheWay('no output has a row of numbers for each sample')
    const graph = { ...opened.graph, outputs }
    this.graph = graph
    this.refused = refusalOf(opened)
    const types = new Map(session.outputs.map(({ dtype, name }) => [name, dtype]))
    const ports = outputs.map((name) => {
      const known = { shape: sides.get(name) ?? [null], dtype: types.get(name) ?? 'float32' }
      return valuePort(graph, name, known)
    })
    this.outputs = outputPorts(ports, this.inputs, graph)
    this.outputShapes = layerShapes(graph, new Map([...shapesOf(graph), ...sides]))
    this.current = new Map(
      opened.weights.flatMap(({ spec, values }) =>
        values instanceof Float32Array ? [[spec.name, new WeakRef(values)]] : [],
      ),
    )
  }

  /** Layers are not shown. */
  readonly lookInSteps = null

  async setWeights(weights: readonly NamedWeight[], between: () => Promise<void>): Promise<void> {
    for (const weight of weights) {
      await between()
      const { spec, values } = weight
      if (this.current.get(spec.name)?.deref() === values) continue
      this.isStale = true
      this.current.delete(spec.name)
      this.file.set(spec.name, values)
      this.current.set(spec.name, new WeakRef(values))
    }
    if (!this.isStale) return
    await between()
    await this.said(() => this.session.renew(this.file.bytes))
    this.isStale = false
  }

  predict(inputs: readonly tf.Tensor[]): Promise<tf.Tensor[]> {
    return this.predictInSteps(inputs, () => Promise.resolve())
  }

  /** It is not stopped between nodes: one sign of life for each batch that it takes. */
  predictInSteps(inputs: readonly tf.Tensor[], between: BetweenLayers): Promise<tf.Tensor[]> {
    let asked: readonly tf.Tensor[] = []
    let found: tf.Tensor[] = []
    const name = this.outputs[0]?.name ?? ''
    const pieces = inFrozenBatches(inputs, this.frozenBatch, function* (batch) {
      asked = batch
      yield name
      return found
    })
    return inPieces(pieces, async (layer) => {
      await between(layer)
      found = await this.said(() => this.session.run(byName(this.graph, asked), this.graph.outputs))
    })
  }

  dispose(): void {
    // Nobody waits for memory to come back.
    void this.session.end()
  }

  private async said<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw this.refused(error)
    }
  }
}
