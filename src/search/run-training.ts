import { isOn, withConfig } from '../techniques/recipe'
import type { Recipe } from '../techniques/recipe'
import { LEAST_LOSS } from './loss-model'
import type { Searched } from './run-search'
import { isBetter, meets } from './search-goal'
import type { Figures, SearchGoal } from './search-goal'
import type { SearchPoint } from './search-world'
import { nextSize } from './next-size'
import type { TrainedFile } from './next-size'

export interface Trained {
  /** The settings with the trained weights. */
  readonly recipe: Recipe
  /** As many as were done: fewer than were asked for where somebody has stopped the run, and parts of them. */
  readonly epochs: number
}

/** What the second half of a search asks of whoever has the model. */
export interface TrainingWorld<Found extends Figures> extends Pick<
  Searched<Found>,
  'settingsFor' | 'isLarger'
> {
  /**
   * Trains the weights that settings name.
   * @param isOn whether they have been trained for the same settings before
   */
  readonly train: (recipe: Recipe, epochs: number, isOn: boolean) => Promise<Trained>
  readonly measure: (recipe: Recipe) => Promise<Found>
  /** ms; the budget is told on this clock. */
  readonly now: () => number
}

/** Settings that are trained, as far as that has come. */
interface Candidate<Found extends Figures> {
  readonly recipe: Recipe
  /** Bytes that they were made for. */
  readonly asked: number
  readonly leastBits: number
  /** null: not trained yet. */
  readonly found: Found | null
}

export interface TrainingStep<Found extends Figures> {
  /** From 1. */
  readonly round: number
  readonly rounds: number
  /** Set before something is trained; null after it was measured. */
  readonly training: { readonly recipe: Recipe; readonly epochs: number } | null
  /** The newest that was measured. */
  readonly point: SearchPoint<Found> | null
  /** Of both halves. */
  readonly best: SearchPoint<Found>
  /** ms of the budget. */
  readonly msLeft: number
}

/** Rounds one after the other: how many settings are trained in each, and the share of the budget that it takes. */
const rounds = [
  { entrants: 4, share: 0.4 },
  { entrants: 2, share: 0.3 },
  { entrants: 1, share: 0.3 },
] as const
/** What is trained first, by shares of the smallest file without training, or of the bytes that are allowed. */
const firstSizes = {
  loss: [
    { size: 0.75, leastBits: 2 },
    { size: 0.75, leastBits: 4 },
    { size: 0.5, leastBits: 2 },
    { size: 0.5, leastBits: 4 },
  ],
  bytes: [
    { size: 0.97, leastBits: 2 },
    { size: 0.97, leastBits: 4 },
  ],
} as const
/** With fewer epochs in all there is no time to compare: what is trained is trained once, from its beginning to its end. */
const FEW_EPOCHS = 48
/** Then one file is trained after the other, each for about so many of them, and what came of it decides the size of the next. */
const EPOCHS_EACH = 4
const FEWEST_RUNS = 2
const MOST_RUNS = 4
/** Where all of them keep to what may be lost, the next are so much smaller. */
const nextSizes = [1, 2, 3, 4, 5, 6].map((times) => 0.75 ** times)
/** Files that differ by less are not worth a run of their own. */
const CLOSE = 1.06
/** What loses more than so many times what is allowed is not trained on. */
const WORTH = 4

/**
 * The second half of a search: settings for smaller files than the best without training, trained for a while; those that
 * may yet keep to the goal are trained on, fewer and fewer of them for longer and longer. A size between two that were
 * tried, or below all of them, takes the place of those that were given up.
 * @param best of the first half
 * @param budget ms
 * @returns the best point of both halves
 * @see Jamieson & Talwalkar 2016, "Non-stochastic best arm identification and hyperparameter optimization"
 *   (arXiv:1502.07943), for successive halving
 */
export async function* runTraining<Found extends Figures>(
  goal: SearchGoal,
  best: SearchPoint<Found>,
  world: TrainingWorld<Found>,
  budget: number,
): AsyncGenerator<TrainingStep<Found>, SearchPoint<Found>, undefined> {
  const search = new TrainingSearch(goal, best, world, budget)
  yield* search.run()
  return search.best
}

