import type { Between } from '../../files/between'
import type { Precision } from '../../core/model-summary'
import type { ExportedFile, ExportedModel, Exporter, ExportTensor, Usage } from '../exporter'
import type { OpenedModel, OpenedWeight, RefillableFile } from '../format'
import { acceptsPrecision, storedForms } from '../tfjs-files/stored-values'
import type { OnnxType } from './onnx-model'
import { graphFile } from './writing/from-graph/graph-file'
import { onnxForm } from './writing/onnx-form'
import type { OnnxForm } from './writing/onnx-form'
import { ceilingOf } from './writing/raise-opset'
import type { Ceiling } from './writing/raise-opset'
import { runtimeFor } from './writing/runtime-for'
import { sizeOfWire } from './writing/wire-fields'
import type { MadeBytes } from './writing/wire-fields'
import { opsetOf, writeOnnx } from './writing/write-onnx'

/** Bytes that are made at once. */
const BLOCK = 4 * 2 ** 20

/** Models as the runtime of ONNX reads them: their own file with its weights as they are stored. */
export const onnxExporter: Exporter = {
  container: 'onnx',
  precisions: ['exact', 'float32', 'float16'],
  accepts: acceptsPrecision,
  store,
  write,
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
  if (skeleton === null) throw new RangeError(`${model.name} has no file of ONNX`)
  return skeleton
}

function store(
  tensor: ExportTensor,
  weight: OpenedWeight,
  precision: Precision,
  model: OpenedModel,
): OnnxForm {
  const { ceiling, types } = factsOf(requiredSkeleton(model))
  const type = types.get(weight.spec.name) ?? 'F32'
  return onnxForm(tensor, weight, precision, { type, highest: ceiling.opset })
}

async function write(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  precision: Precision,
  between: Between,
): Promise<ExportedModel> {
  const skeleton = requiredSkeleton(model)
  const forms = await storedForms(store, model, tensors, precision, between)
  const pieces = writeOnnx(skeleton, new Map(forms.map((form) => [form.name, form])))
  const file = new ModelFile(pieces)
  const { opset: own, types } = factsOf(skeleton)
  const needed = Math.max(own, ...forms.map(({ opset }) => opset))
  return {
    files: [file],
    tensors: forms.map(({ name, storedAs, bytes, reason }) => ({ name, storedAs, bytes, reason })),
    // Axes and sides of TensorFlow, which lie among its weights, are parts of the graph here.
    held: forms.filter(({ name }) => types.has(name)),
    shardBytes: file.size,
    usage: usageOf(needed, Math.max(runtimeFor(needed), ...forms.map(({ runtime }) => runtime))),
  }
}

/** Before it, nothing reads codes of two bits. */
const NEW = 24

function usageOf(opset: number, runtime: number): Usage {
  const isNew = runtime >= NEW ? ', a new version' : ''
  return {
    language: 'python',
    intro: `An ONNX model (opset ${opset}). Run it with onnxruntime 1.${runtime} or newer${isNew}:`,
    code: `import onnxruntime

session = onnxruntime.InferenceSession('model.onnx')`,
  }
}

/** A file whose bytes are made when they are read. */
class ModelFile implements ExportedFile {
  readonly path = 'model.onnx'
  readonly holdsWeights = true
  readonly size: number
  /** Where each piece begins. */
  private readonly begins: readonly number[]

  constructor(private readonly pieces: readonly (Uint8Array | MadeBytes)[]) {
    const begins: number[] = []
    let at = 0
    for (const piece of pieces) {
      begins.push(at)
      at += sizeOfWire([piece])
    }
    this.begins = begins
    this.size = at
  }

  get bytes(): Uint8Array {
    const out = new Uint8Array(this.size)
    for (let from = 0; from < this.size; from += BLOCK)
      this.fill(out.subarray(from, Math.min(this.size, from + BLOCK)), from)
    return out
  }

  readonly read = (from: number, to: number): Uint8Array => {
    const out = new Uint8Array(to - from)
    this.fill(out, from)
    return out
  }

  private fill(out: Uint8Array, from: number): void {
    const to = from + out.length
    for (const [at, piece] of this.pieces.entries()) {
      const begin = this.begins[at] ?? 0
      const end = begin + sizeOfWire([piece])
      if (end <= from) continue
      if (begin >= to) break
      const [first, last] = [Math.max(from, begin), Math.min(to, end)]
      const bytes =
        piece instanceof Uint8Array
          ? piece.subarray(first - begin, last - begin)
          : piece.content(first - begin, last - begin)
      out.set(bytes, first - from)
    }
  }
}
