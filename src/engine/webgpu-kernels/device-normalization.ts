import type * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import { addParts, columnSums, elementwise } from './device-shaders'
import type { Limiting } from '../wasm-kernels/limiting'
import type { DeviceBackend } from './device-backend'

/** Batch normalisation over the last axis, as `batch-norm.ts` of WebAssembly has it, in shaders. */

export interface NormalizationInputs {
  /** [..., channels] */
  readonly x: tf.TensorInfo
  /** [channels] */
  readonly gamma: tf.TensorInfo
  /** [channels] */
  readonly beta: tf.TensorInfo
}

export interface Statistics {
  readonly mean: tf.TensorInfo
  readonly variance: tf.TensorInfo
}

export interface NormalizationAttributes {
  readonly epsilon: number
  readonly activation: Limiting
  readonly held?: boolean
  readonly asked?: { readonly x: boolean; readonly numbers: boolean }
}

interface Sizes {
  readonly rows: number
  readonly channels: number
}

function sizesOf({ x, gamma }: NormalizationInputs): Sizes {
  const channels = elementCount(gamma.shape)
  return { channels, rows: elementCount(x.shape) / channels }
}

/** [y, mean, variance]; the variance is divided by the number of rows. */
export function normalizedOnDevice(
  backend: DeviceBackend,
  inputs: NormalizationInputs,
  attributes: NormalizationAttributes,
): tf.TensorInfo[] {
  const { rows, channels } = sizesOf(inputs)
  const { x } = inputs
  // Differences from the first row: the sum of squares of large numbers would lose what is between them.
  const { sums, parts } = columnSums(backend, 'moments', {
    ...{ rows, channels, inputs: { x } },
    before: 'let origin = x[c];',
    body: 'let d = x[i] - origin; total += vec2<f32>(d, d * d);',
  })
  const numbers = { rows, channels, parts }
  const shape = [channels]
  const mean = elementwise(backend, 'mean', {
    ...{ shape, numbers, inputs: { sums, x } },
    body: `${addParts} result[i] = x[i] + total.x / f32(uniforms.rows);`,
  })
  const variance = elementwise(backend, 'variance', {
    ...{ shape, numbers, inputs: { sums } },
    body: `${addParts}
      let moved = total.x / f32(uniforms.rows);
      result[i] = max(0.0, total.y / f32(uniforms.rows) - moved * moved);`,
  })
  backend.disposeData(sums.dataId)
  return [normalizedWithOnDevice(backend, inputs, { mean, variance }, attributes), mean, variance]
}

/** y for a mean and a variance that are given. */
export function normalizedWithOnDevice(
  backend: DeviceBackend,
  { x, gamma, beta }: NormalizationInputs,
  statistics: Statistics,
  { epsilon, activation }: NormalizationAttributes,
): tf.TensorInfo {
  const channels = elementCount(gamma.shape)
  return elementwise(backend, `normalize:${activation}`, {
    ...{ shape: x.shape, inputs: { x, gamma, beta, ...statistics } },
    numbers: { channels, epsilon },
    body: `
      let c = i % uniforms.channels;
      let factor = gamma[c] * inverseSqrt(variance[c] + uniforms.epsilon);
      let y = (x[i] - mean[c]) * factor + beta[c];
      result[i] = ${limited[activation]};`,
  })
}

