import type { OnnxForm } from './onnx-form'

/** Whether a file has weights that `DequantizeLinear` decodes. */
export function isScaled(forms: readonly OnnxForm[]): boolean {
  return forms.some(({ nodes }) => nodes.some(({ op }) => op === 'DequantizeLinear'))
}

/**
 * The lines of Python that open a file of ONNX.
 * @param scaled onnxruntime in Python and on servers puts products with such weights into one operator, which by itself
 * rounds to 8 bits whatever it multiplies with them; the one of pages does not
 */
export function sessionCode(scaled: boolean): string {
  return scaled ? exactProducts : "session = onnxruntime.InferenceSession('model.onnx')"
}

/**
 * The line that opens a file of ONNX in a page.
 * @param outside files with numbers beside it: Python finds them, a page has to name them
 */
export function pageSession(outside: readonly string[]): string {
  const named = outside.map((path) => `{ path: '${path}', data: '${path}' }`)
  const options = named.length === 0 ? '' : `, { externalData: [${named.join(', ')}] }`
  return `const session = await ort.InferenceSession.create('model.onnx'${options})`
}

const exactProducts = `options = onnxruntime.SessionOptions()
# Measured so: by default the inputs of products may be rounded to 8 bits.
options.add_session_config_entry('session.qdq_matmulnbits_accuracy_level', '1')
session = onnxruntime.InferenceSession('model.onnx', options)`
