import { StudioError } from '../core/errors'
import { withConfig } from '../techniques/recipe'
import type { Recipe } from '../techniques/recipe'
import { recipeOf, untouched } from './allocation'
import { filledFront } from './front'
import { Search } from './search'
import type { Newest } from './search'
import { isBetter } from './search-goal'
import type { Figures, SearchGoal } from './search-goal'
import { allocationOf, rowsOfTable, trainableRows } from './search-rows'
import type { SearchPhase, SearchPoint, SearchStep, SearchWorld } from './search-world'

/** What a search has found. */
export interface Searched<Found extends Figures> {
  readonly best: SearchPoint<Found>
  /**
   * Settings that are thought to lose least in a file of at most so many bytes, for weights that are yet to be trained.
   * @param leastBits of codes: with few of them more weights stay, with many fewer do
   * @returns null where no settings make so small a file
   */
  readonly settingsFor: (bytes: number, leastBits: number) => Recipe | null
  /** Whether a file is larger than the download without any step, which is no result. */
  readonly isLarger: (found: Found) => Promise<boolean>
}

/** Beside the first guess. */
const MOST_MEASURED = 24
/** Of codes that are thought of by what layers lose. */
const LEAST_BITS = 2

/**
 * Looks for the settings that serve a goal best: a first guess that needs nothing to be known, so that a small file is
 * there at once, whatever comes of the rest; then the front of all allocations over layers by what they are thought to
 * cost and to move the outputs of the whole, its place for the goal by measuring a few of its points; then whether the
 * front by what layers lose of their own outputs goes further, since what moves probabilities alone costs no accuracy;
 * then the neighbours of the better of the two, where each measurement corrects what was thought. With the same table and
 * the same figures it asks for the same settings in the same order, so one that was cut short goes on where it was once
 * `measure` answers from memory.
 * What is larger than the download without any step is no result: report and model card say more of each step, which is
 * more than steps save of a tiny model.
 * The guess is none of what the search knows, so that it finds the same with it and without it.
 * @param base whose seed and weights are kept; its steps are replaced
 * @throws StudioError 'search/not-smaller'
 */
export async function* runSearch<Found extends Figures>(
  goal: SearchGoal,
  base: Pick<Recipe, 'seed' | 'trained'>,
  world: SearchWorld<Found>,
  most = MOST_MEASURED,
): AsyncGenerator<SearchStep<Found>, Searched<Found>, undefined> {
  const total = 1 + most
  yield { phase: 'guess', done: 0, total, point: null, best: null }
  const recipe = firstGuess(base)
  const guess = { recipe, found: await world.measure(recipe) }
  let bare: Promise<Found> | null = null
  const isLarger = async ({ bytes }: Found): Promise<boolean> => {
    if (bytes <= world.fewestBytes) return false
    bare ??= world.measure(untouched(base))
    return bytes > (await bare).bytes
  }
  let best: SearchPoint<Found> | null = (await isLarger(guess.found)) ? null : guess
  yield { phase: 'guess', done: 1, total, point: guess, best }
  yield { phase: 'sensitivity', done: 1, total, point: null, best }
  const table = await world.sensitivity()
  const known = new Map<string, Found>()
  const measure = async (asked: Recipe): Promise<Found> => {
    const key = JSON.stringify(asked)
    const found = known.get(key) ?? (await world.measure(asked))
    known.set(key, found)
    return found
  }
  const ground = { goal, base, measure, left: () => most - known.size }
  const byOutputs = new Search(
    ground,
    (corrected) => rowsOfTable(table, corrected),
    table.corrected,
  )
  async function* told(
    phase: SearchPhase,
    steps: AsyncIterable<Newest<Found>>,
  ): AsyncGenerator<SearchStep<Found>, void, undefined> {
    for await (const point of steps) {
      const isWorth = point !== null && isBetter(goal, point.found, best?.found ?? null)
      if (isWorth && !(await isLarger(point.found))) best = point
      yield { phase, done: 1 + known.size, total, point, best }
    }
  }
  yield* told('front', byOutputs.onFront())
  const byLayers = byOutputs.secondBy((corrected) => trainableRows(table, LEAST_BITS, corrected))
  const found = byOutputs.bestPoint()
  if (found !== null) yield* told('front', byLayers.below(found.found.bytes))
  const second = byLayers.bestPoint()
  const isSecond = second !== null && found !== null && isBetter(goal, second.found, found.found)
  yield* told('neighbours', (isSecond ? byLayers : byOutputs).amongNeighbours())
  if (best === null) throw new StudioError('search/not-smaller', {})
  return {
    best,
    isLarger,
    settingsFor: (bytes, leastBits) => {
      const rows = trainableRows(table, leastBits, false)
      const point = filledFront(rows).find((one) => byOutputs.bytesOf(one) <= bytes)
      return point === undefined ? null : recipeOf(base, allocationOf(rows, point.chosen, false))
    },
  }
}

/** 8 bits for every channel of every layer: about a quarter of the bytes of floats. */
function firstGuess(base: Pick<Recipe, 'seed' | 'trained'>): Recipe {
  return withConfig(untouched(base), 'quantize', { bits: 8 }, true)
}
