import type { StudioErrorData } from '../core/errors'
import { ONNX_FILES, isKerasContainer, usualActivations } from '../core/model-summary'
import type { ContainerId, ExportTarget, Precision } from '../core/model-summary'
import type {
  Activations,
  ExportedModel,
  Exporter,
  ExportTensor,
  StoredForm,
  WrittenParts,
} from './exporter'
import type { Between } from '../files/between'
import type { OpenedModel } from './format'
import { kerasExporter, kerasH5Exporter, kerasWeightsExporter } from './keras/export-keras'
import { onnxExporter, skeletonOf } from './onnx/export-onnx'
import { safetensorsExporter } from './safetensors/export-safetensors'
import { tfjsExporter } from './tfjs-files/export-model-files'

/** Every kind of files that a model can be written as. */
const exporters: Readonly<Record<ContainerId, Exporter>> = {
  tfjs: tfjsExporter,
  safetensors: safetensorsExporter,
  onnx: onnxExporter,
  keras: kerasExporter,
  kerasH5: kerasH5Exporter,
  kerasWeights: kerasWeightsExporter,
}

export function exporterFor(container: ContainerId): Exporter {
  return exporters[container]
}

/** The kind of files that the model came in, without a loss. */
export function exactTarget({ container }: OpenedModel): ExportTarget {
  return { container, precision: 'exact' }
}

/** What says most of a model that is opened again: of one of Keras a file of Keras, with its own layers and their names. */
export function fullestTarget(model: OpenedModel): ExportTarget {
  const own = (model.alsoAs ?? []).find(
    (container) =>
      model.keras !== undefined &&
      isKerasContainer(container) &&
      container !== 'kerasWeights' &&
      refusalOf(model, model.weights, { container, precision: 'exact' }) === null,
  )
  return own === undefined ? exactTarget(model) : { container: own, precision: 'exact' }
}

/** All that a model can be written as, its own kind of files first. */
export function targetsOf(model: OpenedModel): ExportTarget[] {
  const { alsoAs = [], container: own } = model
  const isOnnx = skeletonOf(model) !== null
  const containers = new Set([own, ...alsoAs, ...(isOnnx ? [ONNX_FILES] : [])])
  return [...containers].flatMap((container) => {
    const { offers, precisions } = exporterFor(container)
    return precisions.flatMap((precision) =>
      offers?.(model, precision) === false ? [] : [targetOf(container, precision)],
    )
  })
}

function targetOf(container: ContainerId, precision: Precision): ExportTarget {
  return precision === 'static8'
    ? { container, precision, activations: usualActivations }
    : { container, precision }
}

/** Why a target cannot hold the tensors of a model; null where it can. */
export function refusalOf(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  { container, precision }: ExportTarget,
): StudioErrorData | null {
  return exporterFor(container).accepts(model, tensors, precision)
}

/**
 * The weights that a file will hold and what becomes of them.
 * @param tensors one for each weight, in their order
 */
export function writtenParts(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  { container, precision }: ExportTarget,
): ModelParts {
  const edited = exporterFor(container).edited?.(model, tensors, precision) ?? null
  return edited ?? { weights: model.weights, tensors, scales: null, folded: [] }
}

type ModelParts = Omit<WrittenParts, 'topology'>

/**
 * How a file will hold each tensor of a model and those that it needs besides, without writing it.
 * @param tensors one for each weight, in their order
 */
export function storedForms(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  target: ExportTarget,
): StoredForm[] {
  return formsOf(model, writtenParts(model, tensors, target), target)
}

/** The same of parts that are known. */
export function formsOf(
  model: OpenedModel,
  { tensors, weights }: Pick<WrittenParts, 'tensors' | 'weights'>,
  { container, precision }: ExportTarget,
): StoredForm[] {
  const { store } = exporterFor(container)
  return weights.map((weight, index) => store(tensors[index] ?? weight, weight, precision, model))
}

/**
 * Writes a model.
 * @param tensors one for each weight, in their order
 * @throws StudioError what `Exporter.accepts` says beforehand, such as 'export/float16-range'
 */
export function writeModel(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  { container, precision }: ExportTarget,
  between: Between,
  activations?: Activations,
): Promise<ExportedModel> {
  return exporterFor(container).write(model, tensors, precision, between, activations)
}
