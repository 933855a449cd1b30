import { DECODE_ONCE, decodesOnce } from './decodes-once'
import type { OnnxForm } from './onnx-form'
import type { Wire } from './wire-fields'

/** What the lines that open a file have to say. */
export interface SessionFacts {
  /** Its weights are decoded by `DequantizeLinear`, and nothing else is. */
  readonly once: boolean
  /** Weights are, beside codes of what it computes. */
  readonly scaled: boolean
  /** Files with numbers beside it: Python finds them, a page has to name them. */
  readonly outside: readonly string[]
}

export function sessionFacts(
  pieces: Wire,
  forms: readonly OnnxForm[],
  files: readonly { readonly path: string }[],
): SessionFacts {
  return {
    once: decodesOnce(pieces),
    scaled: forms.some(({ nodes }) => nodes.some(({ op }) => op === 'DequantizeLinear')),
    outside: files.slice(1).map(({ path }) => path),
  }
}

/**
 * The lines of Python that open a file of ONNX. By itself onnxruntime in Python and on servers puts products with weights that are decoded into
 * one operator, which rounds to 8 bits whatever it multiplies with them; the one of pages does not.
 */
export function sessionCode({ once, scaled }: SessionFacts): string {
  return once
    ? decodedOnce
    : scaled
      ? exactProducts
      : "session = onnxruntime.InferenceSession('model.onnx')"
}

const exactProducts = `options = onnxruntime.SessionOptions()
# Measured so: by default the inputs of products may be rounded to 8 bits.
options.add_session_config_entry('session.qdq_matmulnbits_accuracy_level', '1')
session = onnxruntime.InferenceSession('model.onnx', options)`

const decodedOnce = `options = onnxruntime.SessionOptions()
# Measured so: weights are decoded once, while the file is loaded, and products are of float32.
options.add_session_config_entry('${DECODE_ONCE}', '1')
session = onnxruntime.InferenceSession('model.onnx', options)`

/** The lines that open a file of ONNX in a page. */
export function pageSession({ once, outside }: SessionFacts): string {
  const [group = '', entry = ''] = DECODE_ONCE.split('.')
  const named = outside.map((path) => `{ path: '${path}', data: '${path}' }`)
  const options = [
    ...(named.length === 0 ? [] : [`externalData: [${named.join(', ')}]`]),
    ...(once ? [`extra: { ${group}: { ${entry}: '1' } }`] : []),
  ]
  const given = options.length === 0 ? '' : `, { ${options.join(', ')} }`
  const told = once
    ? '// Weights are decoded once, while the file is loaded, instead of at each run.\n'
    : ''
  return `${told}const session = await ort.InferenceSession.create('model.onnx'${given})`
}
