import { changedGraphs, graphFields, modelFields, nodeOf } from './graph-fields'
import { fieldsOf } from './wire-fields'
import type { Wire } from './wire-fields'

/**
 * Whether all that `DequantizeLinear` decodes in a file are weights. By itself onnxruntime decodes them at each run, since it waits for
 * kernels that compute with codes; told that there are none it does so once, while it loads the file.
 */
export function decodesOnce(file: Wire): boolean {
  const ops = new Set<string>()
  for (const { content, number } of fieldsOf(file)) {
    if (number === modelFields.functions) return false
    if (number !== modelFields.graph) continue
    changedGraphs(content, (graph) => {
      for (const field of fieldsOf(graph))
        if (field.number === graphFields.node) ops.add(nodeOf(field.content).op)
      return graph
    })
  }
  return ops.has('DequantizeLinear') && !ops.has('QuantizeLinear')
}

/** Where onnxruntime is told so: https://onnxruntime.ai/docs/api/c, `kOrtSessionOptionsDisableQuantQDQ`. */
export const DECODE_ONCE = 'session.disable_quant_qdq'
