import type { Procedures } from '../../protocol/procedures'
import type { Sensitivities } from './sensitivities'

export function sensitivityProcedures({
  sensitivities,
}: {
  readonly sensitivities: Sensitivities
}): Procedures<'sensitivity'> {
  return { table: (request, emit, signal) => sensitivities.table(request, emit, signal) }
}
