import type { Pace } from './pace'
import { atMostEvery } from './stream'
import type { Emit } from './stream'
import type { Between } from '../../files/between'

/** Progress as long calls tell it. */
interface PhaseProgress<Phase> {
  readonly phase: Phase
  readonly done: number
  readonly total: number
}

/** What a long piece of work calls on its way. */
export interface PhaseSteps<Phase> {
  /** Tells how far it is, ten times a second at most. */
  readonly report: (progress: PhaseProgress<Phase>) => void
  /** Called between the pieces of one phase: tells, lets messages in, and throws once the work is cancelled. */
  readonly step: (phase: Phase) => Between
}

export function phaseSteps<Phase>(
  pace: Pace,
  emit: Emit<PhaseProgress<Phase>>,
  signal: AbortSignal,
): PhaseSteps<Phase> {
  const report = atMostEvery(100, () => pace.now(), emit)
  return {
    report,
    step: (phase) => (done, total) => {
      report({ phase, done, total })
      return pace.between(signal)
    },
  }
}
