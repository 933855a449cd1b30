import { picturePreparation, withTried } from '../../data/data-settings'
import { commonPreparations } from '../../data/preparation'
import type { PreparationTrial, TrialRequest } from '../../protocol/data-messages'
import type { AttachedData } from '../samples/attached-data'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import { inputsOf, runSubject } from './subject'
import type { Subject } from './subject'
import { OrderTally, candidateOrders } from './tried-orders'

/** Samples by which preparations are compared: a few hundred tell right from wrong. */
const TRIAL_SAMPLES = 256
/** A slow model is shown fewer of them, as nobody has asked it to take minutes. */
const FEWEST_SAMPLES = 32
const ALL_TRIALS_MS = 20_000

/**
 * Measures the original under each common preparation, and each order of classes on the same outputs.
 * @param locked runs one preparation on the original while nothing else runs, so that other work comes in between
 */
export async function tryPreparations(
  data: AttachedData,
  request: TrialRequest,
  locked: (work: (original: Subject) => Promise<void>) => Promise<void>,
  tools: Toolbox,
  emit: Emit<PreparationTrial>,
  signal: AbortSignal,
): Promise<void> {
  const { settings, classOrders } = data.summary
  const orders = candidateOrders(data.summary, request)
  // Where there is an order that has every class, no sample is left out.
  const classMap = classOrders[0]?.map ?? settings.classMap
  const pictures = picturePreparation(settings)
  const preparations = pictures === null ? [null] : commonPreparations(pictures)
  const total = preparations.length
  let samples = TRIAL_SAMPLES
  for (const [index, preparation] of preparations.entries()) {
    const split = await data
      .configured({ ...withTried(settings, preparation), classMap })
      .split('validation', () => undefined, signal)
    await locked(async (original) => {
      const tally = new OrderTally(split, orders, original.runnable.outputs[0]?.kind ?? 'scores')
      const showing = { make: inputsOf(split, signal), tools, signal }
      const show = (from: number, to: number): Promise<void> =>
        runSubject(showing, original, from, Math.min(to, split.count), (outputs, at) => {
          tally.add(outputs, at)
        })
      if (index === 0) {
        const start = tools.pace.now()
        await show(0, FEWEST_SAMPLES)
        const each = (tools.pace.now() - start) / FEWEST_SAMPLES
        const affordable = Math.floor(ALL_TRIALS_MS / Math.max(1e-3, each) / total)
        samples = Math.max(FEWEST_SAMPLES, Math.min(TRIAL_SAMPLES, affordable))
        if (split.count > FEWEST_SAMPLES) await show(FEWEST_SAMPLES, samples)
      } else await show(0, samples)
      emit({ preparation, orders: tally.tried(), done: index + 1, total })
    })
  }
}
