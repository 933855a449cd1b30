import type { Procedures } from '../../protocol/procedures'
import type { Candidates } from './candidates'
import type { Comparisons } from './comparisons'

export function compareProcedures({
  candidates,
  comparisons,
}: {
  readonly candidates: Candidates
  readonly comparisons: Comparisons
}): Pick<Procedures<'measure'>, 'compare' | 'candidate' | 'drawn' | 'asked'> {
  return {
    compare: (request, emit, signal) => comparisons.compare(request, emit, signal),
    candidate: ({ recipe }, emit, signal) => candidates.examine(recipe, emit, signal),
    drawn: (request, signal) => comparisons.drawn(request, signal),
    asked: (request, signal) => comparisons.asked(request, signal),
  }
}
