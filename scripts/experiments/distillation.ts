/**
 * Knowledge distillation, after Hinton et al. 2015 (arXiv:1503.02531), section 3: a student of 2 x 800 neurons
 * that learns from the labels alone, beside one that learns from the 2 x 1200 teacher. Both arms share
 * initialisation, epochs, schedule and (no) augmentation; each has the learning rate that its validation chose.
 * Run: `npm run experiment:distillation [-- mnist|omitted-digit|fashion-cnn]`. Under 45 minutes each on two cores.
 */
import type {
  DistillationSettings,
  TrainingSettings,
} from '../../src/training/training-settings.ts'
import { defaultDistillation } from '../../src/training/training-settings.ts'
import { recipeWith } from '../../testing/studio/recipe-with.ts'
import { digitStudent } from './digit-student.ts'
import { withoutDigit } from './digits-without.ts'
import { Laboratory, settingsWith, summary } from './laboratory.ts'
import { sampleFiles } from '../../testing/models/sample-files.ts'
import type { Outcome } from './laboratory.ts'
import { recordExperiments } from './record.ts'

const SEEDS = [1, 2, 3]
const TEST_IMAGES = 10_000
const RATES = [1.5e-3, 3e-3]
const EPOCHS = 25
const BATCH = 256
const OMITTED = 3
/** Soft targets at a high temperature, as there. */
const soft = { ...defaultDistillation, temperature: 8 }

const wanted = process.argv[2]
if (wanted === undefined || wanted === 'mnist') await mnist()
if (wanted === undefined || wanted === 'omitted-digit') await omittedDigit()
if (wanted === undefined || wanted === 'fashion-cnn') await fashion()

/** Trains a student from its initialisation, with or without a teacher. */
async function digitRun(
  laboratory: Laboratory,
  taught: boolean,
  changes: Partial<TrainingSettings>,
): Promise<Outcome> {
  const { seed = 1 } = changes
  await laboratory.replace(digitStudent(seed))
  const teacher = taught ? await laboratory.learnFrom(sampleFiles('digit-teacher')) : null
  const distillation: DistillationSettings | null = teacher === null ? null : { ...soft, teacher }
  return laboratory.train(
    recipeWith({}),
    settingsWith({ epochs: EPOCHS, batchSize: BATCH, shift: 0, distillation, ...changes }),
  )
}

async function bestRate(laboratory: Laboratory, taught: boolean): Promise<number> {
  let best = { rate: NaN, accuracy: -1 }
  for (const learningRate of RATES) {
    const { validationAccuracy } = await digitRun(laboratory, taught, { learningRate, epochs: 6 })
    if (validationAccuracy > best.accuracy)
      best = { rate: learningRate, accuracy: validationAccuracy }
  }
  return best.rate
}

async function mnist(): Promise<void> {
  const started = Date.now()
  const teacherErrors = await errorsOfTeacher()
  const laboratory = await Laboratory.with('student', digitStudent(1), 'mnist')
  const arms: Record<'student' | 'distilled', { rate: number; runs: Outcome[] }> = {
    student: { rate: await bestRate(laboratory, false), runs: [] },
    distilled: { rate: await bestRate(laboratory, true), runs: [] },
  }
  for (const seed of SEEDS)
    for (const [name, arm] of Object.entries(arms))
      arm.runs.push(
        await digitRun(laboratory, name === 'distilled', { seed, learningRate: arm.rate }),
      )
  await laboratory.close()
  const [student, distilled] = [arms.student, arms.distilled].map(({ runs }) =>
    summary(runs.map(errorsOf)),
  )
  if (student === undefined || distilled === undefined) throw new Error('An arm is missing.')
  recordExperiments([
    {
      name: 'distillation/mnist',
      metrics: {
        teacherErrors,
        studentErrors: student.mean,
        distilledErrors: distilled.mean,
        gapClosed: (student.mean - distilled.mean) / (student.mean - teacherErrors),
        studentLearningRate: arms.student.rate,
        distilledLearningRate: arms.distilled.rate,
        studentLateGain: summary(arms.student.runs.map(lateGain)).mean,
        distilledLateGain: summary(arms.distilled.runs.map(lateGain)).mean,
      },
      intervals: { studentErrors: student.range, distilledErrors: distilled.range },
      seeds: SEEDS,
      minutes: (Date.now() - started) / 60_000,
      backend: 'wasm',
    },
  ])
}

