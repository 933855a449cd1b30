import { estimateDeflatedBytes } from '../src/core/deflate-estimate'
import type { StoredEntry } from '../src/core/deflate-estimate'
import { decode } from '../src/core/encoded-tensor'
import type { EncodedTensor } from '../src/core/encoded-tensor'
import { createRandom } from '../src/core/random'
import { errorPower, meanSquaredError } from '../src/core/statistics'
import type { TensorSpec, WeightTensor } from '../src/core/tensor-spec'
import { createPipeline } from '../src/techniques/pipeline'
import { removeSmall } from '../src/techniques/prune/removal'
import { pruneMeta } from '../src/techniques/prune/prune.meta'
import { encode } from '../src/techniques/quantize/quantize'
import type { QuantizeSettings } from '../src/techniques/quantize/quantize'
import { quantizeMeta } from '../src/techniques/quantize/quantize.meta'
import type { Recipe } from '../src/techniques/recipe'
import { reportWeights } from '../src/techniques/weights-report'
import { emit, quartiles, round } from './emit'

/**
 * Encode + decode + statistics of each scheme per million weights, beside a plain single-pass loop
 * over the same array in the same run; then all the weight work of one slider move (plan, prune,
 * encode, error, counts, sizes, deflate estimate, histogram) at 0.3, 3 and 25 million weights.
 */
const ROUNDS = 5
const LENGTH = 4_000_000

const random = createRandom(1)
let checksum = 0

function gaussian(length: number): Float32Array {
  return Float32Array.from({ length }, () => 0.05 * random.normal())
}

function specOf(name: string, length: number, channels: number): TensorSpec {
  return {
    name,
    shape: [length / channels, channels],
    dtype: 'float32',
    role: 'kernel',
    layerName: name,
    layerKind: 'dense',
    channel: { count: channels, inner: 1 },
  }
}

function timed(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

function plainLoop(values: Float32Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0
  return sum
}

type Setting = Omit<QuantizeSettings, 'action' | 'symmetry'> & { readonly pruned: boolean }

const settings: Setting[] = (['affine', 'linear', 'mean'] as const).flatMap((scheme) =>
  (['perTensor', 'perChannel'] as const).flatMap((granularity) =>
    [4, 8].flatMap((bits) =>
      [false, true].map((pruned) => ({ scheme, granularity, bits, pruned })),
    ),
  ),
)

function benchSchemes(): void {
  const spec = specOf('kernel', LENGTH, 256)
  const original = gaussian(LENGTH)
  const kept = removeSmall(original, 0.03)
  const plain: number[] = []
  const times = settings.map((): number[] => [])
  for (let turn = 0; turn <= ROUNDS; turn++) {
    const loop = timed(() => (checksum += plainLoop(original)))
    if (turn > 0) plain.push(loop)
    settings.forEach((setting, index) => {
      // Fresh arrays, so that nothing remembered about them helps.
      const values = (setting.pruned ? kept.values : original).slice()
      const mask = setting.pruned ? kept.mask : null
      const spent = timed(() => {
        const { tensor } = encode(spec, values, mask, {
          action: 'quantize',
          symmetry: 'asymmetric',
          ...setting,
        })
        checksum += decode(tensor)[turn] ?? 0
        checksum += meanSquaredError(errorPower(original, tensor))
      })
      if (turn > 0) times[index]?.push(spent)
    })
  }
  const perMillion = (list: readonly number[]): ReturnType<typeof quartiles> =>
    quartiles(list.map((ms) => ms / (LENGTH / 1e6)))
  const base = perMillion(plain)
  emit('plain single pass', { unit: 'ms per million weights', ...base })
  settings.forEach((setting, index) => {
    const result = perMillion(times[index] ?? [])
    emit('encode + decode + statistics', {
      unit: 'ms per million weights',
      ...setting,
      ...result,
      ratio: round(result.median / base.median),
    })
  })
}

function formOf(tensor: EncodedTensor): StoredEntry['form'] {
  if (tensor.kind !== 'affine' || tensor.scale.length > 1 || tensor.mask !== null) return 'float32'
  return tensor.bits <= 8 ? 'uint8' : 'uint16'
}

function recipeOf(bits: number, sparsity: number, scheme: Setting['scheme']): Recipe {
  return {
    version: 1,
    seed: 1,
    steps: [
      {
        technique: 'prune',
        enabled: true,
        config: { ...pruneMeta.defaultConfig, value: sparsity },
      },
      {
        technique: 'quantize',
        enabled: true,
        config: { ...quantizeMeta.defaultConfig, bits, scheme },
      },
    ],
  }
}

function benchPreview(total: number): void {
  const tensors = total > 1e6 ? 50 : 4
  const length = Math.round(total / tensors / 100) * 100
  const weights: WeightTensor[] = Array.from({ length: tensors }, (_, index) => ({
    spec: specOf(`kernel${index}`, length, 100),
    values: gaussian(length),
  }))
  const pipeline = createPipeline(weights)
  const move = (recipe: Recipe, decoded: boolean): number =>
    timed(() => {
      const result = pipeline.runAll(recipe)
      const report = reportWeights(pipeline, result, null)
      const entries = result.tensors.map(({ encoded }) => ({
        tensor: encoded,
        form: formOf(encoded),
      }))
      checksum += report.sparsity + estimateDeflatedBytes(entries)
      if (decoded) for (const tensor of result.tensors) checksum += tensor.values[0] ?? 0
    })
  const first = move(recipeOf(8, 0.5, 'affine'), false)
  for (const scheme of ['affine', 'linear', 'mean'] as const) {
    // A drag is dozens of moves; the first few still compile.
    for (let turn = 0; turn < 8; turn++)
      move(recipeOf(8, 0.3 + 0.05 * turn, scheme), turn % 2 === 0)
    const pruneMoves: number[] = []
    const bitMoves: number[] = []
    const decodedMoves: number[] = []
    for (let turn = 0; turn < ROUNDS; turn++) {
      pruneMoves.push(move(recipeOf(8, 0.3 + 0.1 * turn, scheme), false))
      bitMoves.push(move(recipeOf(3 + turn, 0.3 + 0.1 * turn, scheme), false))
      decodedMoves.push(move(recipeOf(8, 0.35 + 0.1 * turn, scheme), true))
    }
    emit('slider move', {
      unit: 'ms',
      weights: length * tensors,
      scheme,
      first: round(first),
      pruneSlider: quartiles(pruneMoves),
      bitsSlider: quartiles(bitMoves),
      pruneSliderAndDecode: quartiles(decodedMoves),
    })
  }
}

benchSchemes()
for (const total of [300_000, 3_000_000, 25_000_000]) benchPreview(total)
emit('checksum', { value: Number.isFinite(checksum) })
