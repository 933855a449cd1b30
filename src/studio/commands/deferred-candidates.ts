import type { CandidateParts } from './candidate-commands'
import type { CommandContext } from './command-world'
import { deferredCommands } from './deferred-commands'

/**
 * The commands of settings that are compared, whose code comes with the first of them.
 * @param later loads code, and says where it does not come
 */
export function deferredCandidates(
  context: CommandContext,
  later: <Part>(load: () => Promise<Part>) => () => Promise<Part>,
  { downloadSettings, trained }: CandidateParts,
) {
  const load = later(async () =>
    (await import('./candidate-commands')).createCandidateCommands(context, {
      trained,
      downloadSettings: context.gate.guard('download', downloadSettings),
    }),
  )
  return deferredCommands(load, [
    ...(['pinCandidate', 'unpinCandidate', 'nameCandidate', 'measureCandidate'] as const),
    ...(['measureCandidates', 'downloadCandidate'] as const),
  ])
}
