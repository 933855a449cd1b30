import * as tf from '@tensorflow/tfjs'
import type { BackendName } from '../../core/backend-name'
import { StudioError } from '../../core/errors'
import cases from './self-test.json'

interface Numbers {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

interface SelfTestCase {
  readonly kernel: string
  readonly options: {
    readonly stride?: number
    readonly padding?: string
    readonly kernel?: number
  }
  readonly inputs: readonly Numbers[]
  readonly answer: Numbers
}

/**
 * Largest |difference| / max(1, |answer|) that is rounding. A GPU that can only render half floats
 * (2^-11 relative) fails, because accuracy measured on it would not be that of the file.
 */
const selfTestTolerance: Readonly<Record<BackendName, number>> = {
  webgpu: 2e-4,
  webgl: 2e-4,
  wasm: 1e-5,
  cpu: 1e-5,
}

/**
 * Runs kernels with known answers on the current backend. The answers come from NumPy
 * (`golden/make_self_test.py`).
 * @throws StudioError 'engine/self-test-failed' naming the first kernel that is wrong
 */
export async function selfTest(backend: BackendName): Promise<void> {
  const tolerance = selfTestTolerance[backend]
  for (const test of cases as readonly SelfTestCase[]) {
    const found = await answerOf(test)
    const difference = largestDifference(found, test.answer.values)
    if (!(difference <= tolerance))
      throw new StudioError('engine/self-test-failed', {
        backend,
        kernel: test.kernel,
        difference: Number.isNaN(difference) ? 'NaN' : Number(difference.toPrecision(3)),
        tolerance,
      })
  }
}

async function answerOf(test: SelfTestCase): Promise<ArrayLike<number>> {
  const result = tf.tidy(() => compute(test))
  try {
    return await result.data()
  } finally {
    result.dispose()
  }
}

function compute({ kernel, options, inputs }: SelfTestCase): tf.Tensor {
  const tensors = inputs.map(({ shape, values }) => tf.tensor([...values], [...shape]))
  const [x = tf.scalar(0), second = x, bias = x] = tensors
  const stride = options.stride ?? 1
  const padding = options.padding === 'same' ? 'same' : 'valid'
  const size = options.kernel ?? 1
  switch (kernel) {
    case 'matmul':
      return tf.matMul(x, second)
    case 'dense':
      return tf.fused.matMul({ a: x, b: second, bias, activation: 'relu' })
    case 'conv2d':
      return tf.conv2d(x as tf.Tensor4D, second as tf.Tensor4D, stride, padding)
    case 'depthwise':
      return tf.depthwiseConv2d(x as tf.Tensor4D, second as tf.Tensor4D, stride, padding)
    case 'maxPool':
      return tf.maxPool(x as tf.Tensor4D, size, stride, padding)
    case 'avgPool':
      return tf.avgPool(x as tf.Tensor4D, size, stride, padding)
    default:
      return tf.softmax(x)
  }
}

/** NaN as soon as one value is NaN or missing, which no tolerance accepts. */
function largestDifference(found: ArrayLike<number>, answer: readonly number[]): number {
  if (found.length !== answer.length) return NaN
  let largest = 0
  for (let i = 0; i < answer.length; i++) {
    const expected = answer[i] ?? NaN
    const difference = Math.abs((found[i] ?? NaN) - expected) / Math.max(1, Math.abs(expected))
    if (Number.isNaN(difference)) return NaN
    largest = Math.max(largest, difference)
  }
  return largest
}

/**
 * Speed of the current backend in billions of floating-point operations a second, from products of
 * square matrices that take about 50 ms in all.
 */
export async function measureGigaflops(now: () => number): Promise<number> {
  await timeProduct(128, now)
  const small = await timeProduct(128, now)
  // A GPU needs a large product to show its speed, plain JavaScript would need seconds for it.
  const [side, milliseconds] = small < 3 ? [512, await timeProduct(512, now)] : [128, small]
  return (2 * side ** 3) / (Math.max(milliseconds, 0.01) * 1e6)
}

async function timeProduct(side: number, now: () => number): Promise<number> {
  const input = tf.tidy(() =>
    tf
      .range(0, side * side)
      .mod(7)
      .sub(3)
      .div(8)
      .reshape([side, side]),
  )
  // The upload must not count.
  await input.data()
  const start = now()
  const result = tf.tidy(() => tf.sum(tf.matMul(input, input)))
  await result.data()
  const elapsed = now() - start
  tf.dispose([input, result])
  return elapsed
}
