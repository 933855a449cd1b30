import type * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import type { DeviceBackend, DeviceUniform } from './device-backend'

const FLAT_GROUP = 128
/** Columns side by side in a workgroup, and rows below each other. */
const TILE = 16
/** Rows that one thread sums at least, so that there are not more partial sums than numbers in them. */
const ROWS_OF_THREAD = 8
const MOST_PARTS = 64

/** Tensors by the names that the code reads them by, as flat arrays. */
export type Named = Readonly<Record<string, tf.TensorInfo>>
/** Numbers by the names that the code finds them by in `uniforms`. */
export type Numbers = Readonly<Record<string, number>>

/** Names of numbers that are whole. */
const WHOLE = new Set(['channels', 'rows', 'parts'])

/** One dispatch of a shader that makes each element by itself. */
export function elementwise(
  backend: DeviceBackend,
  name: string,
  { shape, inputs, numbers = {}, body }: ElementwiseShader,
): tf.TensorInfo {
  const length = elementCount(shape)
  const made = backend.runWebGPUProgram(
    {
      ...common(name, inputs, numbers, [length]),
      workgroupSize: [FLAT_GROUP, 1, 1],
      dispatch: [Math.ceil(length / FLAT_GROUP), 1, 1],
      dispatchLayout: { x: [0] },
      size: true,
      getUserCode: () => `
        fn main(i : i32) {
          if (i < uniforms.size) {
            ${body}
          }
        }`,
    },
    ...given(inputs, numbers),
  )
  return { ...made, shape: [...shape] }
}

export interface ElementwiseShader {
  readonly shape: readonly number[]
  readonly inputs: Named
  readonly numbers?: Numbers
  /** Sets `result[i]`. */
  readonly body: string
}

export interface ColumnShader {
  readonly rows: number
  readonly channels: number
  readonly inputs: Named
  readonly numbers?: Numbers
  /** Before the rows, of channel `c`. */
  readonly before: string
  /** Adds two numbers to `total`, of the element at `i`. */
  readonly body: string
}

/** Partial sums down the columns of a matrix, [parts, 2, channels], in one dispatch. */
export function columnSums(
  backend: DeviceBackend,
  name: string,
  { rows, channels, inputs, numbers = {}, before, body }: ColumnShader,
): { readonly sums: tf.TensorInfo; readonly parts: number } {
  const parts = Math.min(MOST_PARTS, Math.max(1, Math.ceil(rows / (TILE * ROWS_OF_THREAD))))
  const all = { ...numbers, rows, channels }
  const sums = backend.runWebGPUProgram(
    {
      ...common(name, inputs, all, [parts * 2 * channels]),
      workgroupSize: [TILE, TILE, 1],
      dispatch: [Math.ceil(channels / TILE), parts, 1],
      dispatchLayout: { x: [0], y: [0] },
      size: false,
      getUserCode: () => `
        var<workgroup> tile : array<vec2<f32>, ${TILE * TILE}>;
        fn main() {
          let column = i32(localId.x);
          let line = i32(localId.y);
          let c = i32(workgroupId.x) * ${TILE} + column;
          var total = vec2<f32>(0.0, 0.0);
          if (c < uniforms.channels) {
            ${before}
            let stride = i32(numWorkgroups.y) * ${TILE};
            for (var row = i32(workgroupId.y) * ${TILE} + line; row < uniforms.rows; row += stride) {
              let i = row * uniforms.channels + c;
              ${body}
            }
          }
          tile[line * ${TILE} + column] = total;
          workgroupBarrier();
          for (var lines = ${TILE / 2}; lines > 0; lines = lines / 2) {
            if (line < lines) {
              tile[line * ${TILE} + column] += tile[(line + lines) * ${TILE} + column];
            }
            workgroupBarrier();
          }
          if (line == 0 && c < uniforms.channels) {
            let at = i32(workgroupId.y) * 2 * uniforms.channels + c;
            result[at] = tile[column].x;
            result[at + uniforms.channels] = tile[column].y;
          }
        }`,
    },
    ...given(inputs, all),
  )
  return { sums, parts }
}

/** WGSL that adds up partial sums of channel `i` into `total`. */
export const addParts = `
  var total = vec2<f32>(0.0, 0.0);
  for (var part = 0; part < uniforms.parts; part++) {
    let at = part * 2 * uniforms.channels + i;
    total += vec2<f32>(sums[at], sums[at + uniforms.channels]);
  }`

function common(name: string, inputs: Named, numbers: Numbers, outputShape: number[]) {
  const types = Object.keys(numbers).map((key) => `${key} : ${WHOLE.has(key) ? 'i32' : 'f32'}, `)
  return {
    variableNames: Object.keys(inputs),
    outputShape,
    shaderKey: `studio:${name}`,
    uniforms: types.join(''),
  }
}

function given(inputs: Named, numbers: Numbers): [tf.TensorInfo[], 'float32', DeviceUniform[]] {
  const uniforms = Object.entries(numbers).map(([key, value]) => ({
    type: WHOLE.has(key) ? ('int32' as const) : ('float32' as const),
    data: [value],
  }))
  return [Object.values(inputs).map(flat), 'float32', uniforms]
}

/** The same memory in one row, so that one pipeline serves all shapes. */
function flat(tensor: tf.TensorInfo): tf.TensorInfo {
  return { ...tensor, shape: [elementCount(tensor.shape)] }
}
