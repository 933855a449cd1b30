/**
 * The combined case study: pruned, then quantized, then distilled, in three orders, beside each technique alone
 * with as many epochs and its own sweep.
 * Run: `npm run experiment:case-study [-- lenet-5|fashion-cnn|vgg-small]`. One to two hours for all on two cores.
 */
import { casePlan } from '../../src/case-study/case-plan.ts'
import type { CaseOrder } from '../../src/case-study/case-plan.ts'
import { runCase } from '../../src/case-study/run-case.ts'
import { wilsonInterval } from '../../src/core/proportions'
import { defaultDistillation } from '../../src/training/training-settings.ts'
import type { TrainingSettings } from '../../src/training/training-settings.ts'
import { recipeWith } from '../../testing/studio/recipe-with.ts'
import { drawCurves } from './draw-curves.ts'
import type { CurvePoint } from './draw-curves.ts'
import { Laboratory, settingsWith } from './laboratory.ts'
import { sampleFiles } from '../../testing/models/sample-files.ts'
import type { Outcome, SampleId } from './laboratory.ts'
import { recordExperiments } from './record.ts'

/** Lost validation accuracy up to which two files are compared by their size, as a fraction. */
const TOLERANCE = 0.003
const TEST_IMAGES = 10_000

interface Subject {
  readonly sample: SampleId
  /** Of each stage that trains; alone, a technique trains for all three. */
  readonly epochs: number
  readonly changes: Partial<TrainingSettings>
  /** Sparsity and bits of the combination; the first in all orders, the others all in one step. */
  readonly combined: readonly (readonly [number, number])[]
  readonly sparsities: readonly number[]
  readonly bits: readonly number[]
  /** Shares of the multiply-accumulates that a distilled student has fewer. */
  readonly cuts: readonly number[]
}

/** Half by the labels, half by a teacher softened less than by default. */
const halfTaught = { ...defaultDistillation, temperature: 2, alpha: 0.5 }

const subjects: readonly Subject[] = [
  {
    sample: 'lenet-5',
    epochs: 3,
    changes: { learningRate: 1e-3, shift: 2 },
    combined: [
      [0.92, 4],
      [0.95, 4],
    ],
    sparsities: [0.9, 0.95, 0.97],
    bits: [2, 3, 4],
    cuts: [0.5, 0.7, 0.85],
  },
  {
    sample: 'fashion-cnn',
    epochs: 3,
    changes: { learningRate: 1e-3, flip: true, distillation: halfTaught },
    combined: [
      [0.4, 4],
      [0.3, 4],
    ],
    sparsities: [0.3, 0.5],
    bits: [3, 4, 5],
    cuts: [0.15, 0.3],
  },
  {
    sample: 'vgg-small',
    epochs: 2,
    changes: { learningRate: 1.5e-4, shift: 1, flip: true, distillation: halfTaught },
    combined: [
      [0.4, 3],
      [0.5, 3],
    ],
    sparsities: [0.5, 0.7],
    bits: [2, 3, 4],
    cuts: [0.2, 0.4],
  },
]

const wanted = process.argv[2]
for (const subject of subjects)
  if (wanted === undefined || wanted === subject.sample) await study(subject)

