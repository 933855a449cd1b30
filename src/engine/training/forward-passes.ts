import type { SimulatedActivations } from '../../protocol/training-messages'
import { BatchFeed } from '../samples/batch-feed'
import { STATISTICS_BATCH, reestimateStatistics } from './network/batch-statistics'
import type { Objective } from './network/objective'
import { CALIBRATION_BATCH } from './hooks/activation-hook'
import { SIMULATION_BATCH, simulateActivations } from './hooks/simulate-activations'
import type { Stepper } from './stepper'
import { disposeTaught } from './distillation/teacher'
import type { Teacher } from './distillation/teacher'
import type { TrainingParts } from './training-parts'
import { forwardPiece } from './training-task'
import type { TrainingTask } from './training-task'

/** Samples by which a teacher's usual loss is known, where they fit. */
const USUAL_SAMPLES = 64

/** What a run computes without moving weights: statistics, ranges of activations, simulated accuracy. */
export class ForwardPasses {
  private readonly task: TrainingTask
  private readonly parts: TrainingParts
  private readonly stepper: Stepper
  private readonly signal: AbortSignal

  constructor(task: TrainingTask, parts: TrainingParts, stepper: Stepper, signal: AbortSignal) {
    this.task = task
    this.parts = parts
    this.stepper = stepper
    this.signal = signal
  }

  /** Statistics of batch normalisation for the weights as the model sees them now. */
  renewStatistics(train: BatchFeed): Promise<void> {
    const piece = forwardPiece(this.task, STATISTICS_BATCH)
    return reestimateStatistics(this.parts.model, train, piece, this.alone, this.signal)
  }

  /** The loss of a model that knows nothing, on some samples where a teacher decides it. */
  async usualLoss(feed: BatchFeed, objective: Objective, teacher: Teacher | null): Promise<number> {
    if (teacher === null && objective.usual !== null) return objective.usual
    const { exclusive } = this.task.tools
    let found = objective.usual ?? 0
    const samples = forwardPiece(this.task, USUAL_SAMPLES)
    for await (const batch of feed.inOrder(samples, 1, this.signal)) {
      const usual = objective.usual ?? meanSquare(batch.expected)
      if (teacher === null) return usual
      found = await exclusive.run(this.signal, async () => {
        const taught = await teacher.teach(batch, (work) => this.stepper.within(work))
        try {
          // A hint that says nothing is off by as much as there is to say.
          const hint = this.parts.hint?.place.weight ?? 0
          return (await teacher.usualLoss(taught.logits, usual)) + hint
        } finally {
          disposeTaught(taught)
        }
      })
    }
    return found
  }

  /** Ranges of activations, once; a checkpoint brings them back. */
  async calibrate(): Promise<void> {
    const { activations, model } = this.parts
    const { calibration, settings } = this.task
    const feed = new BatchFeed(calibration, settings)
    const piece = forwardPiece(this.task, CALIBRATION_BATCH)
    await activations?.calibrate(model, feed, piece, this.alone, this.signal)
  }

  /** Accuracy with fake-quantized activations; null where they are off. */
  async simulate(): Promise<SimulatedActivations | null> {
    const { settings, validation } = this.task
    const { activationBits } = settings.quantization
    if (activationBits === null) return null
    const { model } = this.parts
    const quantized = { bits: activationBits, batch: forwardPiece(this.task, SIMULATION_BATCH) }
    return simulateActivations(model, validation, settings, quantized, this.alone, this.signal)
  }

  /** Runs one piece of work alone and with the training kernels, and lets messages in before it. */
  private readonly alone = async (work: () => void): Promise<void> => {
    const { settings, state, tools } = this.task
    await tools.pace.breathe(this.signal, 3 * tools.pace.expect(state.macs * settings.batchSize))
    await tools.exclusive.run(this.signal, () => {
      this.stepper.within(work)
      return Promise.resolve()
    })
  }
}

function meanSquare(values: Float32Array = new Float32Array()): number {
  return values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length)
}
