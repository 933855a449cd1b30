/**
 * Which pruning schedule "Recover accuracy" should have: its own settings with each schedule, on the four samples,
 * at 80, 90, 95 and 98 %, in 3, 5 and 20 epochs, with three seeds. Each run is kept as soon as it is done, and the
 * same command goes on with those that are missing; the tables say of what they are made.
 * With `--bits` the same beside codes of so many bits, which are trained with; with `--spare-depthwise` the depthwise kernels of
 * Fashion CNN are not pruned: one threshold for all leaves some of them nothing from 90 % on, and then no schedule wins
 * anything back.
 * Run: `npm run experiment:schedules`, all of it takes days on two cores. Parts of it, the most telling first:
 * `npm run experiment:schedules -- --sample lenet-5 --epochs 5 --seed 1`; `-- --record` writes the tables alone.
 */
import { parseArgs } from 'node:util'
import type { PruningSchedule } from '../../src/techniques/prune/sparsity-schedule.ts'
import { defaultTrainingSettings } from '../../src/training/training-settings.ts'
import { recipeWith } from '../../testing/studio/recipe-with.ts'
import { keptRuns, runOnce } from './kept-runs.ts'
import type { KeptRun } from './kept-runs.ts'
import { Laboratory, settingsWith, summary } from './laboratory.ts'
import type { SampleId } from './laboratory.ts'
import { recordExperiments } from './record.ts'

const SAMPLES = ['lenet-300-100', 'lenet-5', 'fashion-cnn', 'vgg-small'] as const
const SPARSITIES = [98, 90, 95, 80]
const SEEDS = [1, 2, 3]
const BITS = [null, 2, 3, 4, 8]
/** Fashion CNN has a depthwise convolution in each of so many blocks. */
const DEPTHWISE_BLOCKS = 7

const schedules: Readonly<Record<string, Partial<PruningSchedule>>> = {
  oneShot: { schedule: 'oneShot' },
  polynomial: { schedule: 'polynomial' },
  iterative: { schedule: 'iterative' },
  'polynomial, end 0.3': { schedule: 'polynomial', end: 0.3 },
  'iterative, end 0.5': { schedule: 'iterative', end: 0.5 },
  'polynomial, regrowth': { schedule: 'polynomial', regrowth: true },
  exponential: { schedule: 'exponential' },
  constant: { schedule: 'constant' },
}

const { values: asked } = parseArgs({
  options: {
    sample: { type: 'string', multiple: true },
    epochs: { type: 'string', multiple: true },
    sparsity: { type: 'string', multiple: true },
    schedule: { type: 'string', multiple: true },
    bits: { type: 'string', multiple: true },
    seed: { type: 'string', multiple: true },
    'spare-depthwise': { type: 'boolean', default: false },
    record: { type: 'boolean' },
  },
})

interface Cell {
  readonly sample: SampleId
  readonly name: string
  readonly sparsity: number
  readonly epochs: number
  /** null: nothing is quantized. */
  readonly bits: number | null
  readonly seed: number
  /** Depthwise kernels are left as they are. */
  readonly isSpared: boolean
}

if (asked.record !== true) for (const group of groups()) await measure(group)
for (const sample of SAMPLES) record(sample)

/** Cells of one sample each: short runs of one seed first. */
function groups(): Cell[][] {
  return [[5, 3], [20]].flatMap((lengths) =>
    SEEDS.flatMap((seed) =>
      SAMPLES.map((sample) =>
        lengths.flatMap((epochs) =>
          BITS.flatMap((bits) =>
            SPARSITIES.flatMap((sparsity) =>
              Object.keys(schedules).map((name) => ({
                sample,
                name,
                sparsity,
                epochs,
                bits,
                seed,
                isSpared: asked['spare-depthwise'],
              })),
            ),
          ),
        ),
      ),
    ),
  )
}

