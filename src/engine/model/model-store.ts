import { StudioError, isStudioError } from '../../core/errors'
import type { ErrorCode } from '../../core/errors'
import { storedCodes } from '../../core/stored-codes'
import { cannotRun } from '../../core/model-summary'
import type { ModelSummary, Obstacles } from '../../core/model-summary'
import type { WeightTensor } from '../../core/weight-tensor'
import { toldBeside } from '../../data/told-beside'
import type { Told } from '../../data/told-beside'
import type { OpenedModel, OpenedWeight } from '../../formats/format'
import { writeModel } from '../../formats/exporters'
import { missingFiles, openDrop } from '../../formats/importers'
import { summarizeModel } from '../../formats/summarize-model'
import { Drop } from '../../files/drop'
import type { BundleFile } from '../../files/file-bundle'
import { writeZip, zipLength } from '../../files/zip-writer'
import { droppedFile } from '../../protocol/dropped-file'
import type { OpenProgress } from '../../protocol/engine-messages'
import type { TrainedWeights } from '../../protocol/training-messages'
import { createPipeline } from '../../techniques/pipeline'
import type { Pipeline } from '../../techniques/pipeline'
import type { Recipe } from '../../techniques/recipe'
import type { TrainingRecord } from '../../training/training-record'
import type { Toolbox } from '../work/toolbox'
import { readTrainedWeights } from './trained-weights'
import { createProvenModel } from './prove-model'
import type { RunnableModel } from './runnable-model'
import { toldByFiles } from './told-by-files'
import { phaseSteps } from '../work/phase-steps'
import type { Emit } from '../work/stream'
import type { Between } from '../../files/between'

/** Everything about the model that is open. */
export interface OpenModelState {
  readonly opened: OpenedModel
  /** What came with it, read. */
  readonly told: readonly Told[]
  readonly summary: ModelSummary
  /** All float weights, in the order of the file. */
  readonly weights: readonly WeightTensor[]
  /** Runs recipes on the file's own weights. */
  readonly pipeline: Pipeline
  /** What training runs have made of the weights, by id. */
  readonly trained: Map<string, TrainedState>
  /** Its weights are those of whatever was measured last; null where tfjs cannot run the model. */
  readonly runnable: RunnableModel | null
  /** Multiply-accumulates of one sample; estimated by the parameters where the file leaves it open. */
  readonly macs: number
}

/** Weights of a training run, and what made them. */
interface TrainedState {
  readonly pipeline: Pipeline
  readonly history: readonly TrainingRecord[]
}

/** A model that runs, or the reason why it does not. */
interface Built {
  readonly runnable: RunnableModel | null
  readonly obstacles: Obstacles
}

type OwnFacts = Pick<ModelSummary, 'id' | 'zippedFloat32Bytes'> & Pick<OpenModelState, 'told'>

/** What says that tfjs could not compute the model when it tried; its weights are as good as any. */
const didNotRun: ReadonlySet<ErrorCode> = new Set([
  'open/build-failed',
  'open/forward-failed',
  'open/forward-non-finite',
])

/**
 * The running model.
 * @throws StudioError the reason why it cannot run
 */
export function requireRunnable({ runnable, summary }: OpenModelState): RunnableModel {
  if (runnable !== null) return runnable
  const { run } = summary.obstacles
  throw run === null ? new StudioError('engine/no-model', {}) : StudioError.from(run)
}

/** @throws StudioError the reason why the open model cannot be used so */
export function requireAble({ summary }: OpenModelState, use: keyof Obstacles): void {
  const obstacle = summary.obstacles[use]
  if (obstacle !== null) throw StudioError.from(obstacle)
}

/** Holds the open model. A new one takes its place only when it has been built and has run. */
export class ModelStore {
  private readonly tools: Toolbox
  private state: OpenModelState | null = null
  private opened = 0
  /** The last drop that was asked about and not opened yet. */
  private waiting: Drop | null = null
  private readonly seen = new WeakMap<Blob, BundleFile>()

  constructor(tools: Toolbox) {
    this.tools = tools
  }

  get current(): OpenModelState | null {
    return this.state
  }

  /** @throws StudioError 'engine/no-model' */
  require(): OpenModelState {
    if (this.state === null) throw new StudioError('engine/no-model', {})
    return this.state
  }

  /**
   * Names of files that a drop still lacks; none where it can be opened.
   * @throws StudioError 'open/...' when the files cannot become a model
   */
  async missing(files: readonly Blob[]): Promise<readonly string[]> {
    const drop = this.dropOf(files)
    const names = await missingFiles(drop)
    this.waiting = drop
    return names
  }

  /**
   * Opens files in place of the model that is open now, which stays open if anything fails.
   * @throws StudioError 'open/...', 'engine/tensor-too-large', 'engine/cancelled'
   */
  async open(
    files: readonly Blob[],
    emit: Emit<OpenProgress>,
    signal: AbortSignal,
  ): Promise<ModelSummary> {
    const { pace, exclusive } = this.tools
    const { report, step } = phaseSteps(pace, emit, signal)
    emit({ phase: 'reading', done: 0, total: 0 })
    const drop = this.dropOf(files)
    this.waiting = null
    const opened = await openDrop(drop, step('reading'))
    emit({ phase: 'building', done: 0, total: 0 })
    const zippedFloat32Bytes = await zippedAsFloat32(opened, step('validating'))
    const facts = { id: this.nextId(), zippedFloat32Bytes, told: await toldBeside(opened) }
    return exclusive.run(signal, async () => {
      const built = await this.build(opened, facts, report, signal)
      const summary = summarize(opened, built, facts)
      this.replace(stateOf(opened, facts, summary, built.runnable))
      return summary
    })
  }

