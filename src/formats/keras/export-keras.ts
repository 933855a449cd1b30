import { isStudioError } from '../../core/errors'
import type { StudioErrorData } from '../../core/errors'
import type { KerasContainer, Precision } from '../../core/model-summary'
import type { Between } from '../../files/between'
import type { PiecedFile } from '../../files/pieced-file'
import type { ExportedFile, ExportedModel, Exporter, ExportTensor } from '../exporter'
import type { OpenedModel } from '../format'
import { acceptsPrecision, storedForms } from '../tfjs-files/stored-values'
import { kerasForm } from './writing/keras-form'
import { kerasUsage } from './writing/keras-usage'
import { bytesOf, laidOut } from './writing/laid-out-file'
import { heldIn } from './writing/read-again'

/** A whole model as Keras 3 saves it. */
export const kerasExporter = exporterOf('keras')
/** A whole model as Keras 2 and tf-keras save it. */
export const kerasH5Exporter = exporterOf('kerasH5')
/** Weights alone, for a model that somebody has in code. */
export const kerasWeightsExporter = exporterOf('kerasWeights')

function exporterOf(container: KerasContainer): Exporter {
  return {
    container,
    precisions: ['exact', 'float16'],
    accepts: (model, tensors, precision) =>
      acceptsPrecision(model, tensors, precision) ?? refusal(container, model),
    store: kerasForm,
    write: (model, tensors, precision, between) =>
      write(container, model, tensors, precision, between),
  }
}

function refusal(container: KerasContainer, model: OpenedModel): StudioErrorData | null {
  try {
    laidOut(container, model, new Map())
    return null
  } catch (error) {
    if (isStudioError(error)) return error.toData()
    throw error
  }
}

/** Keras reads no codes: what it gets are decoded values. */
async function write(
  container: KerasContainer,
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  precision: Precision,
  between: Between,
): Promise<ExportedModel> {
  const forms = await storedForms(kerasForm, model, tensors, precision, between)
  const laid = laidOut(container, model, new Map(forms.map((form) => [form.name, form])))
  const file = bytesOf(laid)
  return {
    files: [new WrittenFile(laid.path, file)],
    tensors: forms.map(({ name, storedAs, bytes, reason }) => ({ name, storedAs, bytes, reason })),
    held: heldIn(laid),
    ofWeights: forms,
    shardBytes: file.size,
    usage: kerasUsage(laid),
  }
}

class WrittenFile implements ExportedFile {
  readonly holdsWeights = true

  constructor(
    readonly path: string,
    private readonly file: PiecedFile,
  ) {}

  get size(): number {
    return this.file.size
  }

  get bytes(): Uint8Array {
    return this.file.content()
  }

  readonly read = (from: number, to: number): Uint8Array => this.file.content(from, to)
}
