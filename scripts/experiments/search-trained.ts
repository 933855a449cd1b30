/**
 * How much smaller the file gets where ten minutes of training are allowed: the second half of "Make it small", after its
 * first, at half a point on validation. The test split is read once, for the winner. Time is that of one processor, since
 * machines do other work beside it. Where that work makes the processor slower too, `--epoch-seconds 60` counts an epoch as
 * what it takes on an idle machine.
 * Run: `npm run experiment:search-trained -- --sample lenet-5 --seed 1`, after `experiment:search` of the same sample, whose
 * measurements it goes on from. Results of other seeds stay.
 */
import { parseArgs } from 'node:util'
import { runTraining } from '../../src/search/run-training.ts'
import type { SearchPoint } from '../../src/search/search-world.ts'
import { defaultTrainingSettings } from '../../src/training/training-settings.ts'
import { trainingFor } from '../../src/training/training-for.ts'
import { Laboratory } from './laboratory.ts'
import type { SampleId } from './laboratory.ts'
import { readExperiments, recordExperiments } from './record.ts'
import type { MeasuredFigures } from './search-progress.ts'
import { goal, keptMeasure, searched } from './searching.ts'

const { values: asked } = parseArgs({
  options: {
    sample: { type: 'string', default: 'lenet-300-100' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '10' },
    'epoch-seconds': { type: 'string' },
  },
})
const sample = asked.sample as SampleId
const seed = Number(asked.seed)
const epochSeconds = asked['epoch-seconds'] === undefined ? null : Number(asked['epoch-seconds'])
const started = Date.now()
/** ms that epochs took longer than they are counted as. */
let slowed = 0
const laboratory = await Laboratory.open(sample)
const first = await searched(laboratory, keptMeasure(sample, laboratory).measure)
const steps = runTraining(
  goal,
  first.best,
  {
    settingsFor: first.settingsFor,
    isLarger: first.isLarger,
    train: async (recipe, epochs, isOn) => {
      const settings = trainingFor({ ...defaultTrainingSettings, seed }, epochs, isOn)
      const began = processorTime()
      const trained = await laboratory.trained(recipe, settings)
      const spent = processorTime() - began
      if (epochSeconds !== null) slowed += spent - 1000 * epochSeconds * epochs
      console.log(`  ${epochs} epochs in ${(spent / 1000).toFixed(0)} s of processor time`)
      return { recipe: trained, epochs }
    },
    measure: (recipe) => laboratory.tried(recipe),
    now: () => processorTime() - slowed,
  },
  Number(asked.minutes) * 60_000,
)
let best: SearchPoint<MeasuredFigures>
for (;;) {
  const step = await steps.next()
  if (step.done === true) {
    best = step.value
    break
  }
  const { round, training, point, msLeft } = step.value
  console.log(
    `  round ${round}:`,
    training === null ? point?.found : `${training.epochs} epochs`,
    `${(msLeft / 60_000).toFixed(1)} min left`,
  )
}
const outcome = await laboratory.compress(best.recipe)
await laboratory.close()
const name = `search-trained/${sample}`
const before = readExperiments().find((one) => one.name === name)
recordExperiments([
  {
    name,
    metrics: {
      ...before?.metrics,
      [`seed ${seed}|bytes without training`]: first.best.found.bytes,
      [`seed ${seed}|bytes`]: best.found.bytes,
      [`seed ${seed}|share of bytes`]: best.found.bytes / first.best.found.bytes,
      [`seed ${seed}|validation loss`]: best.found.loss,
      [`seed ${seed}|test`]: outcome.testAccuracy,
    },
    intervals: {},
    seeds: [...new Set([...(before?.seeds ?? []), seed])].toSorted((one, other) => one - other),
    minutes: (before?.minutes ?? 0) + (Date.now() - started) / 60_000,
    backend: 'wasm',
  },
])

/** ms of this process so far. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
