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
    plan: (request, emit, signal) => cutter.plan(request, emit, signal),
    cut: (request, emit, signal) => cutter.files(request, emit, signal),
  }
}