class TrainingSearch<Found extends Figures> {
  best: SearchPoint<Found>
  private readonly goal: SearchGoal
  private readonly world: TrainingWorld<Found>
  private readonly ends: number
  private readonly budget: number
  private candidates: readonly Candidate<Found>[] = []
  /** Settings that were trained, as they were before. */
  private readonly begun = new Set<string>()
  private epochs = 0
  private spent = 0
  /** How many fit into the budget, told by the first that was trained. */
  private epochsInAll = Infinity
  private rounds: number = rounds.length

  constructor(
    goal: SearchGoal,
    best: SearchPoint<Found>,
    world: TrainingWorld<Found>,
    budget: number,
  ) {
    this.goal = goal
    this.best = best
    this.world = world
    this.budget = budget
    this.ends = world.now() + budget
  }

  private get hasFewEpochs(): boolean {
    return this.epochsInAll < FEW_EPOCHS
  }

  private get msLeft(): number {
    return Math.max(0, this.ends - this.world.now())
  }

  /** What shares of sizes are of. */
  private get whole(): number {
    return this.goal.kind === 'bytes' ? this.goal.most : this.best.found.bytes
  }

  async *run(): AsyncGenerator<TrainingStep<Found>, void, undefined> {
    for (const [index, { entrants, share }] of rounds.entries()) {
      const round = index + 1
      const chosen = index === 0 ? this.first() : this.next(entrants)
      // Where there are fewer of them than there might be, each has the more time.
      const each = (share * this.budget) / chosen.length
      for (const [place, candidate] of chosen.entries()) {
        // The last of all takes what is left.
        const isLast = round === rounds.length && place === chosen.length - 1
        const time = isLast ? this.msLeft : Math.min(this.msLeft, each)
        const found = yield* this.tryOut(candidate, time, round)
        if (this.hasFewEpochs) {
          if (found !== null)
            yield* this.oneByOne({ asked: candidate.asked, epochs: this.epochs, found })
          return
        }
      }
    }
  }

  /** For want of time: each as large as those before say. */
  private async *oneByOne(look: TrainedFile): AsyncGenerator<TrainingStep<Found>, void, undefined> {
    const { goal } = this
    const [{ leastBits }] = firstSizes[goal.kind]
    const earlier: TrainedFile[] = []
    let last = look
    const wanted = Math.round(this.epochsInAll / EPOCHS_EACH)
    const runs = goal.kind === 'bytes' ? 1 : Math.min(MOST_RUNS, Math.max(FEWEST_RUNS, wanted))
    this.rounds = 1 + runs
    for (let at = 0; at < runs; at++) {
      const time = this.msLeft / (runs - at)
      const epochs = this.fitting(time)
      // The same settings for no longer than before would come out the same.
      if (goal.kind === 'bytes' && epochs <= last.epochs) return
      const asked =
        goal.kind === 'bytes'
          ? last.asked
          : nextSize(goal, last, earlier, epochs, this.best.found.bytes / CLOSE)
      const candidate = this.made(asked, leastBits)
      if (candidate === null) return
      const before = this.epochs
      const found = yield* this.tryOut(candidate, time, at + 2)
      if (found === null) return
      earlier.push(last)
      last = { asked, epochs: this.epochs - before, found }
    }
  }

  /** Trains and measures. @returns null where there was no time */
  private async *tryOut(
    candidate: Candidate<Found>,
    time: number,
    round: number,
  ): AsyncGenerator<TrainingStep<Found>, Found | null, undefined> {
    const trained = yield* this.train(candidate, time, round)
    if (trained === null) return null
    const point = { recipe: trained, found: await this.world.measure(trained) }
    this.candidates = [
      ...this.candidates.filter((one) => one !== candidate),
      { ...candidate, ...point },
    ]
    const isWorth = isBetter(this.goal, point.found, this.best.found)
    if (isWorth && !(await this.world.isLarger(point.found))) this.best = point
    yield this.step(round, null, point)
    return point.found
  }

  /** @returns null where there is no time for an epoch */
  private async *train(
    { recipe: start, found }: Candidate<Found>,
    time: number,
    round: number,
  ): AsyncGenerator<TrainingStep<Found>, Recipe | null, undefined> {
    const ends = this.world.now() + time
    let recipe = start
    for (;;) {
      // Nobody knows how long an epoch takes before one was trained.
      const epochs = this.fitting(ends - this.world.now())
      if (epochs < 1) return recipe === start ? null : recipe
      const isFirst = this.epochs === 0
      this.begun.add(keyOf(recipe))
      yield this.step(round, { recipe, epochs }, null)
      const began = this.world.now()
      const made = await this.world.train(recipe, epochs, found !== null || recipe !== start)
      recipe = made.recipe
      this.spent += Math.max(1, this.world.now() - began)
      this.epochs += made.epochs
      if (isFirst) this.epochsInAll = (this.budget * made.epochs) / this.spent
      // Somebody who stops a run has seen enough of these settings.
      if (!isFirst || made.epochs < epochs || this.hasFewEpochs) return recipe
    }
  }

