/**
 * What a scale for each channel costs and is worth in a stock layers file, without training: bytes of the zip, those of
 * the deflated shards beside the order-0 entropy of their codes and the floats as they are stored, and the accuracy that
 * was measured on the file.
 * Per tensor with layers equalized as well. Run: `npm run experiment:channel-scales`. About an hour on two busy cores;
 * `-- lenet-5` measures one sample, `-- lenet-5 equalized` those of its rows that say so, and leaves the others as they are.
 */
import { strFromU8, unzipSync } from 'fflate'
import { recipeWith } from '../../testing/studio/recipe-with.ts'
import type { Recipe } from '../../src/techniques/recipe.ts'
import { Laboratory } from './laboratory.ts'
import type { SampleId } from './laboratory.ts'
import { readExperiments, recordExperiments } from './record.ts'

const scales = {
  'per tensor': { granularity: 'perTensor' },
  'per channel': { granularity: 'perChannel' },
  'per channel, symmetric': { granularity: 'perChannel', symmetry: 'symmetric' },
} as const

const samples: Readonly<Partial<Record<SampleId, readonly number[]>>> = {
  'lenet-300-100': [3, 4],
  'lenet-5': [3, 4],
  'fashion-cnn': [4, 5, 6, 7],
  'vgg-small': [4, 5, 6, 7],
}

/** Bytes of an element in the file. */
const widths = { uint8: 1, uint16: 2, float16: 2, float32: 4, int32: 4 } as const

const [wanted, rows = ''] = process.argv.slice(2)
for (const [sample, bits] of Object.entries(samples) as [SampleId, readonly number[]][])
  if (wanted === undefined || wanted === sample) await measure(sample, bits)

async function measure(sample: SampleId, allBits: readonly number[]): Promise<void> {
  const started = Date.now()
  const laboratory = await Laboratory.open(sample)
  const name = `channel-scales/${sample}`
  const known = readExperiments().find((experiment) => experiment.name === name)
  const metrics: Record<string, number> = rows === '' ? {} : { ...known?.metrics }
  const add = async (row: string, recipe: Recipe): Promise<void> => {
    if (!row.includes(rows)) return
    const { testAccuracy, zip } = await laboratory.download(recipe)
    const { entropy, rest, shards } = await partsOf(zip)
    metrics[`${row}|test accuracy`] = testAccuracy
    metrics[`${row}|zip`] = zip.size
    metrics[`${row}|shards`] = shards
    metrics[`${row}|entropy and floats`] = Math.round(entropy)
    metrics[`${row}|shards / entropy`] = shards / entropy
    metrics[`${row}|all else`] = rest
    console.log(`  ${sample}: ${row}`, testAccuracy, zip.size, shards, Math.round(entropy), rest)
  }
  await add('float', recipeWith({}))
  for (const bits of allBits) {
    for (const [of, settings] of Object.entries(scales))
      await add(`${bits} bits ${of}`, recipeWith({ quantize: { bits, ...settings } }))
    await add(
      `${bits} bits per tensor, equalized`,
      recipeWith({ equalize: {}, quantize: { bits } }),
    )
    await add(
      `${bits} bits per tensor, symmetric, equalized`,
      recipeWith({ equalize: {}, quantize: { bits, symmetry: 'symmetric' } }),
    )
  }
  await add(
    '5 bits per channel, symmetric, biases and normalization 8',
    recipeWith({
      quantize: {
        ...{ bits: 5, biases: 8, normalization: 8 },
        ...scales['per channel, symmetric'],
      },
    }),
  )
  await add(
    '4 bits per channel, symmetric, 80 % removed',
    recipeWith({
      prune: { value: 0.8 },
      quantize: { bits: 4, ...scales['per channel, symmetric'] },
    }),
  )
  await laboratory.close()
  const minutes = (Date.now() - started) / 60_000
  recordExperiments([{ name, metrics, intervals: {}, seeds: [], minutes, backend: 'wasm' }])
}

interface Entry {
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'int32'
  readonly quantization?: { readonly dtype: 'uint8' | 'uint16' | 'float16' }
}

/** Bytes in the zip of the shards and of all else, and what the shards hold at least. */
async function partsOf(zip: Blob): Promise<{ entropy: number; rest: number; shards: number }> {
  let shards = 0
  const files = unzipSync(new Uint8Array(await zip.arrayBuffer()), {
    filter: ({ name, size }) => {
      if (name.endsWith('.bin')) shards += size
      return true
    },
  })
  const names = Object.keys(files).filter((name) => name.endsWith('.bin'))
  const bytes = Buffer.concat(names.map((name) => files[name] ?? new Uint8Array()))
  const json = JSON.parse(strFromU8(files['model.json'] ?? new Uint8Array())) as {
    readonly weightsManifest: readonly { readonly weights: readonly Entry[] }[]
  }
  let [at, entropy] = [0, 0]
  for (const { dtype, quantization, shape } of json.weightsManifest.flatMap(
    ({ weights }) => weights,
  )) {
    const type = quantization?.dtype ?? dtype
    const end = at + widths[type] * shape.reduce((product, side) => product * side, 1)
    const part = bytes.subarray(at, end)
    entropy +=
      type === 'uint8'
        ? entropyOf(part)
        : type === 'uint16'
          ? entropyOf(new Uint16Array(Uint8Array.from(part).buffer))
          : part.length
    at = end
  }
  return { entropy, rest: zip.size - shards, shards }
}

/** Bytes of so many codes, each in as many bits as its share of all says. */
function entropyOf(codes: ArrayLike<number>): number {
  const counts = new Map<number, number>()
  for (let at = 0; at < codes.length; at++)
    counts.set(codes[at] ?? 0, 1 + (counts.get(codes[at] ?? 0) ?? 0))
  const bits = [...counts.values()].reduce((sum, n) => sum - n * Math.log2(n / codes.length), 0)
  return bits / 8
}
