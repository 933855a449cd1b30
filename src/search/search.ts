import type { Recipe } from '../techniques/recipe'
import { recipeOf } from './allocation'
import { filledFront, frontOf, neighboursOf, pointOf } from './front'
import type { FrontPoint } from './front'
import { LEAST_LOSS, LossModel } from './loss-model'
import { isBetter, meets } from './search-goal'
import type { Figures, SearchGoal } from './search-goal'
import { allocationOf, weighted } from './search-rows'
import type { SearchRow } from './search-rows'
import type { SearchPoint } from './search-world'

/** Of those, at most so many look for the place on the front. */
const MOST_ON_FRONT = 12
/** Files that differ by less are the same to a person. */
const CLOSE = 0.015
/** What a second opinion is asked about first, as a share of the smallest file so far. */
const WORTH_ASKING = 0.9

/** What is thought of the choices of each layer; with means of outputs put right or not. */
export type Opinion = (corrected: boolean) => readonly SearchRow[]

/** Whom a search asks, and how often it still may. */
export interface SearchGround<Found extends Figures> {
  readonly goal: SearchGoal
  readonly base: Pick<Recipe, 'seed' | 'trained'>
  readonly measure: (recipe: Recipe) => Promise<Found>
  readonly left: () => number
}

/** Settings that were measured; null where looking anew begins. */
export type Newest<Found extends Figures> = SearchPoint<Found> | null

interface Tried<Found extends Figures> {
  readonly point: FrontPoint
  readonly corrected: boolean
  readonly found: Found
}

/** What a search knows by one opinion, and what it asks for next. */
export class Search<Found extends Figures> {
  private readonly ground: SearchGround<Found>
  private readonly goal: SearchGoal
  private readonly opinion: Opinion
  /** What the opinion says, which is asked for with every candidate. */
  private readonly said = new Map<boolean, readonly SearchRow[]>()
  /** By settings. */
  private readonly tried = new Map<string, Tried<Found>>()
  private best: Tried<Found> | null = null
  private corrected: boolean
  /** Bytes of a download that no row counts. */
  private overhead: number | null = null

  /** @param corrected whether means of outputs are put right, until it is known which is better */
  constructor(ground: SearchGround<Found>, opinion: Opinion, corrected: boolean) {
    this.ground = ground
    this.goal = ground.goal
    this.opinion = opinion
    this.corrected = corrected
  }

  private get rows(): readonly SearchRow[] {
    return this.rowsWith(this.corrected)
  }

  private rowsWith(corrected: boolean): readonly SearchRow[] {
    const rows = this.said.get(corrected) ?? this.opinion(corrected)
    this.said.set(corrected, rows)
    return rows
  }

  bestPoint(): SearchPoint<Found> | null {
    return this.best && this.pointOf(this.best)
  }

  /** Another opinion on the same ground, which knows of this one what does not depend on it. */
  secondBy(opinion: Opinion): Search<Found> {
    const second = new Search(this.ground, opinion, this.corrected)
    second.overhead = this.overhead
    return second
  }

  /** Finds the smallest point of the front that keeps to the goal, by halves. */
  async *onFront(): AsyncGenerator<Newest<Found>, void, undefined> {
    yield null
    const front = filledFront(this.rows)
    yield* this.byHalves(front, 0, this.firstGuess(front))
  }

  /** The same below a file that another opinion has found; one that is wrong about its first guess is not asked on. */
  async *below(bytes: number): AsyncGenerator<Newest<Found>, void, undefined> {
    const front = filledFront(this.rows)
    const wanted = this.goal.kind === 'bytes' ? this.goal.most : WORTH_ASKING * bytes
    const next = front.findIndex((point) => this.bytesOf(point) <= wanted)
    const point = front[next]
    if (point === undefined || this.ground.left() <= 0) return
    const tried = await this.measure(point, this.corrected)
    yield this.pointOf(tried)
    if (this.goal.kind === 'loss' && meets(this.goal, tried.found))
      yield* this.byHalves(front, next, this.between(front, next, front.length))
  }

