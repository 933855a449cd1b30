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
import type { Program } from '../program/program'
import { strangeOperator } from '../../graph/unrunnable'
import { agreeingProgram } from './agreeing-program'
import { CALIBRATION_SEED, calibrationSource, chooseSamples } from './calibration-source'
import type { CalibrationSource } from './calibration-source'
import type { KnownModels } from './known-models'
import { StatisticsPass } from './statistics-pass'
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
  /** Nothing can be collected, and it is not tried again. */
  isRefused: boolean
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
    const operator = runnable.lookInSteps === null ? strangeOperator(state.opened.graph) : null
    if (operator !== null) return missing('operator', operator)
    const found = await calibrationSource(ground, signal)
    if (typeof found === 'string') return missing(found)
    const source: Source = { ...found, wanted: wantedOf(found, runnable, state.macs) }
    if (source.wanted === 0) return missing('noSplit')
    const { backend } = this.tools.backend().info
    const own = weights.id ?? 'unnamed'
    const key = JSON.stringify([source.split.key, source.wanted, CALIBRATION_SEED, own, backend])
    const kept = this.keptFor(state, weights.id === null ? null : key, requests)
    const { pass } = kept
    const collection = { runnable, source, weights: weights.weights, pass }
    kept.isRefused ||= !(await this.run(state, collection, signal))
    if (kept.isRefused) return missing('answersOtherwise')
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

  private keptFor(
    state: OpenModelState,
    key: string | null,
    requests: readonly StatisticRequest[],
  ): Kept {
    const kept = this.kept.get(state)
    if (key !== null && kept?.key === key && kept.pass.covers(requests)) return kept
    const fresh = { key: key ?? '', pass: new StatisticsPass(requests), isRefused: false }
    if (key !== null) this.kept.set(state, fresh)
    return fresh
  }

  /**
   * Shows the model what it has not been shown yet. One that shows nothing of its layers has a program stand in for it,
   * for as long as that takes.
   * @returns whether that could be done: a program may give other outputs than the model
   */
  private run(
    state: OpenModelState,
    { runnable, source, weights, pass }: Collection,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { exclusive, pace, backend } = this.tools
    const { split, wanted } = source
    // Asked for with every move of a slider: nothing is chosen once all were seen.
    if (pass.done >= wanted) return Promise.resolve(true)
    const chosen = chooseSamples(split.count, wanted)
    return exclusive.run(signal, async () => {
      this.known.requireOpen(state)
      await runnable.setWeights(weights, () => pace.between(signal))
      const size = batchSize(runnable)
      let look = runnable.lookInSteps
      let program: Program | null = null
      try {
        while (pass.done < chosen.length) {
          const batch = chosen.subarray(pass.done, pass.done + size)
          const inputs = inputTensors(await split.rows(batch, signal), batch.length)
          const layerMs = pace.expect(state.macs * batch.length)
          const between = (): Promise<void> => pace.between(signal, layerMs)
          try {
            if (look === null) {
              program = await agreeingProgram(state.opened, weights, runnable, inputs, between)
              if (program === null) return false
              look = program.lookInSteps
            }
            await pass.batch(look, inputs, batch.length, between)
          } finally {
            tf.dispose(inputs)
          }
          await backend().watch.settle()
        }
        return true
      } finally {
        program?.dispose()
      }
    })
  }
}

interface Collection {
  readonly runnable: RunnableModel
  readonly source: Source
  readonly weights: readonly NamedWeight[]
  readonly pass: StatisticsPass
}

function missing(reason: MissingCalibration, operator?: string): Calibration {
  const named = operator === undefined ? {} : { operator }
  return { facts: { state: 'missing', reason, ...named }, statistics: null }
}

/** Whole batches where a graph takes no others: what would fill up the last one is no sample. */
function wantedOf({ split }: CalibrationSource, { frozenBatch }: RunnableModel, macs: number) {
  const wanted = Math.min(split.count, calibrationCount(macs))
  return wanted - (wanted % (frozenBatch ?? 1))
}

/** Fewer samples for heavier models, by their work alone, so that a number can be repeated elsewhere. */
function calibrationCount(macs: number): number {
  return macs > 2e9 ? 64 : macs > 2e8 ? 256 : 1024
}

/** Follows from the model alone: sums of other batches round otherwise. */
function batchSize({ frozenBatch, outputShapes }: RunnableModel): number {
  if (frozenBatch !== null) return frozenBatch
  const largest = Math.max(1, ...[...outputShapes.values()].map(outputBytes))
  return Math.max(1, Math.min(MOST_IN_BATCH, Math.floor(BATCH_BYTES / largest)))
}
