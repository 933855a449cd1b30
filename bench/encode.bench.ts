import { countCodes } from '../src/core/code-counts'
import { decode } from '../src/core/encoded-tensor'
import type { EncodedTensor } from '../src/core/encoded-tensor'
import { createRandom } from '../src/core/random'
import { errorPower, meanSquaredError } from '../src/core/statistics'
import type { TensorSpec } from '../src/core/tensor-spec'
import { removeSmall } from '../src/techniques/prune/removal'
import { encode } from '../src/techniques/quantize/quantize'
import type { QuantizeSettings } from '../src/techniques/quantize/quantize-settings'
import { emit, quartiles, round } from './emit'

/**
 * Encode + decode + statistics (range, moments, counts of codes, error) of each scheme per million
 * weights, beside a plain single-pass loop over the same array: five rounds, the loop and every
 * scheme in turn, medians.
 */
const ROUNDS = 5
const CHANNELS = 256
const LENGTH = 4_000_000 - (4_000_000 % CHANNELS)
const THRESHOLD = 0.03

const spec: TensorSpec = {
  name: 'kernel',
  shape: [LENGTH / CHANNELS, CHANNELS],
  dtype: 'float32',
  role: 'kernel',
  layerName: 'dense',
  layerKind: 'dense',
  channel: { count: CHANNELS, inner: 1 },
}

interface Subject {
  readonly settings: Readonly<Record<string, string | number | boolean>>
  /** Makes fresh arrays, so that nothing remembered about them helps, and hands out the timed part. */
  readonly prepare: () => () => number
  readonly times: number[]
}

const random = createRandom(1)
const weights = Float32Array.from({ length: LENGTH }, () => 0.05 * random.normal())
const kept = removeSmall(weights, THRESHOLD)

function plainLoop(values: Float32Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0
  return sum
}

/** Reads what was made, so that none of it can be left out. */
function measured(original: Float32Array, tensor: EncodedTensor): number {
  const { zeros } = countCodes(tensor)
  return zeros + meanSquaredError(errorPower(original, tensor)) + (decode(tensor)[1] ?? 0)
}

function quantizing(settings: Omit<QuantizeSettings, 'action'>, pruned: boolean): Subject {
  const { scheme, symmetry, granularity, bits } = settings
  return {
    settings: {
      scheme: scheme === 'affine' ? `affine ${symmetry}` : scheme,
      granularity,
      bits,
      pruned,
    },
    prepare: () => {
      const original = weights.slice()
      const values = pruned ? kept.values.slice() : original
      const mask = pruned ? kept.mask : null
      return () =>
        measured(original, encode(spec, values, mask, { action: 'quantize', ...settings }).tensor)
    },
    times: [],
  }
}

const pruning: Subject = {
  settings: { scheme: 'prune' },
  prepare: () => {
    const original = weights.slice()
    return () => {
      const { values } = removeSmall(original, THRESHOLD)
      return measured(original, { kind: 'float', spec, values })
    }
  },
  times: [],
}

const schemes = [
  { scheme: 'linear', symmetry: 'asymmetric' },
  { scheme: 'affine', symmetry: 'asymmetric' },
  { scheme: 'affine', symmetry: 'symmetric' },
  { scheme: 'mean', symmetry: 'asymmetric' },
] as const

const subjects: readonly Subject[] = [
  pruning,
  ...schemes.flatMap((scheme) =>
    (['perTensor', 'perChannel'] as const).flatMap((granularity) =>
      [4, 8].flatMap((bits) =>
        [false, true].map((pruned) => quantizing({ ...scheme, granularity, bits }, pruned)),
      ),
    ),
  ),
]

let checksum = 0
const plainTimes: number[] = []

function timed(work: () => number, times: number[], keep: boolean): void {
  const start = performance.now()
  checksum += work()
  const spent = performance.now() - start
  if (keep) times.push(spent / (LENGTH / 1e6))
}

// The first round only compiles.
for (let turn = 0; turn <= ROUNDS; turn++) {
  for (const subject of subjects) {
    const work = subject.prepare()
    timed(() => plainLoop(weights), plainTimes, turn > 0)
    timed(work, subject.times, turn > 0)
  }
}

const plain = quartiles(plainTimes)
emit('plain single pass', { unit: 'ms per million weights', ...plain })
for (const { settings, times } of subjects) {
  const result = quartiles(times)
  emit('encode + decode + statistics', {
    unit: 'ms per million weights',
    ...settings,
    ...result,
    ratio: round(result.median / plain.median),
  })
}
emit('encode checksum', { finite: Number.isFinite(checksum) })