  private async *byHalves(
    front: readonly FrontPoint[],
    from: number,
    first: number,
  ): AsyncGenerator<Newest<Found>, void, undefined> {
    let [low, high, next] = [from, front.length, first]
    let isCompared = from > 0
    while (this.tried.size < MOST_ON_FRONT && this.ground.left() > 0 && low + 1 < high) {
      const point = front[next]
      if (point === undefined) break
      let found = await this.measure(point, this.corrected)
      yield this.pointOf(found)
      // What puts means right costs next to nothing and may do harm: once it is tried which of the two is better.
      if (!meets(this.goal, found.found) && !isCompared) {
        isCompared = true
        const again = await this.measure(point, !this.corrected)
        yield this.pointOf(again)
        if (isNearer(again.found, found.found)) {
          this.corrected = !this.corrected
          found = again
        }
      }
      // Smaller files come later on the front.
      if (meets(this.goal, found.found) === (this.goal.kind === 'loss')) low = next
      else high = next
      const larger = front[low]
      const smaller = front[high]
      if (
        larger &&
        smaller &&
        low > 0 &&
        this.bytesOf(larger) < (1 + CLOSE) * this.bytesOf(smaller)
      )
        break
      next = this.between(front, low, high)
    }
  }

  /** What was measured corrects what was thought: the front anew, and single rows of its points, as long as that helps. */
  async *amongNeighbours(): AsyncGenerator<Newest<Found>, void, undefined> {
    yield null
    while (this.ground.left() > 0) {
      const next = this.next()
      if (next === null) return
      yield this.pointOf(await this.measure(next, this.corrected))
    }
  }

  private pointOf(tried: Tried<Found>): SearchPoint<Found> {
    return { recipe: this.recipeOf(tried), found: tried.found }
  }

  private async measure(point: FrontPoint, corrected: boolean): Promise<Tried<Found>> {
    const key = keyOf(point, corrected)
    const known = this.tried.get(key)
    if (known !== undefined) return known
    const found = await this.ground.measure(this.recipeOf({ point, corrected }))
    const tried = { point, corrected, found }
    this.tried.set(key, tried)
    this.overhead = found.bytes - point.bytes
    if (isBetter(this.goal, found, this.best?.found ?? null)) this.best = tried
    return tried
  }

  private recipeOf({ point, corrected }: Pick<Tried<Found>, 'point' | 'corrected'>): Recipe {
    const rows = this.rowsWith(corrected)
    return recipeOf(this.ground.base, allocationOf(rows, point.chosen, corrected))
  }

  /** Of a download. */
  bytesOf({ bytes }: Pick<FrontPoint, 'bytes'>): number {
    return bytes + (this.overhead ?? 0)
  }

  private firstGuess(front: readonly FrontPoint[]): number {
    const { goal } = this
    const at = front.findIndex(({ bytes, distance }) =>
      goal.kind === 'bytes' ? bytes <= goal.most : distance > FIRST_DISTANCE + 2 * goal.most,
    )
    return Math.max(1, at < 0 ? front.length - 1 : at)
  }

  /** The middle of what is left, by distance in logarithms; by bytes where those are the goal. */
  private between(front: readonly FrontPoint[], low: number, high: number): number {
    const { goal } = this
    const ok = front[low]
    const bad = front[Math.min(high, front.length - 1)]
    if (ok === undefined || bad === undefined) return high
    const isOpenBelow = low === 0
    const isOpenAbove = high === front.length
    const at = front.findIndex((point, index) => {
      if (index <= low) return false
      if (goal.kind === 'bytes') return this.bytesOf(point) <= goal.most
      if (isOpenAbove) return point.distance >= 3 * ok.distance
      if (isOpenBelow) return point.distance >= bad.distance / 3
      return point.distance >= Math.sqrt(ok.distance * bad.distance)
    })
    const wanted = at < 0 ? high - 1 : at
    return Math.max(low + 1, Math.min(high - 1, wanted))
  }

  /** What promises most near what is known to work, or else a little further off. */
  private next(): FrontPoint | null {
    for (const reach of REACHES) {
      const found = this.promising(reach)
      if (found !== null) return found
    }
    return null
  }

