import type { RunStretch } from '../core/run-stretch'
import type { TrainingSettings } from './training-settings'

/** Step decay multiplies by this at a half and at three quarters of what follows the warm-up. */
const STEP_FACTOR = 0.1
/** Cosine decay ends at this share of the peak, so that the last epoch still learns. */
const COSINE_END = 0.01

/**
 * The learning rate of a step: grows linearly during the warm-up, once in a run, then decays.
 * @param step from 0
 * @param total steps of the whole run
 * @param stretch the part of the run in which the decay goes its way once: it starts anew with each. Where the
 *   warm-up ends within one, that one's decay begins there.
 * @see Loshchilov & Hutter 2017, arXiv:1608.03983, for the cosine and for starting anew
 */
export function learningRateAt(
  step: number,
  total: number,
  settings: Pick<TrainingSettings, 'learningRate' | 'warmupEpochs' | 'epochs' | 'decay'>,
  stretch: RunStretch = { from: 0, to: 1 },
): number {
  const { learningRate, warmupEpochs, epochs, decay } = settings
  const warmup = Math.min(total, Math.round((warmupEpochs / epochs) * total))
  if (step < warmup) return (learningRate * (step + 1)) / warmup
  const first = Math.max(warmup, stretch.from * total)
  const last = stretch.to * total
  const progress = last > first ? Math.max(0, (step - first) / (last - first)) : 1
  switch (decay) {
    case 'constant':
      return learningRate
    case 'cosine':
      return (
        learningRate * (COSINE_END + ((1 - COSINE_END) * (1 + Math.cos(Math.PI * progress))) / 2)
      )
    case 'step':
      return learningRate * (progress < 0.5 ? 1 : progress < 0.75 ? STEP_FACTOR : STEP_FACTOR ** 2)
  }
}
