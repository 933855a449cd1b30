import { writeFileSync } from 'node:fs'
import { deflateSync } from 'fflate'
import { countCodes } from '../src/core/code-counts'
import { decode } from '../src/core/encoded-tensor'
import { numberToFloat16 } from '../src/core/float16'
import { createRandom } from '../src/core/random'
import { selectMagnitude } from '../src/core/selection'
import { symbolEntropy } from '../src/core/sizes'
import type { TensorSpec } from '../src/core/tensor-spec'
import { removeSmall } from '../src/techniques/prune/removal'
import type { PrunedValues } from '../src/techniques/prune/removal'
import { encode } from '../src/techniques/quantize/quantize'

/**
 * Measures what fflate (level 6, as the exporter uses it) makes of random Gaussian and Laplace
 * tensors, pruned and quantized, and writes `src/core/deflate-curves.ts`: for each storage and code
 * width, deflated bits per weight at a few entropies. Takes ten seconds; run it when fflate or
 * the level changes: `npx tsx scripts/calibrate-deflate.ts`.
 */
const COUNT = 2 ** 17
const SPARSITIES = [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99]
const WIDTHS = {
  uint8: [1, 2, 3, 6, 8],
  uint16: [9, 10, 12, 14, 16],
  float: [1, 2, 3, 6, 8, 10, 12, 14, 16],
}
/** Up to here the mean scheme is measured: affine has hardly a non-zero level at so few bits. */
const FEW_BITS = 3
const RAW = 32

const LEAST_DISTANCE = 0.008

type Knot = [entropy: number, bits: number]

function spec(): TensorSpec {
  return {
    name: 'kernel',
    shape: [COUNT],
    dtype: 'float32',
    role: 'kernel',
    layerName: 'layer',
    layerKind: 'dense',
    channel: { count: 1, inner: 1 },
  }
}

function randomWeights(distribution: 'gauss' | 'laplace', sparsity: number): PrunedValues {
  const random = createRandom(7)
  const values = Float32Array.from({ length: COUNT }, () => {
    if (distribution === 'gauss') return 0.05 * random.normal()
    const u = random.uniform() - 0.5
    return -0.05 * Math.sign(u) * Math.log(1 - 2 * Math.abs(u))
  })
  const rank = Math.round(sparsity * COUNT)
  return removeSmall(values, rank === 0 ? 0 : selectMagnitude([values], rank))
}

function bitsPerWeight(array: Float32Array | Uint16Array | Uint8Array): number {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  return (8 * deflateSync(bytes, { level: 6 }).length) / COUNT
}

const halves = (values: Float32Array): Uint16Array => Uint16Array.from(values, numberToFloat16)

/** Mean of both distributions at one sparsity; entropy is the density for raw floats. */
function measure(
  width: number,
  sparsity: number,
  stored: 'codes' | 'float32' | 'float16',
): [number, number][] {
  return (['gauss', 'laplace'] as const).map((distribution) => {
    const { values, mask } = randomWeights(distribution, sparsity)
    if (width === RAW)
      return [1 - sparsity, bitsPerWeight(stored === 'float16' ? halves(values) : values)]
    const { tensor } = encode(spec(), values, sparsity === 0 ? null : mask, {
      action: 'quantize',
      bits: width,
      scheme: width <= FEW_BITS ? 'mean' : 'affine',
      symmetry: 'asymmetric',
      granularity: 'perTensor',
    })
    const entropy = symbolEntropy(countCodes(tensor).counts ?? [])
    if (stored === 'codes') return [entropy, bitsPerWeight(tensor.codes)]
    const restored = decode(tensor)
    return [entropy, bitsPerWeight(stored === 'float16' ? halves(restored) : restored)]
  })
}

function curve(width: number, stored: 'codes' | 'float32' | 'float16'): Knot[] {
  const knots = SPARSITIES.map((sparsity): Knot => {
    const points = measure(width, sparsity, stored)
    const mean = (index: 0 | 1): number =>
      points.reduce((sum, point) => sum + point[index], 0) / points.length
    return [Number(mean(0).toFixed(3)), Number(mean(1).toFixed(3))]
  })
  // Two knots at nearly one entropy would give a slope that says nothing.
  return knots
    .toSorted((a, b) => a[0] - b[0])
    .filter(([entropy], index, all) => entropy - (all[index - 1]?.[0] ?? -1) > LEAST_DISTANCE)
}

function curves(widths: readonly number[], stored: 'codes' | 'float32' | 'float16'): string {
  return widths
    .map(
      (width) => `    { width: ${width}, knots: ${JSON.stringify(curve(width, stored).flat())} },`,
    )
    .join('\n')
}

writeFileSync(
  'src/core/deflate-curves.ts',
  `/**
 * Written by scripts/calibrate-deflate.ts: what fflate at level 6 makes of ${COUNT} random weights.
 * \`knots\` alternates bits of entropy and deflated bits, both per weight, ascending. Width 32 is floats
 * that were not quantized; there the entropy is replaced by the share of non-zero weights.
 */
export interface DeflateCurve {
  readonly width: number
  readonly knots: readonly number[]
}

export const deflateCurves: Readonly<
  Record<'uint8' | 'uint16' | 'float32' | 'float16', readonly DeflateCurve[]>
> = {
  uint8: [
${curves(WIDTHS.uint8, 'codes')}
  ],
  uint16: [
${curves(WIDTHS.uint16, 'codes')}
  ],
  float32: [
${curves([...WIDTHS.float, RAW], 'float32')}
  ],
  float16: [
${curves([...WIDTHS.float, RAW], 'float16')}
  ],
}
`,
)