async function study(subject: Subject): Promise<void> {
  const { bits, combined, cuts, epochs, sample, sparsities } = subject
  const started = Date.now()
  const laboratory = await Laboratory.open(sample)
  const whole = sampleFiles(sample)
  const settings = settingsWith(subject.changes)
  const rows = new Map<string, Outcome>()
  const note = (name: string, outcome: Outcome): void => {
    rows.set(name, outcome)
  }

  const stagesOf = async (order: CaseOrder, [sparsity, k]: readonly [number, number]) => {
    const plan = casePlan({ cut: 0, sparsity, bits: k }, order, epochs)
    const stages = runCase(plan, recipeWith({}), settings, {
      hasLabels: true,
      cut: () => Promise.reject(new Error('Nothing is cut here.')),
      measure: (recipe) => laboratory.compress(recipe),
      train: async (recipe, own) => (await laboratory.train(recipe, own)).recipe,
    })
    for await (const { id, measured } of stages)
      if (id === 'float') note('float', measured)
      else note(`${order} ${sparsity}/${k} bits: ${id}`, measured)
  }
  for (const [index, choice] of combined.entries()) {
    if (index === 0) await stagesOf('pruneFirst', choice)
    if (index === 0) await stagesOf('quantizeFirst', choice)
    await stagesOf('together', choice)
  }

  // Each alone, for as many epochs.
  const alone = { ...settings, epochs: 3 * epochs, distillation: null }
  const schedule = { ...settings.pruning, schedule: 'polynomial' } as const
  for (const value of sparsities)
    note(
      `pruning alone ${value}`,
      await laboratory.train(recipeWith({ prune: { value } }), { ...alone, pruning: schedule }),
    )
  for (const k of bits)
    note(
      `quantization alone ${k} bits`,
      await laboratory.train(recipeWith({ quantize: { bits: k } }), alone),
    )
  for (const share of cuts) {
    await laboratory.replace(whole)
    const target = { criterion: 'l2', of: 'macs', share, scope: 'perLayer', seed: 1 } as const
    const { teacher } = await laboratory.shrink({ ...target, protectFirst: false }, whole)
    const distillation = { ...(settings.distillation ?? defaultDistillation), teacher }
    note(
      `distillation alone ${share} of the MACs removed`,
      await laboratory.train(recipeWith({}), { ...alone, distillation }),
    )
  }
  await laboratory.close()

  const float = rows.get('float')
  if (float === undefined) throw new Error('The float model was not measured.')
  const floor = float.validationAccuracy - TOLERANCE
  const smallest = (prefix: RegExp): number =>
    Math.min(
      Infinity,
      ...[...rows]
        .filter(
          ([name, { validationAccuracy }]) => prefix.test(name) && validationAccuracy >= floor,
        )
        .map(([, { zippedBytes }]) => zippedBytes),
    )
  const best = {
    combined: smallest(/: (?:distilled|together)$/),
    pruning: smallest(/^pruning alone/),
    quantization: smallest(/^quantization alone/),
    distillation: smallest(/^distillation alone/),
  }
  await drawCurves(sample, float, [...rows].flatMap(asPoint))
  const intervals: Record<string, [number, number]> = {}
  const metrics: Record<string, number> = {}
  for (const [name, kind] of Object.entries(best))
    // Where no setting stays within the tolerance there is nothing to compare with.
    if (Number.isFinite(kind)) metrics[`${name}SmallestBytes`] = kind
  for (const [name, outcome] of rows) {
    const { macs, sparsity, testAccuracy, validationAccuracy, zippedBytes } = outcome
    Object.assign(metrics, {
      [`${name}|zippedBytes`]: zippedBytes,
      [`${name}|sparsity`]: sparsity,
      [`${name}|macs`]: macs,
      [`${name}|validationAccuracy`]: validationAccuracy,
      [`${name}|testAccuracy`]: testAccuracy,
    })
    intervals[`${name}|testAccuracy`] = [...wilsonInterval(testAccuracy * TEST_IMAGES, TEST_IMAGES)]
  }
  recordExperiments([
    {
      name: `case-study/${sample}`,
      metrics,
      intervals,
      seeds: [1],
      minutes: (Date.now() - started) / 60_000,
      backend: 'wasm',
    },
  ])
}

/** The last stage of a combination, or a technique alone; what lies between is not comparable. */
function asPoint([name, { validationAccuracy, zippedBytes }]: [string, Outcome]): CurvePoint[] {
  const point = (kind: CurvePoint['kind']): CurvePoint[] => [
    { kind, bytes: zippedBytes, accuracy: validationAccuracy },
  ]
  if (/: (?:distilled|together)$/.test(name)) return point('all three')
  const kind = /^(pruning|quantization|distillation) alone/.exec(name)?.[1]
  switch (kind) {
    case 'pruning':
    case 'quantization':
    case 'distillation':
      return point(`${kind} alone`)
    default:
      return []
  }
}
