import type * as tf from '@tensorflow/tfjs'
import { groupCount } from '../../core/group-layout'
import type { GroupLayout } from '../../core/group-layout'
import { elementCount } from '../../core/tensor-spec'
import type { DeviceBackend, DeviceUniform } from './device-backend'

const FLAT_GROUP = 128
/** Columns side by side in a workgroup, and rows below each other. */
const TILE = 16
/** Rows that one thread sums at least, so that there are not more partial sums than numbers in them. */
const ROWS_OF_THREAD = 8
const MOST_PARTS = 64
/** That share the weights of a group. */
const GROUP_THREADS = 256
/** Side by side; more go below each other. */
const MOST_GROUPS = 32768

/** Tensors by the names that the code reads them by, as flat arrays. */
export type Named = Readonly<Record<string, tf.TensorInfo>>
/** Numbers by the names that the code finds them by in `uniforms`. */
export type Numbers = Readonly<Record<string, number>>

/** Names of numbers that are whole. */
const WHOLE = new Set([
  ...['channels', 'rows', 'parts'],
  ...['side', 'inner', 'block', 'axis', 'groups', 'levels'],
])

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

export interface GroupShader {
  readonly groups: GroupLayout
  /** The weights that lie in groups. */
  readonly x: tf.TensorInfo
  readonly inputs: Named
  /** Numbers for each group, up to three. */
  readonly results: 2 | 3
  readonly start: string
  /** Changes `total` by the weight at `i`, of group `g`. */
  readonly body: string
  /** What `a` and `b` are together. */
  readonly join: string
}

/** Numbers of each group of weights, [results, groups], a workgroup for each group, in one dispatch. */
export function groupSums(
  backend: DeviceBackend,
  name: string,
  { groups: layout, x, inputs, results, start, body, join }: GroupShader,
): tf.TensorInfo {
  const length = elementCount(x.shape)
  const groups = groupCount(layout, length)
  const { count, inner, block, axis } = layout
  const rows = Math.ceil(length / (count * inner))
  const numbers = { side: count, inner, block, axis, rows, groups }
  return backend.runWebGPUProgram(
    {
      ...common(name, inputs, numbers, [results * groups]),
      workgroupSize: [GROUP_THREADS, 1, 1],
      dispatch: [Math.min(groups, MOST_GROUPS), Math.ceil(groups / MOST_GROUPS), 1],
      dispatchLayout: { x: [0], y: [0] },
      size: false,
      getUserCode: () => `
        var<workgroup> totals : array<vec3<f32>, ${GROUP_THREADS}>;
        fn main() {
          let g = i32(workgroupId.x + workgroupId.y * numWorkgroups.x);
          let thread = i32(localId.x);
          var total = ${start};
          if (g < uniforms.groups) {
            let bands = (uniforms.axis + uniforms.block - 1) / uniforms.block;
            let band = g / uniforms.side;
            let start = (band / bands) * uniforms.axis + (band % bands) * uniforms.block;
            let ofRound = min(uniforms.rows, (band / bands + 1) * uniforms.axis);
            let weights = (min(ofRound, start + uniforms.block) - start) * uniforms.inner;
            let column = (g % uniforms.side) * uniforms.inner;
            for (var k = thread; k < weights; k += ${GROUP_THREADS}) {
              let row = start + k / uniforms.inner;
              let i = row * uniforms.side * uniforms.inner + column + k % uniforms.inner;
              ${body}
            }
          }
          totals[thread] = total;
          workgroupBarrier();
          for (var threads = ${GROUP_THREADS / 2}; threads > 0; threads = threads / 2) {
            if (thread < threads) {
              let a = totals[thread];
              let b = totals[thread + threads];
              totals[thread] = ${join};
            }
            workgroupBarrier();
          }
          if (thread < ${results} && g < uniforms.groups) {
            result[thread * uniforms.groups + g] = totals[0][thread];
          }
        }`,
    },
    ...given(inputs, numbers),
  )
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
