import type { Procedures } from '../../protocol/procedures'
import type { Comparisons } from './comparisons'

export function compareProcedures({
  comparisons,
}: {
  readonly comparisons: Comparisons
}): Pick<Procedures<'measure'>, 'compare' | 'drawn' | 'asked'> {
  return {
    compare: (request, emit, signal) => comparisons.compare(request, emit, signal),
    drawn: (request, signal) => comparisons.drawn(request, signal),
    asked: (request, signal) => comparisons.asked(request, signal),
  }
}
