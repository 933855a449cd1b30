import type { Precision } from '../../core/model-summary'
import type { Between } from '../../files/between'
import { PiecedFile } from '../../files/pieced-file'
import type { ExportTensor } from '../exporter'
import type { OpenedModel, OpenedWeight, RefillableFile } from '../format'
import type { OnnxType } from '../onnx/onnx-model'
import { onnxForm } from '../onnx/writing/onnx-form'
import type { OnnxForm } from '../onnx/writing/onnx-form'
import { ceilingOf } from '../onnx/writing/raise-opset'
import { opsetOf, writeOnnx } from '../onnx/writing/write-onnx'
import { storedForms } from '../tfjs-files/stored-values'

/** A file of ONNX, and how it holds the weights that it has. */
export interface VariantFile {
  readonly bytes: Uint8Array
  readonly forms: readonly OnnxForm[]
}

/**
 * Writes a variant: the file of a model with its weights in forms that every onnxruntime-web reads, codes of a byte decoded
 * once, when it is read. Runtimes keep `DequantizeLinear` for each run: with it a sample of LeNet-5 took 1.4 ms instead of 0.24 ms,
 * and the first ones several times as much. Shorter codes need it: the build for WebGPU, which Transformers.js has in pages, casts none.
 * @throws StudioError 'export/float16-range'
 */
export async function writeVariant(
  opened: OpenedModel,
  skeleton: RefillableFile,
  tensors: readonly ExportTensor[],
  precision: Precision,
  between: Between,
): Promise<VariantFile> {
  const { opset: highest } = ceilingOf(skeleton, opsetOf(skeleton))
  const places = skeleton.flatMap((piece) => ('weight' in piece ? [piece] : []))
  const types = new Map(places.map(({ type, weight }) => [weight, type as OnnxType]))
  const store = (tensor: ExportTensor, weight: OpenedWeight, chosen: Precision): OnnxForm => {
    const type = types.get(weight.spec.name) ?? 'F32'
    return onnxForm(tensor, weight, chosen, { type, highest, inPages: true })
  }
  const forms = await storedForms(store, opened, tensors, precision, between)
  const pieces = writeOnnx(skeleton, new Map(forms.map((form) => [form.name, form])))
  const file = new PiecedFile(
    pieces.map((piece) =>
      piece instanceof Uint8Array
        ? { size: piece.length, content: (from, to) => piece.subarray(from, to) }
        : piece,
    ),
  )
  return {
    bytes: file.content(),
    // Axes and sides of TensorFlow, which lie among its weights, are parts of the graph here.
    forms: forms.filter((form) => types.has(form.name)),
  }
}
