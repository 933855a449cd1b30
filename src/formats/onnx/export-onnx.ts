import type { Between } from '../../files/between'
import { StudioError } from '../../core/errors'
import type { StudioErrorData } from '../../core/errors'
import { float16Range, float32Range } from '../../core/float-range'
import type { Precision } from '../../core/model-summary'
import type {
  Activations,
  ExportedModel,
  Exporter,
  ExportTensor,
  Usage,
  WrittenParts,
} from '../exporter'
import type { OpenedModel, OpenedWeight, RefillableFile } from '../format'
import { acceptsPrecision, storedForms } from '../tfjs-files/stored-values'
import type { OnnxType } from './onnx-model'
import { graphFile } from './writing/from-graph/graph-file'
import { writtenKernels } from './writing/from-graph/kernels/written-kernels'
import { exportIntegers, isIntegerForm, refusalOf } from './writing/integers/export-integers'
import type { SkeletonOf } from './writing/integers/export-integers'
import { calibrationFile, staticPlan } from './writing/integers/static-plan'
import { onnxFiles } from './writing/onnx-files'
import { onnxForm } from './writing/onnx-form'
import type { OnnxForm } from './writing/onnx-form'
import { ceilingOf } from './writing/raise-opset'
import type { Ceiling } from './writing/raise-opset'
import { runtimeFor } from './writing/runtime-for'
import { pageSession, sessionCode, sessionFacts } from './writing/session-code'
import type { SessionFacts } from './writing/session-code'
import { opsetOf, writeOnnx } from './writing/write-onnx'

/** Models as the runtime of ONNX reads them: their own file with its weights as they are stored. */
export const onnxExporter: Exporter = {
  container: 'onnx',
  precisions: ['exact', 'float32', 'float16', 'static8', 'dynamic8', 'nBits'],
  accepts,
  edited: editedModel,
  store,
  calibration: (model, tensors, precision) =>
    precision === 'static8'
      ? calibrationFile(staticPlan(requiredSkeleton(model)), model, tensors)
      : null,
  write,
}

function accepts(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  precision: Precision,
): StudioErrorData | null {
  if (skeletonOf(model) === null) return withoutFile(model).toData()
  // Floats of the model's own width hold whatever it is.
  if (precision === 'exact' || precision === 'float32') return null
  const own = madeFor(model, tensors, precision)
  return isIntegerForm(precision)
    ? refusalOf(precision, withSkeleton(own.model), own.tensors)
    : acceptsPrecision(own.model, own.tensors, precision)
}

/** Of a model in a file of its own nothing changes but its numbers; what is written from a graph is written as it runs best. */
function editedModel(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  precision: Precision,
): WrittenParts | null {
  const { folded, model: own, ...written } = asWritten(model, tensors, precision)
  const { topology, weights } = own
  return own === model
    ? null
    : { topology, weights, tensors: written.tensors, scales: null, folded }
}

export interface AsWritten {
  readonly model: OpenedModel
  readonly tensors: readonly ExportTensor[]
  readonly folded: readonly string[]
}

interface Written extends AsWritten {
  readonly of: OpenedModel
  readonly precision: Precision
}

/**
 * By the tensors, that of one precision: it is asked for size, file, hashes and report, and what it folds is there
 * once more.
 */
const written = new WeakMap<readonly ExportTensor[], Written>()

/** The model that a file is of; the open one in most cases. */
export function asWritten(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  precision: Precision,
): AsWritten {
  const own = madeFor(model, tensors, precision)
  written.set(tensors, { ...own, of: model, precision })
  return own
}

/** The same for whoever only asks whether there is a file: nobody keeps it. */
function madeFor(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  precision: Precision,
): AsWritten {
  // Codes of activations take normalizations in as they go, and lay kernels out themselves.
  if (model.skeleton !== undefined || precision === 'static8') return { model, tensors, folded: [] }
  const before = written.get(tensors)
  if (before?.of === model && before.precision === precision) return before
  const bytesOf = (tensor: ExportTensor, weight: OpenedWeight): number =>
    store(tensor, weight, precision, model).bytes
  const holdsCodes = precision !== 'float32' && precision !== 'float16'
  const floats = precision === 'float16' ? float16Range : float32Range
  const kernels = writtenKernels(model, tensors, bytesOf, holdsCodes, floats)
  if (kernels === null) return { model, tensors, folded: [] }
  const { graph, weights } = kernels
  return { model: { ...model, graph, weights }, tensors: kernels.tensors, folded: kernels.folded }
}