/** Whether a student knows a digit that it has never seen: its teacher's soft targets tell of it. */
async function omittedDigit(): Promise<void> {
  const started = Date.now()
  const laboratory = await Laboratory.open('digit-teacher')
  const others = withoutDigit(OMITTED)
  const run = async (taught: boolean): Promise<Outcome> => {
    await laboratory.replace(digitStudent(1))
    await laboratory.attachFiles(others)
    const teacher = taught ? await laboratory.learnFrom(sampleFiles('digit-teacher')) : null
    // The labels would say that there is no such digit.
    const distillation = teacher === null ? null : { ...soft, alpha: 0, teacher }
    const settings = settingsWith({ epochs: 10, shift: 0, learningRate: 6e-4, distillation })
    return laboratory.train(recipeWith({}), settings, () => laboratory.attach())
  }
  const [alone, taught] = [await run(false), await run(true)]
  await laboratory.close()
  recordExperiments([
    {
      name: 'distillation/omitted-digit',
      metrics: {
        omittedDigit: OMITTED,
        studentErrors: errorsOf(alone),
        distilledErrors: errorsOf(taught),
        studentAccuracyOnOmitted: alone.classes[OMITTED] ?? NaN,
        distilledAccuracyOnOmitted: taught.classes[OMITTED] ?? NaN,
      },
      intervals: {},
      seeds: [1],
      minutes: (Date.now() - started) / 60_000,
      backend: 'wasm',
    },
  ])
}

/** A Fashion CNN of half the width, from fresh weights, with and without the whole one as its teacher. */
async function fashion(): Promise<void> {
  const started = Date.now()
  const whole = sampleFiles('fashion-cnn')
  const accuracies: Record<'student' | 'distilled', number[]> = { student: [], distilled: [] }
  const laboratory = await Laboratory.open('fashion-cnn')
  const { testAccuracy: teacherAccuracy } = await laboratory.compress(recipeWith({}))
  let macsKept = NaN
  for (const seed of SEEDS) {
    await laboratory.replace(whole)
    const half = {
      criterion: 'l2',
      of: 'channels',
      share: 0.5,
      scope: 'perLayer',
      protectFirst: false,
      seed,
    } as const
    const shrunk = await laboratory.shrink(half, whole, 'fresh')
    macsKept = shrunk.macsKept
    const common = { epochs: 10, learningRate: 4e-3, shift: 2, flip: true, seed }
    accuracies.student.push(
      (await laboratory.train(recipeWith({}), settingsWith(common))).testAccuracy,
    )
    const distillation = { ...soft, temperature: 4, teacher: shrunk.teacher }
    accuracies.distilled.push(
      (await laboratory.train(recipeWith({}), settingsWith({ ...common, distillation })))
        .testAccuracy,
    )
  }
  await laboratory.close()
  const [student, distilled] = [summary(accuracies.student), summary(accuracies.distilled)]
  recordExperiments([
    {
      name: 'distillation/fashion-cnn',
      metrics: {
        macsKept,
        teacherAccuracy,
        studentAccuracy: student.mean,
        distilledAccuracy: distilled.mean,
        gapClosed: (distilled.mean - student.mean) / (teacherAccuracy - student.mean),
      },
      intervals: { studentAccuracy: student.range, distilledAccuracy: distilled.range },
      seeds: SEEDS,
      minutes: (Date.now() - started) / 60_000,
      backend: 'wasm',
    },
  ])
}

async function errorsOfTeacher(): Promise<number> {
  const laboratory = await Laboratory.open('digit-teacher')
  const outcome = await laboratory.compress(recipeWith({}))
  await laboratory.close()
  return errorsOf(outcome)
}

function errorsOf({ testAccuracy }: Outcome): number {
  return Math.round((1 - testAccuracy) * TEST_IMAGES)
}

/** What validation gained in the last quarter of the epochs: about nothing once a curve has flattened. */
function lateGain({ curve }: Outcome): number {
  const quarter = Math.floor((3 * curve.length) / 4)
  return Math.max(...curve) - Math.max(...curve.slice(0, quarter))
}
