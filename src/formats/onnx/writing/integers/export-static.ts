import { activationCodes } from '../../../../core/activation-range'
import type { ActivationSettings } from '../../../../core/model-summary'
import type { Activations, ExportedModel, ExportTensor, Usage } from '../../../exporter'
import type { OpenedModel, RefillableFile } from '../../../format'
import { OnnxFile } from '../onnx-file'
import type { OnnxForm } from '../onnx-form'
import { runtimeFor } from '../runtime-for'
import { writeOnnx } from '../write-onnx'
import { staticFile } from './static-file'
import type { GivenWeights } from './static-file'
import { staticPlan, valuesOf } from './static-plan'

/** The version of the operators that has steps along an axis. */
export const OF_CODES = 13

interface SkeletonOf {
  readonly model: OpenedModel
  readonly skeleton: RefillableFile
  /** The version of its operators. */
  readonly opset: number
}

/**
 * Writes a model whose activations are codes.
 * @param forms one for each weight, for those that no product reads
 */
export function exportStatic(
  { model, opset, skeleton }: SkeletonOf,
  tensors: readonly ExportTensor[],
  forms: readonly OnnxForm[],
  activations: Activations | undefined,
): ExportedModel {
  if (activations === undefined) throw new RangeError('nothing is known of activations')
  const { ranges, ranks, settings } = activations
  const codes = new Map(
    [...ranges].map(([value, range]) => [value, activationCodes(range, settings.signed)]),
  )
  const given = givenWeights(model, tensors)
  const written = staticFile(staticPlan(skeleton), { codes, ranks, signed: settings.signed }, given)
  const known = new Map(forms.map((form) => [form.name, form]))
  const left = written.order.flatMap((name) => known.get(name) ?? [])
  const held = written.order.flatMap((name) => written.held.get(name) ?? known.get(name) ?? [])
  const added = { numbers: written.numbers, opset: OF_CODES }
  const stays = new Map(left.map((form) => [form.name, form]))
  const file = new OnnxFile(writeOnnx(written.skeleton, stays, added))
  const needed = Math.max(opset, OF_CODES, ...left.map((form) => form.opset))
  return {
    files: [file],
    tensors: held.map(({ name, storedAs, bytes, reason }) => ({ name, storedAs, bytes, reason })),
    ...{ held, made: held, shardBytes: file.size },
    usage: usageOf(
      needed,
      Math.max(runtimeFor(needed), ...left.map(({ runtime }) => runtime)),
      activations,
    ),
  }
}

function givenWeights(model: OpenedModel, tensors: readonly ExportTensor[]): GivenWeights {
  const places = new Map(model.weights.map(({ spec }, index) => [spec.name, index]))
  const of = (name: string) => {
    const index = places.get(name) ?? -1
    const weight = model.weights[index]
    if (weight === undefined) throw new RangeError(`${name} is no weight`)
    return { weight, tensor: tensors[index] ?? weight }
  }
  return {
    tensor: (name) => of(name).tensor,
    values: (name) => {
      const { tensor, weight } = of(name)
      return Float32Array.from(valuesOf(tensor, weight))
    },
  }
}

const methods: Readonly<Record<ActivationSettings['range'], string>> = {
  minMax: 'all values that were seen',
  percentile: 'all but the outermost 0.01 % of the values that were seen',
  error: 'the least mean square error',
  entropy: 'the least Kullback-Leibler divergence',
}

function usageOf(
  opset: number,
  runtime: number,
  { samples, settings: { range, signed } }: Activations,
): Usage {
  const type = signed ? 'int8' : 'uint8'
  return {
    language: 'python',
    intro: `An ONNX model (opset ${opset}) that is computed with whole numbers: activations are ${type} over the range of ${methods[range]} in ${samples.count} samples (${samples.of}), weights of products int8. Run it with onnxruntime 1.${runtime} or newer:`,
    code: `import onnxruntime  # 1.${runtime} or newer

session = onnxruntime.InferenceSession('model.onnx')`,
    web: `import * as ort from 'onnxruntime-web' // 1.${runtime} or newer

const session = await ort.InferenceSession.create('model.onnx')`,
  }
}
