import type { Procedures } from '../../protocol/procedures'
import type { Sensitivities } from './sensitivities'

export function sensitivityProcedures({
  sensitivities,
}: {
  readonly sensitivities: Sensitivities
}): Procedures<'sensitivity'> {
  return { table: ({ recipe }, emit, signal) => sensitivities.table(recipe, emit, signal) }
}
