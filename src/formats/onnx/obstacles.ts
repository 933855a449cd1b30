import { StudioError } from '../../core/errors'
import type { StudioErrorData } from '../../core/errors'
import { cannotRun } from '../../core/model-summary'
import type { ModelNote, Obstacles } from '../../core/model-summary'
import { shortText } from '../../core/short-text'
import type { ModelGraph } from '../../graph/graph'
import { misfit } from '../../graph/misfit'
import { rowlessOutput } from '../../graph/rowless-output'
import { obstacleToTraining } from '../../graph/training-obstacle'
import { operatorName, unrunnable } from '../../graph/unrunnable'
import type { GraphDownload } from '../tfjs-files/graph-download'
import type { FoundOnnx } from './find-onnx'
import type { OnnxNode } from './onnx-model'
import { isOfWholes } from './scales-of-products'

/** The graph of a model, and the nodes of its file. */
interface Known {
  readonly graph: ModelGraph
  readonly nodes: readonly OnnxNode[]
}

/**
 * What cannot be done with a model, and why.
 * @param isRefillable whether the runtime of ONNX can be given what the graph does not say
 */
export function obstaclesOf(
  file: string,
  { graph, nodes }: Known,
  isRefillable: boolean,
): Obstacles {
  if (graph.outputs.length === 0 || graph.inputs.length === 0)
    return cannotRun(new StudioError('open/weights-alone', { file }).toData())
  const strange = unrunnable(graph)
  const [first] = strange
  if (first === undefined) return ofRunnable(file, graph, nodes)
  const named = { file, operator: operatorName(graph, first) }
  if (!isRefillable) {
    const params = { ...named, number: strange.length }
    return cannotRun(new StudioError('open/onnx-operator', params).toData())
  }
  const only = new StudioError('open/only-onnx-runtime', named).toData()
  return { run: null, train: only, cut: only }
}

/** All of its operators are known here. */
function ofRunnable(file: string, graph: ModelGraph, nodes: readonly OnnxNode[]): Obstacles {
  const off = misfit(graph)
  if (off !== null) {
    const expected =
      off.node.op === 'pool'
        ? 'a window that fits into what it reads'
        : 'inputs whose sides fit together'
    const field = shortText(operatorName(graph, off.node))
    return cannotRun(
      new StudioError('open/onnx-field', { file, field, expected, found: off.shapes }).toData(),
    )
  }
  const rowless = rowlessOutput(graph)
  if (rowless !== null) {
    const operator = operatorName(graph, rowless.node)
    const params = { file, output: shortText(rowless.output), operator }
    return cannotRun(new StudioError('open/no-rows', params).toData())
  }
  return { run: null, train: productOfWholes(nodes) ?? obstacleToTraining(graph), cut: null }
}

/** A weight of whole numbers would stay none in training. */
function productOfWholes(nodes: readonly OnnxNode[]): StudioErrorData | null {
  const [first, ...others] = nodes.filter(isOfWholes)
  if (first === undefined) return null
  const params = { operator: `${first.op} (${first.name})`, number: 1 + others.length }
  return new StudioError('train/operator', params).toData()
}

/** What operators mean here, and how files are written: those of onnx 1.23. */
const KNOWN = { opset: 28, ir: 14 }

/** Its operators may mean something else than they did. */
function isNewer({ irVersion, opsets }: FoundOnnx['model']): boolean {
  return irVersion > KNOWN.ir || (opsets.get('') ?? 1) > KNOWN.opset
}

/** Exporters of PyTorch fold a normalisation into the convolution before it: nothing says whether there was one. */
function isFolded(producer: string, nodes: readonly OnnxNode[]): boolean {
  const has = (op: string): boolean => nodes.some((node) => node.op === op)
  return producer === 'pytorch' && has('Conv') && !has('BatchNormalization')
}

/** The first normalisation that takes its statistics from what runs together; null: there is none. */
function normalisedByBatch(nodes: readonly OnnxNode[]): OnnxNode | null {
  return (
    nodes.find(({ attributes, op }) => {
      const mode = attributes.get('training_mode')
      return op === 'BatchNormalization' && mode?.kind === 'whole' && mode.value !== 0
    }) ?? null
  )
}

/** What a person should know of it beside that. */
export function notesOf(
  { model }: FoundOnnx,
  nodes: readonly OnnxNode[],
  { run, train }: Obstacles,
  download: GraphDownload | null,
): ModelNote[] {
  const version = model.opsets.get('') ?? 1
  const isOfBatch = nodes.some(({ op }) => /^DynamicQuantize/.test(op))
  const ofBatch = run === null ? normalisedByBatch(nodes) : null
  const { operator = '' } = train?.code === 'open/only-onnx-runtime' ? train.params : {}
  return [
    ...(isNewer(model)
      ? [{ code: 'note/onnx-newer', params: { version, known: KNOWN.opset } } as const]
      : []),
    ...(run === null && operator === ''
      ? [{ code: 'note/onnx-runtime', params: { version } } as const]
      : []),
    ...(isFolded(model.producer, nodes)
      ? [{ code: 'note/folded-by-torch', params: {} } as const]
      : []),
    ...(run === null && isOfBatch ? [{ code: 'note/range-of-batch', params: {} } as const] : []),
    ...(ofBatch === null
      ? []
      : [
          {
            code: 'note/statistics-of-batch',
            params: { operator: `${ofBatch.op} (${shortText(ofBatch.name)})` },
          } as const,
        ]),
    ...(operator === '' ? [] : [{ code: 'note/by-onnx-runtime', params: { operator } } as const]),
    ...(download === null
      ? []
      : [download.note ?? ({ code: 'note/graph-download', params: {} } as const)]),
  ]
}
