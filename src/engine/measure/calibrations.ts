import * as tf from '@tensorflow/tfjs'
import type {
  Calibration,
  CalibrationFacts,
  MissingCalibration,
  StatisticRequest,
} from '../../techniques/statistics'
import type { OpenModelState } from '../model/model-store'
import { outputBytes } from '../model/prove-model'
import type { NamedWeight, RunnableModel } from '../model/runnable-model'
import { inputTensors } from '../samples/samples-for-model'
import type { Toolbox } from '../work/toolbox'
import { CALIBRATION_SEED, calibrationSource, chooseSamples } from './calibration-source'
import type { CalibrationSource } from './calibration-source'
import type { KnownModels } from './known-models'
import { StatisticsPass } from './statistics-pass'
import type { LookInSteps } from './statistics-pass'
import type { WorkGround } from './work-ground'

/** The layers of a batch are looked at one by one, so no more than this is held at a time. */
const BATCH_BYTES = 64 * 2 ** 20
const MOST_IN_BATCH = 64

/** Weights in front of which statistics are collected. */
export interface NamedWeights {
  /** Equal ids: equal weights; null: never seen again, such as those in the middle of a run. */
  readonly id: string | null
  readonly weights: readonly NamedWeight[]
}

/** What is shown to the model. */
interface Source extends CalibrationSource {
  /** How many of its samples. */
  readonly wanted: number
}

interface Kept {
  readonly key: string
  readonly pass: StatisticsPass
}

/** What the layers of the open model are given by samples that are set apart for it. */
export class Calibrations {
  private readonly tools: Toolbox
  private readonly known: KnownModels
  /** One for each model: the last data and weights. */
  private readonly kept = new WeakMap<OpenModelState, Kept>()

  constructor(tools: Toolbox, known: KnownModels) {
    this.tools = tools
    this.known = known
  }

  /**
   * Collects what steps have asked for, once for the same data and weights.
   * @throws StudioError 'engine/cancelled', 'data/...', or the fault of the device; a later call goes on
   *   where this one was
   */
  async of(
    ground: WorkGround,
    weights: NamedWeights,
    requests: readonly StatisticRequest[],
    signal: AbortSignal,
  ): Promise<Calibration> {
    const { state } = ground
    const { runnable } = state
    if (runnable === null) return missing('notRunnable')
    const look = runnable.lookInSteps
    if (look === null) return missing('inOnePiece')
    const found = await calibrationSource(ground, signal)
    if (typeof found === 'string') return missing(found)
    const source: Source = {
      ...found,
      wanted: Math.min(found.split.count, calibrationCount(state.macs)),
    }
    const { backend } = this.tools.backend().info
    const own = weights.id ?? 'unnamed'
    const key = JSON.stringify([source.split.key, source.wanted, CALIBRATION_SEED, own, backend])
    const pass = this.passFor(state, weights.id === null ? null : key, requests)
    await this.run(state, { runnable, look, source, weights: weights.weights, pass }, signal)
    const facts: CalibrationFacts = {
      state: 'known',
      dataset: source.dataset,
      hash: source.hash,
      split: source.split.name === 'calibration' ? 'calibration' : 'train',
      samples: source.wanted,
      seed: CALIBRATION_SEED,
      weights: own,
      backend,
    }
    return { facts, statistics: { key, of: (layer, kind) => pass.of(layer, kind) } }
  }

  private passFor(
    state: OpenModelState,
    key: string | null,
    requests: readonly StatisticRequest[],
  ): StatisticsPass {
    const kept = this.kept.get(state)
    if (key !== null && kept?.key === key && kept.pass.covers(requests)) return kept.pass
    const pass = new StatisticsPass(requests)
    if (key !== null) this.kept.set(state, { key, pass })
    return pass
  }

  /** Shows the model what it has not been shown yet. */
  private run(
    state: OpenModelState,
    { runnable, look, source, weights, pass }: Collection,
    signal: AbortSignal,
  ): Promise<void> {
    const { exclusive, pace, backend } = this.tools
    const { split, wanted } = source
    // Asked for with every move of a slider: nothing is chosen once all were seen.
    if (pass.done >= wanted) return Promise.resolve()
    const chosen = chooseSamples(split.count, wanted)
    return exclusive.run(signal, async () => {
      this.known.requireOpen(state)
      await runnable.setWeights(weights, () => pace.between(signal))
      const size = batchSize(runnable)
      while (pass.done < chosen.length) {
        const batch = chosen.subarray(pass.done, pass.done + size)
        const inputs = inputTensors(await split.rows(batch, signal), batch.length)
        const layerMs = pace.expect(state.macs * batch.length)
        try {
          await pass.batch(look, inputs, batch.length, () => pace.between(signal, layerMs))
        } finally {
          tf.dispose(inputs)
        }
        await backend().watch.settle()
      }
    })
  }
}

interface Collection {
  readonly runnable: RunnableModel
  readonly look: LookInSteps
  readonly source: Source
  readonly weights: readonly NamedWeight[]
  readonly pass: StatisticsPass
}

function missing(reason: MissingCalibration): Calibration {
  return { facts: { state: 'missing', reason }, statistics: null }
}

/** Fewer samples for heavier models, by their work alone, so that a number can be repeated elsewhere. */
function calibrationCount(macs: number): number {
  return macs > 2e9 ? 64 : macs > 2e8 ? 256 : 1024
}

/** Follows from the model alone: sums of other batches round otherwise. */
function batchSize({ outputShapes }: RunnableModel): number {
  const largest = Math.max(1, ...[...outputShapes.values()].map(outputBytes))
  return Math.max(1, Math.min(MOST_IN_BATCH, Math.floor(BATCH_BYTES / largest)))
}