async function measure(group: readonly Cell[]): Promise<void> {
  const wanted = group.filter(
    ({ bits, epochs, name, sample, seed, sparsity }) =>
      (bits === null ? asked.bits === undefined : asked.bits?.includes(String(bits)) === true) &&
      isAsked(asked.sample, sample) &&
      isAsked(asked.schedule, name) &&
      isAsked(asked.epochs, epochs) &&
      isAsked(asked.sparsity, sparsity) &&
      isAsked(asked.seed, seed),
  )
  const [first] = wanted
  if (first === undefined) return
  const laboratory = await Laboratory.open(first.sample)
  for (const cell of wanted) await runOnce(keyOf(cell), () => train(laboratory, cell))
  await laboratory.close()
}

function train(laboratory: Laboratory, cell: Cell) {
  const { bits, name, sparsity, epochs, seed, isSpared } = cell
  const pruning = { ...defaultTrainingSettings.pruning, regrowth: false, ...schedules[name] }
  const codes = bits === null ? {} : { quantize: { bits } }
  const blocks = Array.from({ length: isSpared ? DEPTHWISE_BLOCKS : 0 }, (_, block) => block + 1)
  const overrides = Object.fromEntries(
    blocks.map((block) => [`block${block}_depthwise`, { enabled: false }]),
  )
  const recipe = recipeWith({ prune: { value: sparsity / 100, overrides }, ...codes })
  return laboratory.train(recipe, settingsWith({ epochs, seed, pruning }))
}

function isAsked(values: readonly string[] | undefined, value: string | number): boolean {
  return values?.includes(String(value)) ?? true
}

function keyOf({ bits, sample, name, sparsity, epochs, seed, isSpared }: Cell) {
  const codes = bits === null ? '' : `, ${bits} bits`
  const spared = isSpared ? ' of all but depthwise kernels' : ''
  return {
    experiment: experimentOf(sample),
    setting: `${sparsity} %${spared}, ${epochs} epochs${codes}: ${name}`,
    seed,
  }
}

function experimentOf(sample: SampleId): string {
  return `schedules/${sample}`
}

/** Means and extremes of the seeds that were run. */
function record(sample: SampleId): void {
  const name = experimentOf(sample)
  const runs = keptRuns(name)
  if (runs.length === 0) return
  const metrics: Record<string, number> = {}
  const intervals: Record<string, [number, number]> = {}
  const put = (key: string, values: readonly number[]): void => {
    const { mean, range } = summary(values)
    metrics[key] = mean
    if (values.length > 1) intervals[key] = range
  }
  for (const [setting, seeds] of bySetting(runs)) {
    put(
      `${setting}|validation`,
      seeds.map(({ validationAccuracy }) => validationAccuracy),
    )
    put(
      `${setting}|test`,
      seeds.map(({ testAccuracy }) => testAccuracy),
    )
    metrics[`${setting}|seeds`] = seeds.length
  }
  recordExperiments([
    {
      name,
      metrics,
      intervals,
      seeds: [...new Set(runs.map(({ seed }) => seed))].toSorted((a, b) => a - b),
      minutes: runs.reduce((sum, { minutes }) => sum + minutes, 0),
      backend: 'wasm',
    },
  ])
}

/** In the order of the table. */
function bySetting(runs: readonly KeptRun[]): Map<string, KeptRun[]> {
  const found = new Map<string, KeptRun[]>()
  for (const [isSpared, bits] of [false, true].flatMap((spared) =>
    BITS.map((one) => [spared, one] as const),
  ))
    for (const sparsity of SPARSITIES.toSorted((a, b) => a - b))
      for (const epochs of [3, 5, 20])
        for (const name of Object.keys(schedules)) {
          const cell = { name, sparsity, epochs, bits, isSpared }
          const { setting } = keyOf({ sample: 'lenet-5', seed: 1, ...cell })
          const own = runs.filter((run) => run.setting === setting)
          if (own.length > 0) found.set(setting, own)
        }
  return found
}
