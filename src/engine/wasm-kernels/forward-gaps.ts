import * as tf from '@tensorflow/tfjs'
import { contracted } from './contraction'

/**
 * Of what graphs of TensorFlow compute, kernels that the WASM backend of TensorFlow.js 4.22 lacks and its plain JavaScript
 * has. Rows of uneven lengths and texts are few: they are handed over and back.
 */
const borrowed = ['RaggedGather', 'RaggedRange', 'RaggedTensorToTensor', 'StaticRegexReplace']

/** Makes the WASM backend run them, with the numbers of stock plain JavaScript; to be called once it is the current one. */
export function fillForwardGaps(): void {
  for (const kernelName of borrowed) put(kernelName, (call) => inPlainJavaScript(kernelName, call))
  put('Einsum', einsum)
}

function put(kernelName: string, kernelFunc: tf.KernelFunc): void {
  const has = tf.getKernelsForBackend('wasm').some((kernel) => kernel.kernelName === kernelName)
  if (!has) tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc })
}

type Call = Parameters<tf.KernelFunc>[0]

/** Products of matrices, in place of the product of everything with everything that plain JavaScript adds up. */
const einsum: tf.KernelFunc = (call) => {
  const given = Object.values(call.inputs) as unknown as tf.Tensor[]
  const { equation } = call.attrs as { readonly equation: string }
  const { allDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, given.length)
  tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, given)
  const [read = '', made = ''] = equation.replace(/\s/g, '').split('->')
  const terms = read.split(',')
  // The backend multiplies no matrices of whole numbers; a letter twice in the result is a thing of stock.
  const isPlain =
    given.every(({ dtype }) => dtype === 'float32') && new Set(made).size === made.length
  if (!isPlain) return inPlainJavaScript('Einsum', call)
  return tf.tidy(() => {
    const result = contracted(
      given.map((x, place) => ({ x, letters: (terms[place] ?? '').split('') })),
      made.split(''),
    )
    return given.includes(result) ? result.clone() : result
  })
}

/** Runs the kernel of plain JavaScript on copies, and gives copies back. */
function inPlainJavaScript(kernelName: string, { inputs, attrs, backend }: Call): Result {
  const [own, lender] = [backend as tf.KernelBackend, tf.findBackend('cpu')]
  const lent: tf.TensorInfo[] = []
  const lend = (info: tf.TensorInfo): tf.TensorInfo => {
    const copy = moved(info, own, lender)
    lent.push(copy)
    return copy
  }
  // Some kernels read a list of tensors, or one under a name.
  const lendAll = (input: unknown): unknown => {
    if (Array.isArray(input)) return input.map(lendAll)
    if (typeof input !== 'object' || input === null) return input
    if ('dataId' in input) return lend(input as tf.TensorInfo)
    return Object.fromEntries(
      Object.entries(input).map(([name, own]: [string, unknown]) => [name, lendAll(own)]),
    )
  }
  const result = tf.getKernel(kernelName, 'cpu').kernelFunc({
    inputs: lendAll(inputs) as tf.NamedTensorInfoMap,
    attrs: attrs ?? {},
    backend: lender,
  })
  const made = [result].flat()
  const given = made.map((info) => moved(info, lender, own))
  for (const dataId of new Set([...lent, ...made].map((info) => info.dataId)))
    lender.disposeData(dataId, true)
  const [first] = given
  return Array.isArray(result) || first === undefined ? given : first
}

type Result = ReturnType<tf.KernelFunc>

function moved(
  { dataId, shape, dtype }: tf.TensorInfo,
  from: tf.KernelBackend,
  to: tf.KernelBackend,
): tf.TensorInfo {
  // A copy: what is read may lie in memory that grows.
  const values = from.readSync(dataId).slice() as tf.BackendValues
  return { dataId: to.write(values, shape, dtype), shape, dtype }
}
