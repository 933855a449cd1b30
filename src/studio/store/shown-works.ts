import { longWorks } from './long-works'
import type { LongWork } from './long-works'
import { isGoingOn } from './make-small-slice'
import type { StudioState } from './store'

/** What goes on, as far as the page shows it. */
export function shownWorks(state: StudioState): readonly LongWork[] {
  const { casePaths, cut, data, exporting, opening, phase, reading, sweep, teacher } = state
  const { makeSmall, variants } = state
  const goesOn: Readonly<Record<LongWork, boolean>> = {
    opening: opening.state !== 'idle',
    reading: reading?.busy === true,
    attaching: data.state === 'loading',
    search: state.trial.state === 'running',
    measuring: phase === 'dragging' || phase === 'measuring',
    download: [exporting, variants].some(
      ({ state: at }) => at === 'running' || at === 'cancelling',
    ),
    teacher: teacher.state === 'opening',
    cut: cut.state === 'cutting',
    training: state.training.state === 'running',
    caseStudy: casePaths.some(({ status }) => status.state === 'running'),
    sweep: sweep.state === 'running',
    makeSmall: isGoingOn(makeSmall),
    // Each view keeps its own.
    answers: false,
  }
  return longWorks.filter((work) => goesOn[work])
}