  /** Files with what was read of them when somebody asked what is missing. */
  private dropOf(files: readonly Blob[]): Drop {
    const bundle = files.map((file) => {
      const known = this.seen.get(file) ?? droppedFile(file)
      this.seen.set(file, known)
      return known
    })
    return new Drop(bundle, this.waiting)
  }

  /** Builds and runs a model once; one that tfjs cannot run is left with the reason. */
  private async build(
    opened: OpenedModel,
    facts: OwnFacts,
    report: Emit<OpenProgress>,
    signal: AbortSignal,
  ): Promise<Built> {
    const { pace, backend } = this.tools
    const { obstacles } = opened
    if (obstacles.run !== null) return { runnable: null, obstacles }
    const { info, watch } = backend()
    try {
      const runnable = await createProvenModel(opened, {
        info,
        watch,
        between: (model) => {
          const known = summarize(opened, { runnable: model, obstacles }, facts)
          const heaviest = pace.expect(heaviestLayerMacs(known))
          let done = 0
          return async () => {
            report({ phase: 'running', done: done++, total: known.layers.length })
            await pace.breathe(signal, heaviest)
          }
        },
      })
      return { runnable, obstacles }
    } catch (error) {
      if (!isStudioError(error) || !didNotRun.has(error.code)) throw error
      return { runnable: null, obstacles: cannotRun(error.toData()) }
    }
  }

  /**
   * Makes the weights of a run known, so that recipes can name them.
   * @throws StudioError 'engine/no-model', 'train/checkpoint'
   */
  async addTrained({ id, weights: file, history }: TrainedWeights): Promise<void> {
    const state = this.require()
    if (state.trained.has(id)) return
    const weights = await readTrainedWeights(state.weights, id, await file.arrayBuffer())
    if (this.state === state)
      state.trained.set(id, {
        pipeline: createPipeline(weights, state.opened.layers),
        history,
      })
  }

  /** Closes the model and frees its tensors. */
  close(signal: AbortSignal): Promise<void> {
    return this.tools.exclusive.run(signal, () => {
      this.replace(null)
      return Promise.resolve()
    })
  }

  private replace(next: OpenModelState | null): void {
    this.state?.runnable?.dispose()
    this.state = next
  }

  private nextId(): string {
    this.opened++
    return `${Date.now().toString(36)}-${this.opened}`
  }
}

function stateOf(
  opened: OpenedModel,
  { told }: OwnFacts,
  summary: ModelSummary,
  runnable: RunnableModel | null,
): OpenModelState {
  const weights = opened.weights.flatMap(floatWeight)
  const macs = summary.totals.macs ?? 50 * summary.totals.parameters
  const pipeline = createPipeline(weights, opened.layers)
  return { opened, told, summary, weights, pipeline, trained: new Map(), runnable, macs }
}

/**
 * What runs a recipe: it knows which weights the recipe is meant for.
 * @throws StudioError 'train/no-weights'
 */
export function pipelineFor(state: OpenModelState, { trained }: Recipe): Pipeline {
  if (trained === undefined) return state.pipeline
  const known = state.trained.get(trained)
  if (known === undefined) throw new StudioError('train/no-weights', { id: trained })
  return known.pipeline
}

/** The runs that made the weights a recipe works on, oldest first. */
export function historyOf(state: OpenModelState, { trained }: Recipe): readonly TrainingRecord[] {
  return trained === undefined ? [] : (state.trained.get(trained)?.history ?? [])
}

/** The float weights of a model: what techniques may see. */
function floatWeight({ spec, values, quantized }: OpenedWeight): WeightTensor[] {
  if (!(values instanceof Float32Array)) return []
  const stored =
    quantized === null ? null : storedCodes(spec, quantized.codes, quantized.scale, quantized.min)
  return [{ spec, values, stored }]
}

function summarize(
  opened: OpenedModel,
  { runnable, obstacles }: Built,
  { told, ...facts }: OwnFacts,
): ModelSummary {
  const outputs = runnable?.outputs ?? []
  return summarizeModel(opened, {
    ...facts,
    ...toldByFiles(told, outputs),
    outputShapes: runnable?.outputShapes ?? new Map(),
    inputs: runnable?.inputs ?? [],
    outputs: outputs.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    obstacles,
  })
}

/** Where a shape stays open, a layer counts as if each weight met 50 positions. */
export function heaviestLayerMacs(summary: ModelSummary): number {
  return Math.max(0, ...summary.layers.map(({ macs, parameters }) => macs ?? 50 * parameters))
}

/** What the studio compares a result with: the original in a file of the same kind, as float32. */
async function zippedAsFloat32(opened: OpenedModel, between: Between): Promise<number> {
  const target = { container: opened.container, precision: 'float32' } as const
  const { files } = await writeModel(opened, opened.weights, target, between)
  return zipLength(await writeZip(files, between))
}
