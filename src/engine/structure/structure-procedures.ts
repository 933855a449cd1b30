import type { Procedures } from '../../protocol/procedures'
import type { ChannelCutter } from './channel-cutter'

export function structureProcedures({
  cutter,
}: {
  readonly cutter: ChannelCutter
}): Procedures<'structure'> {
  return {
    groups: () => cutter.groups(),
    blocks: () => cutter.blocks(),
    plan: (request) => cutter.plan(request),
    cut: (request, signal) => cutter.files(request, signal),
  }
}