/** [dx, dGamma, dBeta], of which those that are not asked for are missing. */
export function normalizationGradients(
  backend: DeviceBackend,
  inputs: NormalizationInputs & Statistics & { readonly dy: tf.TensorInfo },
  attributes: NormalizationAttributes,
): tf.TensorInfo[] {
  const { asked = { x: true, numbers: true }, epsilon, held = false, activation } = attributes
  const { x, dy, gamma, beta, mean, variance } = inputs
  const sizes = sizesOf(inputs)
  const needsSums = asked.numbers || !held
  const sums = needsSums ? gradientSums(backend, inputs, sizes, attributes) : null
  const results: tf.TensorInfo[] = []
  if (asked.x) {
    const { channels, rows } = sizes
    const through = sums === null || held ? {} : sums
    const table = elementwise(backend, held ? 'flowHeld' : 'flow', {
      ...{ shape: [5 * channels], numbers: { channels, rows, epsilon } },
      inputs: { mean, variance, gamma, beta, ...through },
      body: tableOf(held),
    })
    results.push(
      elementwise(backend, `normalizeGradient:${activation}`, {
        ...{ shape: x.shape, inputs: { x, dy, table }, numbers: { channels } },
        body: `
          let n = uniforms.channels;
          let c = i % n;
          let d = x[i] - table[c];
          let factor = table[n + c];
          let passed = ${passed[activation]('table[2 * n + c]')};
          result[i] = factor * passed + table[3 * n + c] * d + table[4 * n + c];`,
      }),
    )
    backend.disposeData(table.dataId)
  }
  if (sums === null) return results
  if (asked.numbers) return [...results, sums.dGamma, sums.dBeta]
  for (const { dataId } of Object.values(sums)) backend.disposeData(dataId)
  return results
}

/** Of each channel: mean, factor, offset, and what flows back by way of the statistics, which held ones do not. */
function tableOf(held: boolean): string {
  const [along, rest] = held
    ? ['0.0', '0.0']
    : ['-scaled * dGamma[c] * steady', '-scaled * dBeta[c]']
  return `
    let c = i % uniforms.channels;
    let steady = inverseSqrt(variance[c] + uniforms.epsilon);
    let factor = gamma[c] * steady;
    let scaled = factor / f32(uniforms.rows);
    switch (i / uniforms.channels) {
      case 0: { result[i] = mean[c]; }
      case 1: { result[i] = factor; }
      case 2: { result[i] = beta[c]; }
      case 3: { result[i] = ${along}; }
      default: { result[i] = ${rest}; }
    }`
}

/** WGSL: what becomes of y. */
const limited: Readonly<Record<Limiting, string>> = {
  linear: 'y',
  relu: 'max(0.0, y)',
  relu6: 'clamp(y, 0.0, 6.0)',
}

/** WGSL: dy where what was normalised, of `d` and `factor`, was not cut off. */
const passed: Readonly<Record<Limiting, (offset: string) => string>> = {
  linear: () => 'dy[i]',
  relu: (offset) => `select(0.0, dy[i], d * factor + ${offset} > 0.0)`,
  relu6: (offset) =>
    `select(0.0, dy[i], d * factor + ${offset} > 0.0 && d * factor + ${offset} < 6.0)`,
}

/** Sums of dy and of dy (x - mean) over what was not cut off, the latter in units of the deviation. */
function gradientSums(
  backend: DeviceBackend,
  inputs: NormalizationInputs & Statistics & { readonly dy: tf.TensorInfo },
  { channels, rows }: Sizes,
  { epsilon, activation }: NormalizationAttributes,
): { readonly dGamma: tf.TensorInfo; readonly dBeta: tf.TensorInfo } {
  const { x, dy, gamma, beta, mean, variance } = inputs
  const factor = 'let factor = gamma[c] * inverseSqrt(variance[c] + uniforms.epsilon);'
  const isCut = activation !== 'linear'
  const { sums, parts } = columnSums(backend, `gradientSums:${activation}`, {
    ...{ rows, channels, numbers: { epsilon } },
    inputs: { x, dy, mean, ...(isCut ? { variance, gamma, beta } : {}) },
    before: `let middle = mean[c]; ${isCut ? `${factor} let offset = beta[c];` : ''}`,
    body: `
      let d = x[i] - middle;
      let passed = ${passed[activation]('offset')};
      total += vec2<f32>(passed, passed * d);`,
  })
  const numbers = { channels, parts, epsilon }
  const shape = [channels]
  const dGamma = elementwise(backend, 'scaleGradient', {
    ...{ shape, numbers, inputs: { sums, variance } },
    body: `${addParts} result[i] = total.y * inverseSqrt(variance[i] + uniforms.epsilon);`,
  })
  const dBeta = elementwise(backend, 'offsetGradient', {
    ...{ shape, numbers, inputs: { sums } },
    body: `${addParts} result[i] = total.x;`,
  })
  backend.disposeData(sums.dataId)
  return { dGamma, dBeta }
}
