import type { Recipe } from '../techniques/recipe'
import { Search } from './search'
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

const MOST_MEASURED = 25

/**
 * Looks for the settings that serve a goal best: the front of all allocations over layers by what they are thought to
 * cost and move, its place for the goal by measuring a few of its points, then its neighbours, where each measurement
 * corrects what was thought. With the same table and the same figures it asks for the same settings in the same order, so
 * one that was cut short goes on where it was once `measure` answers from memory.
 * @param base whose seed and weights are kept; its steps are replaced
 * @returns null where nothing could be measured
 */
export async function* runSearch<Found extends Figures>(
  goal: SearchGoal,
  base: Pick<Recipe, 'seed' | 'trained'>,
  world: SearchWorld<Found>,
  most = MOST_MEASURED,
): AsyncGenerator<SearchStep<Found>, Searched<Found> | null, undefined> {
  yield { phase: 'sensitivity', done: 0, total: most, point: null, best: null }
  const search = new Search(goal, base, await world.sensitivity(), world, most)
  yield* search.onFront()
  yield* search.amongNeighbours()
  const best = search.bestPoint()
  return best && { best, settingsFor: (bytes, leastBits) => search.settingsFor(bytes, leastBits) }
}
