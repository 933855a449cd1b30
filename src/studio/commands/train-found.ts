import { StudioError } from '../../core/errors'
import type { Searched } from '../../search/run-search'
import { runTraining } from '../../search/run-training'
import type { TrainingStep } from '../../search/run-training'
import type { SearchGoal } from '../../search/search-goal'
import { trainingFor } from '../../training/training-for'
import type { Recipe } from '../../techniques/recipe'
import type { TriedPoint } from '../store/run-slice'
import { foundOf } from '../store/small-figures'
import type { FoundPoint } from '../store/small-figures'
import type { StudioState, StudioStore } from '../store/store'
import type { CommandContext } from './command-world'
import { TimeLeft } from './time-left'
import type { TrainCommands } from './train-commands'
import { trainToEnd } from './train-to-end'
import { untilState } from './until-state'

export type TrainingHands = Pick<
  TrainCommands,
  'trainWith' | 'cancelTraining' | 'pauseTraining' | 'resumeTraining'
>

interface Hands {
  readonly measure: (recipe: Recipe, timeLeft: TimeLeft) => Promise<TriedPoint | null>
  readonly training: TrainingHands
}

interface Order {
  readonly goal: SearchGoal
  readonly searched: Searched<FoundPoint>
  /** What is known to be better than what the first half has found. */
  readonly best: TriedPoint | null
  readonly minutes: number
}

/** The second half of a search: beside the settings in use, as its first half is. */
export async function* trainFound(
  context: CommandContext,
  { measure, training }: Hands,
  { best, goal, minutes, searched }: Order,
  signal: AbortSignal,
): AsyncGenerator<TrainingStep<FoundPoint>, void, undefined> {
  const { store } = context
  // One place from the first setting to the last, or sizes could not be compared.
  const { reportPlace: place, trainingSettings } = store.getState()
  const pauses = countPauses(store, context.now)
  const leave = pauseAsItBegins(store, training)
  try {
    yield* runTraining(
      goal,
      best === null ? searched.best : { recipe: best.recipe, found: foundOf(best, place) },
      {
        settingsFor: searched.settingsFor,
        isLarger: searched.isLarger,
        now: () => context.now() - pauses.passed(),
        train: async (recipe, epochs, isOn) => {
          await untilState(store, (state) => !isHeld(state), signal)
          signal.throwIfAborted()
          const settings = trainingFor(trainingSettings, epochs, isOn)
          return trainToEnd(context, training, settings, signal, recipe)
        },
        measure: async (recipe) => {
          const point = await measure(recipe, new TimeLeft(context.now))
          if (point === null) throw new StudioError('search/not-measured', {})
          return foundOf(point, place)
        },
      },
      60_000 * minutes,
    )
  } finally {
    pauses.leave()
    leave()
  }
}

/** Tells for how many ms runs have been paused so far, until it is left. */
function countPauses(
  store: StudioStore,
  now: () => number,
): { readonly passed: () => number; readonly leave: () => void } {
  let passed = 0
  let since: number | null = null
  const leave = store.subscribe((state) => {
    const { training } = state
    const isPaused = training.state === 'running' && training.phase === 'paused'
    // A run that has yet to learn of it takes its time.
    if (isPaused || (isHeld(state) && training.state !== 'running')) since ??= now()
    else if (since !== null) {
      passed += now() - since
      since = null
    }
  })
  return { passed: () => passed + (since === null ? 0 : now() - since), leave }
}

function isHeld({ makeSmall }: StudioState): boolean {
  return makeSmall.state === 'training' && makeSmall.paused
}

/** A run cannot be paused before it has begun. @returns leaves it */
function pauseAsItBegins(store: StudioStore, training: TrainingHands): () => void {
  const begun = ({ training: now }: StudioState): boolean =>
    now.state === 'running' && now.preparing === null
  return store.subscribe((state, before) => {
    if (isHeld(state) && begun(state) && !begun(before)) training.pauseTraining()
  })
}
