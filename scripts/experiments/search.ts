/**
 * The smallest file that loses at most half a point on validation, without training: "Make it small" with at most
 * 25 measured settings, its first guess among them, beside the best setting that is the same for all layers, of all that were tried by bisection: 2 to
 * 8 bits, both ranges, sparsity in steps of 5 %, one threshold for all layers or one share for each, biases put right or
 * coded. Bytes are those of the zip without report and card, seconds those of a search that nothing was kept of. The test
 * split is read once for each of the two winners.
 * Run: `npm run experiment:search`, or with the name of one sample. It goes on where it was stopped, and records one sample
 * at a time. About an hour on two cores.
 */
import type { ConfigOf } from '../../src/techniques/catalog.ts'
import type { Recipe } from '../../src/techniques/recipe.ts'
import { recipeWith } from '../../testing/studio/recipe-with.ts'
import { Laboratory } from './laboratory.ts'
import type { SampleId } from './laboratory.ts'
import { recordExperiments } from './record.ts'
import { ALLOWED, keptMeasure, searched } from './searching.ts'
import type { Measure } from './searching.ts'
import type { MeasuredFigures } from './search-progress.ts'

const SPARSITIES = Array.from({ length: 20 }, (_, step) => step * 0.05)
const samples: readonly SampleId[] = ['lenet-300-100', 'lenet-5', 'fashion-cnn', 'vgg-small']

interface Winner {
  readonly recipe: Recipe
  readonly found: MeasuredFigures
}

const wanted = process.argv[2]
for (const sample of samples) if (wanted === undefined || wanted === sample) await compare(sample)

async function compare(sample: SampleId): Promise<void> {
  const started = Date.now()
  const laboratory = await Laboratory.open(sample)
  const { measure, recalled } = keptMeasure(sample, laboratory)
  const { best: found, seconds } = await searched(laboratory, measure)
  const isWhole = recalled() === 0
  console.log(`  ${sample}: searched ${found.found.bytes}`)
  const uniform = await bestUniform(sample, measure)
  const [ours, theirs] = [
    await laboratory.compress(found.recipe),
    await laboratory.compress(uniform.recipe),
  ]
  await laboratory.close()
  recordExperiments([
    {
      name: `search/${sample}`,
      metrics: {
        'same for all layers|bytes': uniform.found.bytes,
        'same for all layers|validation loss': uniform.found.loss,
        'same for all layers|test': theirs.testAccuracy,
        'searched|bytes': found.found.bytes,
        'searched|validation loss': found.found.loss,
        'searched|test': ours.testAccuracy,
        'searched|share of bytes': found.found.bytes / uniform.found.bytes,
        // Of a search that went on where an earlier one was they would be too few.
        ...(isWhole
          ? Object.fromEntries(
              Object.entries(seconds).map(([phase, own]) => [`searched|seconds, ${phase}`, own]),
            )
          : {}),
      },
      intervals: {},
      seeds: [],
      minutes: (Date.now() - started) / 60_000,
      backend: 'wasm',
    },
  ])
  console.log(`  ${sample}: best uniform`, JSON.stringify(uniform.recipe))
}

async function bestUniform(sample: SampleId, measure: Measure): Promise<Winner> {
  let best: Winner | null = null
  for (const recipeAt of families())
    for (const winner of await byHalves(recipeAt, measure)) {
      if (winner.found.loss > ALLOWED || winner.found.bytes >= (best?.found.bytes ?? Infinity))
        continue
      best = winner
      console.log(`  ${sample}: the same for all layers`, winner.found)
    }
  if (best === null) throw new Error('No setting keeps to the goal.')
  return best
}

/** Settings that differ in nothing but their sparsity. */
type Family = (sparsity: number) => Recipe

function* families(): Generator<Family, void, undefined> {
  for (const bits of [8, 7, 6, 5, 4, 3, 2])
    for (const range of bits > 5 ? (['minMax'] as const) : (['minMax', 'mse'] as const))
      for (const scope of ['global', 'perLayer'] as const)
        for (const corrected of [true, false]) {
          const quantize: Partial<ConfigOf<'quantize'>> = {
            ...{ bits, range, normalization: 8 },
            biases: corrected ? 'float' : 8,
          }
          yield (value) =>
            recipeWith({
              ...(value > 0 ? { prune: { scope, value, target: 'sparsity' } } : {}),
              quantize,
              ...(corrected ? { 'bias-correction': {} } : {}),
            })
        }
}

/** The largest sparsity that keeps to the goal, and all that was measured on the way. */
async function byHalves(recipeAt: Family, measure: Measure): Promise<Winner[]> {
  const winners: Winner[] = []
  const keeps = async (place: number): Promise<boolean> => {
    const recipe = recipeAt(SPARSITIES[place] ?? 0)
    const found = await measure(recipe)
    winners.push({ recipe, found })
    return found.loss <= ALLOWED
  }
  if (!(await keeps(0))) return winners
  let [low, high] = [0, SPARSITIES.length]
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2)
    if (await keeps(middle)) low = middle
    else high = middle
  }
  return winners
}
