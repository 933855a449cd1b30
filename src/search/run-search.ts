import { withConfig } from '../techniques/recipe'
import type { Recipe } from '../techniques/recipe'
import { untouched } from './allocation'
import { Search } from './search'
import { isBetter } from './search-goal'
import type { Figures, SearchGoal } from './search-goal'
import type { SearchPoint, SearchStep, SearchWorld } from './search-world'

/** What a search has found. */
export interface Searched<Found extends Figures> {
  readonly best: SearchPoint<Found>
  /**
   * Settings that are thought to lose least in a file of at most so many bytes, for weights that are yet to be trained.
   * @param leastBits of codes: with few of them more weights stay, with many fewer do
   * @returns null where no settings make so small a file
   */
  readonly settingsFor: (bytes: number, leastBits: number) => Recipe | null
}

/** Beside the first guess. */
const MOST_MEASURED = 25

/**
 * Looks for the settings that serve a goal best: a first guess that needs nothing to be known, so that a small file is
 * there at once, whatever comes of the rest; then the front of all allocations over layers by what they are thought to
 * cost and move, its place for the goal by measuring a few of its points, then its neighbours, where each measurement
 * corrects what was thought. With the same table and the same figures it asks for the same settings in the same order, so
 * one that was cut short goes on where it was once `measure` answers from memory.
 * The guess is none of what the search knows, so that it finds the same with it and without it.
 * @param base whose seed and weights are kept; its steps are replaced
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
  const better = (other: SearchPoint<Found> | null): SearchPoint<Found> =>
    other !== null && isBetter(goal, other.found, guess.found) ? other : guess
  yield { phase: 'guess', done: 1, total, point: guess, best: guess }
  yield { phase: 'sensitivity', done: 1, total, point: null, best: guess }
  const search = new Search(goal, base, await world.sensitivity(), world, most)
  for (const steps of [search.onFront(), search.amongNeighbours()])
    for await (const step of steps)
      yield { ...step, done: 1 + step.done, total, best: better(step.best) }
  return {
    best: better(search.bestPoint()),
    settingsFor: (bytes, leastBits) => search.settingsFor(bytes, leastBits),
  }
}

/** 8 bits for every channel of every layer: about a quarter of the bytes of floats. */
function firstGuess(base: Pick<Recipe, 'seed' | 'trained'>): Recipe {
  return withConfig(untouched(base), 'quantize', { bits: 8 }, true)
}
