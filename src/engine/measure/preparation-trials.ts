import { commonPreparations } from '../../data/preparation'
import { ClassTally } from '../../data/scores'
import type { PreparationTrial } from '../../protocol/data-messages'
import type { AttachedData } from '../samples/attached-data'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import { inputsOf, runSubject } from './subject'
import type { Subject } from './subject'

/** Samples by which preparations are compared: a few hundred tell right from wrong. */
const TRIAL_SAMPLES = 256

/** Measures the original under each common preparation. Needs the lock. */
export async function tryPreparations(
  data: AttachedData,
  subject: Subject,
  tools: Toolbox,
  emit: Emit<PreparationTrial>,
  signal: AbortSignal,
): Promise<void> {
  const { settings } = data.summary
  if (settings.preparation === null) return
  const preparations = commonPreparations(settings.preparation)
  for (const [index, preparation] of preparations.entries()) {
    const changed = data.configured({ ...settings, preparation })
    const split = await changed.split('validation', () => undefined, signal)
    const { targets } = split
    if (targets.task !== 'classification' && targets.task !== 'binary') return
    const tally = new ClassTally(targets, subject.runnable.outputs[0]?.kind ?? 'scores')
    const count = Math.min(TRIAL_SAMPLES, split.count)
    const showing = { make: inputsOf(split, signal), tools, signal }
    await runSubject(showing, subject, 0, count, (outputs, from) => {
      tally.add({ outputs, from })
    })
    const { correct, samples } = tally.scores()
    emit({ preparation, correct, measured: samples, done: index + 1, total: preparations.length })
  }
}