function withSkeleton(model: OpenedModel): SkeletonOf {
  const skeleton = requiredSkeleton(model)
  const { ceiling, opset } = factsOf(skeleton)
  return { model, skeleton, ceiling, opset }
}

/** The file of a model without the numbers of its weights: its own, or one written from its graph; null: there is none. */
export function skeletonOf(model: OpenedModel): RefillableFile | null {
  return model.skeleton ?? graphFile(model)
}

interface SkeletonFacts {
  readonly opset: number
  readonly ceiling: Ceiling
  /** Of each weight. */
  readonly types: ReadonlyMap<string, OnnxType>
}

const known = new WeakMap<RefillableFile, SkeletonFacts>()

function factsOf(skeleton: RefillableFile): SkeletonFacts {
  let facts = known.get(skeleton)
  if (facts === undefined) {
    const opset = opsetOf(skeleton)
    const places = skeleton.flatMap((piece) => ('weight' in piece ? [piece] : []))
    const types = new Map(places.map(({ type, weight }) => [weight, type as OnnxType]))
    facts = { opset, ceiling: ceilingOf(skeleton, opset), types }
    known.set(skeleton, facts)
  }
  return facts
}

function requiredSkeleton(model: OpenedModel): RefillableFile {
  const skeleton = skeletonOf(model)
  if (skeleton === null) throw withoutFile(model)
  return skeleton
}

/** Why a model has no file: nothing says what it computes, or no operators of ONNX compute that. */
function withoutFile({ obstacles: { run } }: OpenedModel): StudioError {
  if (run !== null) return StudioError.from(run)
  const reason = 'its operators do not say exactly what the model computes'
  return new StudioError('export/unsupported', { format: 'ONNX', reason })
}

function store(
  tensor: ExportTensor,
  weight: OpenedWeight,
  precision: Precision,
  model: OpenedModel,
): OnnxForm {
  const { ceiling, types } = factsOf(requiredSkeleton(model))
  const type = types.get(weight.spec.name) ?? 'F32'
  return onnxForm(tensor, weight, isIntegerForm(precision) ? 'exact' : precision, {
    type,
    highest: ceiling.opset,
  })
}

async function write(
  opened: OpenedModel,
  given: readonly ExportTensor[],
  precision: Precision,
  between: Between,
  activations?: Activations,
): Promise<ExportedModel> {
  const { folded, model, tensors } = asWritten(opened, given, precision)
  const skeleton = requiredSkeleton(model)
  const forms = await storedForms(store, model, tensors, precision, between)
  const more = folded.length === 0 ? {} : { folded }
  if (isIntegerForm(precision)) {
    const whole = withSkeleton(model)
    return { ...exportIntegers(precision, whole, tensors, forms, activations), ...more }
  }
  const pieces = writeOnnx(skeleton, new Map(forms.map((form) => [form.name, form])))
  const files = onnxFiles(pieces)
  const { opset: own, types } = factsOf(skeleton)
  const needed = Math.max(own, ...forms.map(({ opset }) => opset))
  return {
    files,
    tensors: forms.map(({ name, storedAs, bytes, reason }) => ({ name, storedAs, bytes, reason })),
    // Axes and sides of TensorFlow, which lie among its weights, are parts of the graph here.
    held: forms.filter(({ name }) => types.has(name)),
    ...more,
    ...(model === opened ? {} : { ofWeights: openedForms(opened, given, precision) }),
    shardBytes: files.reduce((sum, { size }) => sum + size, 0),
    usage: usageOf(
      needed,
      Math.max(runtimeFor(needed), ...forms.map(({ runtime }) => runtime)),
      sessionFacts(pieces, forms, files),
    ),
  }
}

/** What the weights of the opened model are worth, whatever the file makes of them. */
function openedForms(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  precision: Precision,
): readonly OnnxForm[] {
  return model.weights.map((weight, at) => store(tensors[at] ?? weight, weight, precision, model))
}

/** Before it, nothing reads codes of two bits. */
const NEW = 24

function usageOf(opset: number, runtime: number, facts: SessionFacts): Usage {
  const isNew = runtime >= NEW ? ', a new version' : ''
  return {
    language: 'python',
    intro: `An ONNX model (opset ${opset}). Run it with onnxruntime 1.${runtime} or newer${isNew}:`,
    code: `import onnxruntime  # 1.${runtime} or newer${isNew}

${sessionCode(facts)}`,
    web: `import * as ort from 'onnxruntime-web' // 1.${runtime} or newer${isNew}

${pageSession(facts)}`,
  }
}