  /**
   * What has not been tried and promises most beside the best; null where nothing is worth a measurement.
   * @param reach nothing is tried that was thought to move so many times as much as what works
   */
  private promising(reach: number): FrontPoint | null {
    const { best, goal } = this
    if (best === null) return null
    const model = this.lossModel()
    const rows = weighted(this.rows, model.gains)
    const here = pointOf(rows, best.point.chosen)
    const front = frontOf(rows)
    const isGood = meets(goal, best.found)
    const lossHere = model.lossOf(here.chosen).loss
    const worth = (point: FrontPoint): number => {
      if (goal.kind === 'bytes')
        return this.bytesOf(point) > goal.most ? 0 : 1 - model.lossOf(point.chosen).loss / lossHere
      const { loss, certain } = model.lossOf(point.chosen)
      const margin = Math.log(Math.max(LEAST_LOSS, goal.most) / loss)
      const likely = logistic(((1 + certain) * margin) / UNCERTAIN)
      return isGood ? likely * (1 - this.bytesOf(point) / this.bytesOf(here)) : likely
    }
    const place = front.filter(({ distance }) => distance <= goal.most).at(-1)
    const near = [...this.tried.values()].filter(({ found }) => this.isNear(found))
    const furthest = Math.max(
      reach * Math.max(...near.map(({ point }) => point.distance)),
      this.leastBad(),
    )
    const candidates = [
      ...front,
      ...(place === undefined ? [] : neighboursOf(rows, place)),
      ...near.flatMap(({ point }) => neighboursOf(rows, pointOf(rows, point.chosen))),
    ]
    let found: { readonly point: FrontPoint; readonly worth: number } | null = null
    for (const point of candidates) {
      if (this.tried.has(keyOf(point, this.corrected))) continue
      if (pointOf(this.rows, point.chosen).distance > furthest) continue
      const own = worth(point)
      if (own > (found?.worth ?? LEAST_WORTH)) found = { point, worth: own }
    }
    // Told in the distances that were thought of first, as all points are kept.
    return found && pointOf(this.rows, found.point.chosen)
  }

  /** How far the nearest settings were thought to move the whole that missed the goal. */
  private leastBad(): number {
    const bad = [...this.tried.values()].filter(
      ({ found, corrected }) => corrected === this.corrected && !meets(this.goal, found),
    )
    return Math.min(...bad.map(({ point }) => point.distance))
  }

  /** Whether settings are so good that their neighbours may be better than the best. */
  private isNear(found: Found): boolean {
    const { best, goal } = this
    if (best === null || found === best.found) return true
    if (found.loss === null || best.found.loss === null) return false
    return goal.kind === 'bytes'
      ? found.bytes <= 1.05 * goal.most && found.loss <= 2 * Math.max(LEAST_LOSS, best.found.loss)
      : found.loss <= 2 * Math.max(LEAST_LOSS, goal.most) && found.bytes <= 1.05 * best.found.bytes
  }

  private lossModel(): LossModel {
    const seen = [...this.tried.values()].flatMap(({ point, corrected, found }) =>
      found.loss === null || corrected !== this.corrected
        ? []
        : [{ chosen: point.chosen, loss: found.loss }],
    )
    const { goal } = this
    return new LossModel(this.rows, seen, goal.kind === 'loss' ? goal.most : LOSS_OF_NOTE)
  }
}

/** Nats by which outputs have moved where accuracy begins to fall. */
const FIRST_DISTANCE = 0.01
/** How far what is thought of a loss is off, in logarithms. */
const UNCERTAIN = 0.35
/** As many times as far as what works, before anything was measured. */
const REACHES = [1.6, 3] as const
/** A share of the bytes, or of the loss, times how likely it is. */
const LEAST_WORTH = 0.0005
/** Where bytes are the goal: losses about this decide. */
const LOSS_OF_NOTE = 0.01

function isNearer(one: Figures, other: Figures): boolean {
  return (one.loss ?? Infinity) < (other.loss ?? Infinity)
}

function keyOf({ chosen }: Pick<FrontPoint, 'chosen'>, corrected: boolean): string {
  return `${chosen.join(' ')} ${corrected}`
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x))
}