  /** How many epochs there is time for; one where nobody knows. */
  private fitting(ms: number): number {
    if (ms <= 0) return 0
    return this.epochs === 0 ? 1 : Math.floor((ms * this.epochs) / this.spent)
  }

  private step(
    round: number,
    training: TrainingStep<Found>['training'],
    point: SearchPoint<Found> | null,
  ): TrainingStep<Found> {
    const { best, msLeft, rounds: inAll } = this
    return { round, rounds: inAll, training, point, best, msLeft }
  }

  private first(): readonly Candidate<Found>[] {
    const { goal, whole } = this
    return distinct(
      firstSizes[goal.kind].flatMap(({ size, leastBits }) => this.fresh(size * whole, leastBits)),
    )
  }

  /** What may yet keep to the goal, nearest first; then sizes that nobody has tried. Where there is neither, the nearest. */
  private next(most: number): readonly Candidate<Found>[] {
    const { best, candidates, goal } = this
    const byLoss = candidates.toSorted((one, other) => lossOf(one) - lossOf(other))
    if (goal.kind === 'bytes')
      return byLoss.filter(({ found }) => found !== null && meets(goal, found)).slice(0, most)
    const smaller = byLoss.filter(({ found }) => (found?.bytes ?? 0) < best.found.bytes)
    const hopeful = smaller.filter((one) => lossOf(one) <= WORTH * Math.max(LEAST_LOSS, goal.most))
    const chosen = distinct([...hopeful, ...this.untried(smaller)])
    return chosen.length > 0 ? chosen.slice(0, most) : smaller.slice(0, 1)
  }

  /** Between the best and the largest that misses the goal, or below the best where nothing does. */
  private untried(missing: readonly Candidate<Found>[]): readonly Candidate<Found>[] {
    const { bytes } = this.best.found
    const leastBits = this.bestBits()
    if (missing.length === 0)
      return nextSizes.flatMap((size) => this.fresh(size * bytes, leastBits))
    const next = Math.max(...missing.map(({ found }) => found?.bytes ?? 0))
    return bytes < CLOSE * next ? [] : this.fresh(Math.sqrt(bytes * next), leastBits)
  }

  /** Of what has done best so far. */
  private bestBits(): number {
    const { best, candidates } = this
    const [nearest] = candidates.toSorted((one, other) => lossOf(one) - lossOf(other))
    const own = candidates.find(({ recipe }) => recipe === best.recipe) ?? nearest
    return own?.leastBits ?? firstSizes.loss[0].leastBits
  }

  /** Settings that were trained already, for another size or other bits, are not trained from their beginning again. */
  private fresh(bytes: number, leastBits: number): readonly Candidate<Found>[] {
    const candidate = this.made(bytes, leastBits)
    return candidate === null || this.begun.has(keyOf(candidate.recipe)) ? [] : [candidate]
  }

  private made(bytes: number, leastBits: number): Candidate<Found> | null {
    const found = this.world.settingsFor(bytes, leastBits)
    return found && { recipe: forTraining(found), asked: bytes, leastBits, found: null }
  }
}

/**
 * Weights that are trained as their file holds them make up for their codes by themselves: biases that follow the float
 * weights behind them would undo that.
 */
function forTraining(recipe: Recipe): Recipe {
  return isOn(recipe, 'bias-correction') ? withConfig(recipe, 'bias-correction', {}, false) : recipe
}

function keyOf(recipe: Recipe): string {
  return JSON.stringify(recipe)
}

/** Each settings once. */
function distinct<Found extends Figures>(
  candidates: readonly Candidate<Found>[],
): readonly Candidate<Found>[] {
  const keys = candidates.map(({ recipe }) => keyOf(recipe))
  return candidates.filter((_, at) => keys.indexOf(keys[at] ?? '') === at)
}

function lossOf<Found extends Figures>({ found }: Candidate<Found>): number {
  return found?.loss ?? Infinity
}
