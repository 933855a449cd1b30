import { StudioError } from '../../core/errors'
import type { ModelSummary, Obstacles } from '../../core/model-summary'
import type { WeightTensor } from '../../core/weight-tensor'
import type { Told } from '../../data/told-beside'
import { codesOfOneRange } from '../../formats/format'
import type { OpenedModel, OpenedWeight } from '../../formats/format'
import { checkDrop, missingFiles, openDrop } from '../../formats/importers'
import { Drop } from '../../files/drop'
import type { BundleFile } from '../../files/file-bundle'
import { droppedFile } from '../../protocol/dropped-file'
import type { OpenProgress } from '../../protocol/engine-messages'
import type { CutOrigin, CutRecord } from '../../protocol/structure-messages'
import type { TrainedWeights } from '../../protocol/training-messages'
import { createPipeline } from '../../techniques/pipeline'
import type { Pipeline } from '../../techniques/pipeline'
import type { Recipe } from '../../techniques/recipe'
import type { TrainingRecord } from '../../training/training-record'
import type { Toolbox } from '../work/toolbox'
import { makeModel, readFiles } from './open-files'
import type { MadeModel } from './open-files'
import { Originals, WholeModel } from './original'
import type { Original } from './original'
import { createProvenModel } from './prove-model'
import type { QuickModel } from './quick-model'
import { readTrainedWeights } from './trained-weights'
import type { RunnableModel } from './runnable-model'
import { phaseSteps } from '../work/phase-steps'
import type { Emit } from '../work/stream'

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
  /** What it is compared with: itself as it was opened, or what it was cut from first. */
  readonly original: Original
  /** null: it is the original. */
  readonly past: Past | null
  /** Its weights are those of whatever was measured last; null where tfjs cannot run the model. */
  readonly runnable: RunnableModel | null
  /** The same by the inference pass, for what is measured before there is a file; null: `runnable` is. */
  readonly quick: QuickModel | null
  /** Multiply-accumulates of one sample; estimated by the parameters where the file leaves it open. */
  readonly macs: number
}

/** Weights of a training run, and what made them. */
interface TrainedState {
  readonly pipeline: Pipeline
  readonly history: readonly TrainingRecord[]
}

/** Where a model comes from that lost some of its parts. */
interface Past {
  /** Oldest first. */
  readonly cuts: readonly CutRecord[]
  readonly whole: WholeModel
}

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
  private readonly originals = new Originals()

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
   * @param whole reads files that are complete to their end as well, weights and all
   * @throws StudioError 'open/...' when the files cannot become a model, 'engine/cancelled'
   */
  async missing(
    files: readonly Blob[],
    whole: boolean,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const drop = this.dropOf(files)
    const between = (): Promise<void> => this.tools.pace.between(signal)
    const names = await missingFiles(drop, between)
    if (whole && names.length === 0) await checkDrop(drop, between)
    this.waiting = drop
    return names
  }

  /**
   * Opens files in place of the model that is open now, which stays open if anything fails.
   * @param origin what the files were cut from; null: they are what the person opened
   * @throws StudioError 'open/...', 'engine/tensor-too-large', 'engine/cancelled'
   */
  async open(
    files: readonly Blob[],
    origin: CutOrigin | null,
    emit: Emit<OpenProgress>,
    signal: AbortSignal,
  ): Promise<ModelSummary> {
    const { report, step } = phaseSteps(this.tools.pace, emit, signal)
    emit({ phase: 'reading', done: 0, total: 0 })
    const drop = this.dropOf(files)
    this.waiting = null
    const found = await readFiles(drop, step)
    const past = origin === null ? null : await this.pastOf(origin, emit, signal)
    const cutFrom = past?.original ?? null
    // Files of a cut lie in no folder that would say what the model is called.
    const name = cutFrom?.summary.name ?? found.opened.name
    const read = { ...found, opened: { ...found.opened, name } }
    emit({ phase: 'building', done: 0, total: 0 })
    try {
      return await this.tools.exclusive.run(signal, async () => {
        const own = { id: this.nextId(), cutFrom }
        const made = await makeModel(read, own, this.tools, report, signal)
        const { original, layers } = made.summary
        const itself = cutFrom ?? this.originals.keep({ files, summary: original, layers })
        this.replace(stateOf(made, itself, past))
        return made.summary
      })
    } catch (error) {
      past?.whole.release()
      throw error
    }
  }

  /** The original of files that were cut from it, opened once more where this worker does not know it. */
  private async pastOf(
    { cuts, files }: CutOrigin,
    emit: Emit<OpenProgress>,
    signal: AbortSignal,
  ): Promise<Past & { readonly original: Original }> {
    const build = (during: AbortSignal): Promise<RunnableModel> => this.buildAgain(files, during)
    const known = this.originals.find(files)
    if (known !== null) return { cuts, original: known, whole: new WholeModel(build, null) }
    const { report, step } = phaseSteps(this.tools.pace, emit, signal)
    const read = await readFiles(new Drop(files.map(droppedFile)), step)
    const { runnable, summary } = await this.tools.exclusive.run(signal, () =>
      makeModel(read, { id: '', cutFrom: null }, this.tools, report, signal),
    )
    const { layers, original } = summary
    return {
      cuts,
      original: this.originals.keep({ files, summary: original, layers }),
      whole: new WholeModel(build, runnable),
    }
  }

  private async buildAgain(files: readonly Blob[], signal: AbortSignal): Promise<RunnableModel> {
    const { backend, environment, pace } = this.tools
    const opened = await openDrop(new Drop(files.map(droppedFile)), () => pace.between(signal))
    const { info, watch } = backend()
    return createProvenModel(opened, {
      ...{ environment, info, watch },
      between: () => () => pace.breathe(signal, 0),
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
        pipeline: createPipeline(weights, state.opened.graph),
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
    this.state?.quick?.runnable.dispose()
    this.state?.past?.whole.release()
    this.state = next
  }

  private nextId(): string {
    this.opened++
    return `${Date.now().toString(36)}-${this.opened}`
  }
}

function stateOf(
  { opened, quick, runnable, summary, told }: MadeModel,
  original: Original,
  past: Past | null,
): OpenModelState {
  const weights = opened.weights.flatMap(floatWeight)
  const macs = summary.totals.macs ?? 50 * summary.totals.parameters
  const pipeline = createPipeline(weights, opened.graph)
  const trained = new Map<string, TrainedState>()
  return {
    opened,
    told,
    summary,
    weights,
    pipeline,
    trained,
    original,
    past,
    runnable,
    quick,
    macs,
  }
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
function floatWeight(weight: OpenedWeight): WeightTensor[] {
  const { spec, values } = weight
  if (!(values instanceof Float32Array)) return []
  return [{ spec, values, stored: codesOfOneRange(weight) }]
}
