import { describe, expect, it } from 'vitest'
import { defaultRecipe } from '../techniques/recipe'
import type { Recipe } from '../techniques/recipe'
import { runTraining } from './run-training'
import type { TrainingStep } from './run-training'
import type { Figures, SearchGoal } from './search-goal'

const EPOCH_MS = 10_000
const MINUTES = 10

/** What is known of the weights of settings: how small their file is, and for how long they were trained. */
interface Made {
  readonly bytes: number
  readonly leastBits: number
  readonly epochs: number
  /** What no training wins back. */
  readonly left: number
  /** Share of the rest that an epoch leaves. */
  readonly leaves: number
}

/** A model of which a file of so many bytes loses less with every epoch, down to what such a file can hold. */
function lossOf({ bytes, epochs, leaves, left }: Made, least: number): number {
  const floor = bytes >= least ? left : left + (least - bytes) / 1000
  return floor + 0.2 * leaves ** epochs
}

interface Asked {
  readonly goal: SearchGoal
  /** Bytes of the smallest file that can keep to the goal. */
  readonly least: number
  readonly minutes?: number
  /** Settings with as many bits as this are of no use. */
  readonly bad?: number
  /** The model has settings that need no choice of bits. */
  readonly sameBits?: boolean
  /** The download without any step. */
  readonly bare?: number
  /** Trained weights take more room than was thought. */
  readonly grows?: number
  /** Share of a loss that an epoch leaves, where training can win it back. */
  readonly leaves?: number
  /** Epochs of each run that are done before somebody stops it. */
  readonly stopsAfter?: number
}

async function trained({
  bad = 0,
  bare = Infinity,
  goal,
  grows = 1,
  least,
  leaves = 0.5,
  minutes = MINUTES,
  sameBits = false,
  stopsAfter = Infinity,
}: Asked) {
  const known = new Map<Recipe, Made>()
  const runs: Made[] = []
  let clock = 0
  let seed = 0
  const made = (one: Made): Recipe => {
    const recipe = { ...defaultRecipe, seed: seed++ }
    known.set(recipe, one)
    return recipe
  }
  const of = (recipe: Recipe): Made => {
    const one = known.get(recipe)
    if (one === undefined) throw new Error('Nobody has made these settings.')
    return one
  }
  const start = made({ bytes: 1000, leastBits: 2, epochs: 100, left: 0, leaves })
  const best = { recipe: start, found: { bytes: 1000, loss: 0.004 } }
  const running = runTraining<Figures>(
    goal,
    best,
    {
      settingsFor: (bytes, leastBits) => {
        if (bytes < 100) return null
        const same = [...known].find((one) => one[1].bytes === bytes && one[1].epochs === 0)
        if (sameBits && same !== undefined) return same[0]
        return made({ bytes, leastBits, leaves, epochs: 0, left: leastBits === bad ? 0.5 : 0 })
      },
      isLarger: ({ bytes }) => Promise.resolve(bytes > bare),
      train: (recipe, asked, isOn) => {
        const before = of(recipe)
        expect(isOn).toBe(before.epochs > 0)
        const epochs = Math.min(asked, stopsAfter)
        clock += EPOCH_MS * epochs
        const bytes = before.epochs === 0 ? grows * before.bytes : before.bytes
        const after = { ...before, bytes, epochs: before.epochs + epochs }
        runs.push(after)
        return Promise.resolve({ recipe: made(after), epochs })
      },
      measure: (recipe) =>
        Promise.resolve({ bytes: of(recipe).bytes, loss: lossOf(of(recipe), least) }),
      now: () => clock,
    },
    60_000 * minutes,
  )
  const steps: TrainingStep<Figures>[] = []
  for (;;) {
    const next = await running.next()
    if (next.done === true) return { best: next.value, start: best, clock, runs, steps }
    steps.push(next.value)
  }
}

