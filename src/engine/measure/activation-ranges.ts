import * as tf from '@tensorflow/tfjs'
import { activationRange } from '../../core/activation-range'
import { StudioError } from '../../core/errors'
import type { ActivationSettings, ExportTarget } from '../../core/model-summary'
import { ValueHistogram } from '../../core/value-histogram'
import type { Activations, CalibrationFile, ExportTensor } from '../../formats/exporter'
import { exporterFor } from '../../formats/exporters'
import type { OpenModelState } from '../model/model-store'
import { OnnxRuntimeSession } from '../model/onnx-runtime-session'
import { inputTensors } from '../samples/samples-for-model'
import { madeUpFor, syntheticBatch } from '../samples/synthetic-inputs'
import type { Toolbox } from '../work/toolbox'
import { calibrationSource, chooseSamples } from './calibration-source'
import { weightBytes } from '../model/weight-bytes'
import type { WorkGround } from './work-ground'

/** As many as quantizers are usually given; so few say as much of a range. */
const MOST_SAMPLES = 512
/** Fewer where one takes long, by the work of the model alone. */
const FEWER_SAMPLES = 64
const HEAVY_MACS = 2e8
/** All values of a batch are there at once, so that models with large ones are shown few. */
const BATCH = 16
/** Of what is made up; another number than what is measured on. */
const SYNTHETIC_SEED = 7_120_031
/** What is only run once has to fit twice into the memory of a page. */
const MOST_BYTES = 128 * 2 ** 20

interface Seen {
  readonly key: string
  readonly histograms: ReadonlyMap<string, ValueHistogram>
  readonly ranks: ReadonlyMap<string, number>
  readonly samples: Activations['samples']
}

/** Samples for a model, any of them at once. */
interface ShownSamples {
  readonly count: number
  readonly of: string
  readonly batch: (from: number, to: number) => Promise<readonly tf.Tensor[]>
}

/** Which values activations of the open model take, seen on samples that nothing is measured on. */
export class ActivationRanges {
  /** The last settings of each model; ranges of another kind are made of the same values. */
  private readonly kept = new WeakMap<OpenModelState, Seen>()

  constructor(private readonly tools: Toolbox) {}

  /** Why nothing can be seen of activations that a target asks for; null where it can, or it asks for none. */
  refusalOf({ state }: WorkGround, { activations }: ExportTarget): StudioError | null {
    if (activations === undefined) return null
    if (state.runnable === null) return new StudioError('export/not-calibrated', {})
    const bytes = weightBytes(state.opened)
    return bytes > MOST_BYTES ? new StudioError('export/too-large-to-calibrate', {}) : null
  }

  /**
   * What a target has to know of activations.
   * @param id of the settings that the tensors are of
   * @returns undefined: nothing
   * @throws StudioError 'export/not-calibrated', 'export/too-large-to-calibrate', 'open/onnx-refused', 'engine/cancelled'
   */
  async of(
    ground: WorkGround,
    target: ExportTarget,
    tensors: readonly ExportTensor[],
    id: string,
    signal: AbortSignal,
  ): Promise<Activations | undefined> {
    const { activations: settings, container, precision } = target
    if (settings === undefined) return undefined
    const { state } = ground
    const refusal = this.refusalOf(ground, target)
    if (refusal !== null) throw refusal
    const key = JSON.stringify([id, container, precision, ground.data?.summary ?? null])
    const known = this.kept.get(state)
    if (known?.key === key) return ofSeen(known, settings)
    const { calibration } = exporterFor(container)
    const file = calibration?.(state.opened, tensors, precision) ?? null
    if (file === null) return undefined
    const found = { key, ...(await this.see(ground, file, signal)) }
    this.kept.set(state, found)
    return ofSeen(found, settings)
  }

  private async see(
    ground: WorkGround,
    file: CalibrationFile,
    signal: AbortSignal,
  ): Promise<Omit<Seen, 'key'>> {
    const { environment, exclusive, pace } = this.tools
    const samples = await samplesFor(ground, signal)
    const histograms = new Map([...file.shown.keys()].map((name) => [name, new ValueHistogram()]))
    let ranks: ReadonlyMap<string, number> = new Map()
    return exclusive.run(signal, async () => {
      const session = new OnnxRuntimeSession(await environment.loadOnnxRuntime(), environment)
      try {
        await session.renew(file.bytes)
        const size = session.inputs[0]?.sides?.[0] ?? BATCH
        for (let from = 0; from + size <= samples.count || from === 0; from += size) {
          const inputs = await samples.batch(from, from + size)
          try {
            ranks = await add(session, inputs, file.shown, histograms)
          } finally {
            tf.dispose([...inputs])
          }
          await pace.between(signal)
        }
      } finally {
        await session.end()
      }
      if ([...histograms.values()].some(({ isLost }) => isLost))
        throw new StudioError('export/not-calibrated', {})
      return { histograms, ranks, samples: { count: samples.count, of: samples.of } }
    })
  }
}

/** @returns how many axes each value has */
async function add(
  session: OnnxRuntimeSession,
  inputs: readonly tf.Tensor[],
  shown: CalibrationFile['shown'],
  histograms: ReadonlyMap<string, ValueHistogram>,
): Promise<ReadonlyMap<string, number>> {
  const given = session.inputs.flatMap(({ name }, at) => {
    const input = inputs[at]
    return input === undefined ? [] : [[name, input] as const]
  })
  const values = await session.run(new Map(given), [...shown.values()])
  try {
    for (const [at, value] of [...shown.keys()].entries()) {
      const numbers = await values[at]?.data()
      if (numbers !== undefined) histograms.get(value)?.add(Float32Array.from(numbers))
    }
    return new Map([...shown.keys()].map((value, at) => [value, values[at]?.rank ?? 0]))
  } finally {
    tf.dispose(values)
  }
}

/** Of the training split, or what was set apart for it; without data made up. */
async function samplesFor(ground: WorkGround, signal: AbortSignal): Promise<ShownSamples> {
  const { runnable } = ground.state
  const most = ground.state.macs > HEAVY_MACS ? FEWER_SAMPLES : MOST_SAMPLES
  const source = await calibrationSource(ground, signal)
  if (typeof source !== 'string' && source.split.count > 0) {
    const { dataset, split } = source
    const chosen = chooseSamples(split.count, most)
    return {
      count: chosen.length,
      of: `${dataset}, ${split.name}`,
      batch: async (from, to) => {
        const own = chosen.subarray(from, to)
        return inputTensors(await split.rows(own, signal), own.length)
      },
    }
  }
  const inputs = runnable?.inputs ?? []
  const madeUp = madeUpFor(ground.state.opened.graph, inputs)
  return {
    count: FEWER_SAMPLES,
    of: 'made up, since there were no data',
    batch: (from, to) => Promise.resolve(syntheticBatch(inputs, from, to, SYNTHETIC_SEED, madeUp)),
  }
}

function ofSeen({ histograms, ranks, samples }: Seen, settings: ActivationSettings): Activations {
  const ranges = [...histograms].map(
    ([value, seen]) => [value, activationRange(seen, settings.range)] as const,
  )
  return { settings, samples, ranks, ranges: new Map(ranges) }
}
