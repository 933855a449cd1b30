import type { ActivationSettings, Precision } from '../../../../core/model-summary'
import type { Activations, Usage } from '../../../exporter'
import { pageSession, sessionCode } from '../session-code'
import type { SessionFacts } from '../session-code'

const methods: Readonly<Record<ActivationSettings['range'], string>> = {
  minMax: 'all values that were seen',
  percentile: 'all but the outermost 0.01 % of the values that were seen',
  error: 'the least mean square error',
  entropy: 'the least Kullback-Leibler divergence',
}

/** What a file asks of whoever opens it. */
interface NeededBy extends SessionFacts {
  readonly opset: number
  /** Version 1.x of onnxruntime. */
  readonly runtime: number
}

/** How a file is opened that is computed with codes. */
export function usageOf(
  form: Extract<Precision, 'static8' | 'dynamic8' | 'nBits'>,
  { opset, runtime, ...facts }: NeededBy,
  activations: Activations | undefined,
): Usage {
  return {
    language: 'python',
    intro: `An ONNX model (opset ${opset}) ${told(form, activations)}. Run it with onnxruntime 1.${runtime} or newer:`,
    code: `import onnxruntime  # 1.${runtime} or newer

${sessionCode(facts)}`,
    web: `import * as ort from 'onnxruntime-web' // 1.${runtime} or newer

${pageSession(facts)}`,
  }
}

function told(
  form: Extract<Precision, 'static8' | 'dynamic8' | 'nBits'>,
  activations: Activations | undefined,
): string {
  if (form === 'nBits')
    return 'whose products of matrices and tables of embeddings read codes of 2, 4 or 8 bits, by the operators MatMulNBits and GatherBlockQuantized of onnxruntime'
  if (activations === undefined)
    return 'whose products of matrices are computed with whole numbers: what they are given becomes uint8 over the range of all samples that run together, weights are int8 (convolutions stay as they are stored)'
  const { samples, settings } = activations
  const type = settings.signed ? 'int8' : 'uint8'
  return `that is computed with whole numbers: activations are ${type} over the range of ${methods[settings.range]} in ${samples.count} samples (${samples.of}), weights of products int8`
}