describe('the second half of a search', () => {
  it.each([850, 600, 400, 250])(
    'finds a file not much larger than the smallest that can keep to the goal, %d bytes',
    async (least) => {
      const { best } = await trained({ goal: { kind: 'loss', most: 0.005 }, least })
      expect(best.found.loss).toBeLessThanOrEqual(0.005)
      expect(best.found.bytes).toBeLessThanOrEqual(Math.max(1.3 * least, 380))
    },
  )

  it('keeps what was found before where training finds nothing better', async () => {
    const { best, start } = await trained({ goal: { kind: 'loss', most: 0.005 }, least: 5000 })
    expect(best).toBe(start)
  })

  it('has no result that is larger than the download without any step', async () => {
    const roomy = { goal: { kind: 'bytes', most: 2000 }, least: 400 } as const
    expect((await trained(roomy)).best.found).toMatchObject({ bytes: 1940 })
    const { best, start, steps } = await trained({ ...roomy, bare: 1500 })
    expect(best).toBe(start)
    expect(steps.every((step) => step.best === start)).toBe(true)
  })

  it('keeps to its time, to an epoch', async () => {
    const { clock, steps } = await trained({ goal: { kind: 'loss', most: 0.005 }, least: 500 })
    expect(clock).toBeLessThanOrEqual(60_000 * MINUTES + EPOCH_MS)
    expect(clock).toBeGreaterThan(0.8 * 60_000 * MINUTES)
    const left = steps.map(({ msLeft }) => msLeft)
    expect(left).toEqual(left.toSorted((one, other) => other - one))
  })

  it('trains fewer and fewer for longer and longer, and says before each what it is', async () => {
    const { steps } = await trained({ goal: { kind: 'loss', most: 0.005 }, least: 450 })
    const told = steps.filter(({ training }) => training !== null)
    const inRound = (round: number) => told.filter((step) => step.round === round)
    // The first of all is trained for one epoch more, which says how long one takes.
    expect([1, 2, 3].map((round) => inRound(round).length)).toEqual([5, 2, 1])
    const longest = [1, 2, 3].map((round) =>
      Math.max(...inRound(round).map(({ training }) => training?.epochs ?? 0)),
    )
    expect(longest).toEqual(longest.toSorted((one, other) => one - other))
    expect(steps.filter(({ point }) => point !== null)).toHaveLength(7)
  })

  it('goes on with the kind of settings that does better', async () => {
    const { best, runs } = await trained({
      goal: { kind: 'loss', most: 0.005 },
      ...{ least: 500, bad: 2 },
    })
    expect(best.found.loss).toBeLessThanOrEqual(0.005)
    expect(runs.slice(5).every(({ leastBits }) => leastBits === 4)).toBe(true)
  })

  it('takes what loses least where bytes are the goal', async () => {
    const { best } = await trained({ goal: { kind: 'bytes', most: 600 }, least: 300 })
    expect(best.found.bytes).toBeLessThanOrEqual(600)
    expect(best.found.loss).toBeLessThan(0.004)
  })

  it('trains the same settings once, and the others for longer', async () => {
    const goal = { kind: 'loss', most: 0.005 } as const
    const { clock, runs, steps } = await trained({ goal, least: 450, sameBits: true })
    const firstOnes = runs.filter(
      ({ bytes }, at) => runs.findIndex((one) => one.bytes === bytes) === at,
    )
    expect(new Set(firstOnes.map(({ bytes }) => bytes)).size).toBe(firstOnes.length)
    const ofRound = (all: typeof steps, round: number) =>
      all.flatMap((step) => (step.round === round ? (step.training?.epochs ?? []) : []))
    const twice = await trained({ goal, least: 450 })
    expect(Math.max(...ofRound(steps, 1))).toBeGreaterThan(Math.max(...ofRound(twice.steps, 1)))
    expect(clock).toBeGreaterThan(0.8 * 60_000 * MINUTES)
  })

  it('goes on below where what was trained has come out no smaller', async () => {
    const goal = { kind: 'loss', most: 0.005 } as const
    const { best, clock } = await trained({ goal, least: 300, sameBits: true, grows: 1.4 })
    expect(best.found.bytes).toBeLessThan(1000)
    // A minute has time for a single run of the first round, and is not given back.
    const short = await trained({ goal, least: 300, sameBits: true, grows: 1.4, minutes: 1 })
    expect(short.clock).toBeGreaterThan(0.6 * 60_000)
    expect(clock).toBeGreaterThan(0.8 * 60_000 * MINUTES)
  })

  it('trains one after the other where time is short, each as large as the loss before it says', async () => {
    const goal = { kind: 'loss', most: 0.005 } as const
    // One epoch leaves 0.02, of which half is thought to stay: a larger file. Four leave less than is allowed.
    const { best, clock, runs } = await trained({ goal, least: 700, leaves: 0.1, minutes: 1.5 })
    const second = 750 * 1.25
    const third = second * (0.001 / 0.004) ** (1 / 8)
    const sizes = [750, second, third]
    runs.forEach(({ bytes }, at) => {
      expect(bytes).toBeCloseTo(sizes[at] ?? NaN, 6)
    })
    expect(runs.map(({ epochs }) => epochs)).toEqual([1, 4, 4])
    expect(clock).toBe(90_000)
    expect(best.found.bytes).toBeCloseTo(third, 6)
  })

  it('trains as many of them as there is time for, about eight epochs each', async () => {
    const goal = { kind: 'loss', most: 0.005 } as const
    const { best, clock, runs, steps } = await trained({ goal, least: 500, minutes: 5 })
    expect(runs.map(({ epochs }) => epochs)).toEqual([1, 7, 7, 7, 8])
    expect(steps.at(-1)).toMatchObject({ round: 5, rounds: 5 })
    expect(best.found.bytes).toBeLessThan(Math.min(...runs.slice(0, -1).map(({ bytes }) => bytes)))
    expect(clock).toBe(300_000)
  })

  it('reckons with what files grow in training, by the size that they were made for', async () => {
    const goal = { kind: 'loss', most: 0.12 } as const
    // The first is the best at once: what it was made for is still a share of what was the best before it.
    const { runs } = await trained({ goal, least: 500, leaves: 0.1, grows: 1.05, minutes: 1.5 })
    const step = ((0.02 * 0.5) / 0.096) ** (1 / 8)
    expect(runs[0]?.bytes).toBeCloseTo(1.05 * 750, 6)
    expect(runs[1]?.bytes).toBeCloseTo(step * 1.05 * 750, 6)
  })

  it('takes a larger file where time is short and the one before has lost too much', async () => {
    const goal = { kind: 'loss', most: 0.005 } as const
    const { best, runs } = await trained({ goal, least: 946, leaves: 0.1, minutes: 1.5 })
    const [, second = NaN, third = NaN] = runs.map(({ bytes }) => bytes)
    expect(second).toBeCloseTo(750 * 1.25, 6)
    // But none that is hardly smaller than what is there.
    expect(third).toBeCloseTo(1000 / 1.06, 6)
    expect(best.found.bytes).toBe(third)
  })

  it('trains the same settings from their beginning for all of a short time where bytes are the goal', async () => {
    const { best, runs } = await trained({
      goal: { kind: 'bytes', most: 600 },
      ...{ least: 300, minutes: 2 },
    })
    expect(runs.map(({ bytes, epochs }) => [bytes, epochs])).toEqual([
      [582, 1],
      [582, 11],
    ])
    expect(best.found.loss).toBeLessThan(0.004)
    // Two epochs in all: what one gives is known.
    const once = await trained({
      goal: { kind: 'bytes', most: 600 },
      ...{ least: 300, minutes: 0.4 },
    })
    expect(once.runs).toHaveLength(1)
  })

  it('takes runs that were stopped for as long as they were', async () => {
    const goal = { kind: 'loss', most: 0.005 } as const
    const { clock, steps } = await trained({ goal, least: 450, stopsAfter: 0.5 })
    const asked = steps.flatMap(({ training }) => training?.epochs ?? [])
    // Five runs of half an epoch leave 575 seconds for the last, at ten seconds an epoch.
    expect(asked.at(-1)).toBe(57)
    expect(clock).toBe(asked.length * 0.5 * EPOCH_MS)
  })

  it('ends at once without time, and where no settings are small enough', async () => {
    const none = await trained({ goal: { kind: 'bytes', most: 90 }, least: 50 })
    expect(none.steps).toEqual([])
    const short = await trained({ goal: { kind: 'loss', most: 0.005 }, least: 500, minutes: 0 })
    expect(short.steps).toEqual([])
  })
})
