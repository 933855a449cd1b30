import { isStudioError, StudioError } from '../../core/errors'
import type { StudioErrorData } from '../../core/errors'
import type { VariantId } from '../../core/transformers-variants'
import type { OpenedModel, RefillableFile } from '../../formats/format'
import { memoryFile } from '../../files/file-bundle'
import { openModel } from '../../formats/importers'
import { skeletonOf } from '../../formats/onnx/export-onnx'
import { RefilledFile } from '../../formats/refilled-file'
import { withPicturePorts } from '../../formats/transformers-js/picture-ports'
import { transformersPlan } from '../../formats/transformers-js/transformers-plan'
import type { TransformersPlan } from '../../formats/transformers-js/transformers-plan'
import type {
  VariantRow,
  VariantsEvent,
  VariantsOriginal,
  VariantsProgress,
  VariantsRequest,
  VariantsZip,
} from '../../protocol/variant-messages'
import type { Compared } from '../measure/known-models'
import type { Measurements } from '../measure/measurements'
import { timeOnnx } from '../measure/time-onnx'
import type { WorkGround } from '../measure/work-ground'
import { heaviestLayerMacs } from '../model/open-files'
import { requireRunnable } from '../model/model-store'
import type { ModelStore, OpenModelState } from '../model/model-store'
import { createProvenModel } from '../model/prove-model'
import type { RunnableModel } from '../model/runnable-model'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import { knownClassifier } from './known-classifier'
import { originalByRuntime } from './measure-file'
import type { RecipeRunner } from './recipe-runner'
import { turnedInputs } from './turned-inputs'
import type { WrittenVariant } from './variant-recipe'
import { zippedVariants } from './zipped-variants'
import type { KeptVariant } from './zipped-variants'
import { writtenVariant } from './written-variant'
import type { WrittenFile } from './written-variant'

interface Made {
  /** Settings and data that they were made with. */
  readonly key: string
  readonly plan: TransformersPlan
  readonly variants: Map<VariantId, KeptVariant>
}

/** What all variants of a model share. */
interface Shared {
  readonly ground: WorkGround
  readonly plan: TransformersPlan
  /** The original by the runtime of ONNX; null: what runs the open model says what it says. */
  readonly original: RunnableModel | null
}

/** @param part of measuring, 0..1 */
type Tell = (phase: VariantsProgress['phase'], part?: number) => void

/** What of a variant is done when a phase begins, as it took with LeNet-5. */
const partsBefore: Readonly<Record<VariantsProgress['phase'], number>> = {
  ...{ writing: 0, timing: 0.4, measuring: 0.6 },
}

interface VariantParts {
  readonly tools: Toolbox
  readonly models: ModelStore
  readonly measurements: Measurements
  readonly runner: RecipeRunner
}

/** Variants of the open model for Transformers.js, and those that were made last. */
export class Variants {
  private readonly made = new WeakMap<OpenModelState, Made>()

  constructor(private readonly parts: VariantParts) {}

  /**
   * Writes variants, reads each again, and measures it by the runtime of ONNX beside the original. What is refused gets a row
   * with the reason.
   * @throws StudioError 'export/transformers-...', 'engine/...', what the open model cannot run for
   */
  async make(
    { recipe, variants }: VariantsRequest,
    emit: Emit<VariantsEvent>,
    signal: AbortSignal,
  ): Promise<undefined> {
    const { measurements, models } = this.parts
    const ground = measurements.groundOf(models.require())
    requireRunnable(ground.state)
    const plan = await this.planOf(ground)
    const skeleton = skeletonFor(ground.state.opened, plan)
    const at =
      (id: VariantId | null, finished: number): Tell =>
      (phase, part = 0) => {
        const share = finished + partsBefore[phase] + (1 - partsBefore.measuring) * part
        emit({ type: 'progress', id, phase, share: share / Math.max(1, variants.length) })
      }
    at(null, 0)('timing')
    emit({ type: 'original', original: await this.originalOf(ground, skeleton, signal) })
    const made: Made = { key: keyOf(ground, recipe), plan, variants: new Map() }
    this.made.set(ground.state, made)
    const original = await this.runtimeOriginal(ground.state, signal)
    try {
      const shared = { ground, plan, original }
      for (const [finished, id] of variants.entries()) {
        const { kept, row } = await this.rowOf(id, recipe, shared, at(id, finished), signal)
        if (kept !== null) made.variants.set(id, kept)
        emit({ type: 'row', row })
      }
    } finally {
      original?.dispose()
    }
  }

  /** A folder with variants that were measured last; null where settings or data are others meanwhile. */
  zip({ recipe, variants }: VariantsRequest, signal: AbortSignal): Promise<VariantsZip | null> {
    const { measurements, models, tools } = this.parts
    const ground = measurements.groundOf(models.require())
    const made = this.made.get(ground.state)
    if (made?.key !== keyOf(ground, recipe)) return Promise.resolve(null)
    const kept = variants.flatMap((id) => made.variants.get(id) ?? [])
    if (kept.length === 0) return Promise.resolve(null)
    return zippedVariants(ground.state.summary.name, made.plan, kept, () =>
      tools.pace.between(signal),
    )
  }

  private planOf({ data, meaning, state }: WorkGround): Promise<TransformersPlan> {
    return transformersPlan(state.opened, () =>
      knownClassifier(state, data?.summary ?? null, meaning),
    )
  }

  /** As it was opened, in the same file. */
  private async originalOf(
    { state: { opened } }: WorkGround,
    skeleton: RefillableFile,
    signal: AbortSignal,
  ): Promise<VariantsOriginal> {
    const { tools } = this.parts
    const { bytes } = new RefilledFile(skeleton, opened.weights)
    const again = await openModel([memoryFile('model.onnx', bytes)], () =>
      tools.pace.between(signal),
    )
    const times = await unlessRefused(() => timeOnnx(bytes, again.graph, tools, signal))
    return { bytes: bytes.length, times: 'code' in times ? null : times }
  }

  private runtimeOriginal(
    state: OpenModelState,
    signal: AbortSignal,
  ): Promise<RunnableModel | null> {
    const { exclusive, pace } = this.parts.tools
    return exclusive.run(signal, async () => {
      const own = await originalByRuntime(
        state,
        (opened) => this.proven(opened, state, signal),
        () => pace.between(signal),
      )
      return own === 'refused' ? null : own
    })
  }

  private proven(
    opened: OpenedModel,
    { summary }: OpenModelState,
    signal: AbortSignal,
  ): Promise<RunnableModel> {
    const { backend, environment, pace } = this.parts.tools
    const { info, watch } = backend()
    const heaviest = pace.expect(heaviestLayerMacs(summary))
    const between = () => () => pace.breathe(signal, heaviest)
    return createProvenModel(opened, { environment, info, watch, between })
  }

  private async rowOf(
    id: VariantId,
    recipe: VariantsRequest['recipe'],
    { ground, original, plan }: Shared,
    tell: Tell,
    signal: AbortSignal,
  ): Promise<{ readonly row: VariantRow; readonly kept: KeptVariant | null }> {
    const { measurements, runner, tools } = this.parts
    const refused = (refusal: StudioErrorData, file: WrittenFile | null) => {
      const of = { bytes: file?.bytes.length ?? null, kinds: file?.kinds ?? [] }
      return { row: { id, ...of, times: null, measure: null, refusal }, kept: null }
    }
    if (id === 'bnb4') return refused({ code: 'export/transformers-bnb4', params: {} }, null)
    tell('writing')
    const step = () => tools.pace.between(signal)
    const fileOf = (model: OpenedModel): RefillableFile => skeletonFor(model, plan)
    const asked = { id: id satisfies WrittenVariant, recipe, fileOf, stem: plan.stem }
    const file = await unlessRefused(() => writtenVariant(ground, runner, asked, step, signal))
    if ('code' in file) return refused(file, null)
    tell('timing')
    const { bytes, opened } = file
    const times = await unlessRefused(() => timeOnnx(bytes, opened.graph, tools, signal))
    if ('code' in times) return refused(times, file)
    tell('measuring')
    const built = await unlessRefused(() =>
      tools.exclusive.run(signal, () => this.proven(opened, ground.state, signal)),
    )
    if ('code' in built) return refused(built, file)
    try {
      const { inputs } = requireRunnable(ground.state)
      const runnable = plan.ports === null ? built : turnedInputs(built, plan.ports.form, inputs)
      const compared: Compared = {
        ...{ kind: 'model', runnable },
        ...(original === null ? {} : { original }),
      }
      const measure = await measurements.measure(
        ground,
        compared,
        (event) => {
          if (event.type === 'work') tell('measuring', event.done / Math.max(1, event.total))
        },
        signal,
      )
      const row = { id, bytes: bytes.length, kinds: file.kinds, times, measure, refusal: null }
      return { row, kept: { packed: file.packed, row } }
    } finally {
      built.dispose()
    }
  }
}

/** The file of ONNX with the ports that Transformers.js asks for. */
function skeletonFor(opened: OpenedModel, { ports }: TransformersPlan): RefillableFile {
  const skeleton = skeletonOf(opened)
  if (skeleton === null)
    throw new StudioError('export/unsupported', { format: 'ONNX', reason: opened.file })
  return ports === null ? skeleton : withPicturePorts(skeleton, ports)
}

function keyOf({ data, meaning }: WorkGround, recipe: VariantsRequest['recipe']): string {
  return JSON.stringify([recipe, data?.summary ?? null, meaning])
}

/** What work gives, or the reason why a variant is none; what ends all of it is thrown. */
async function unlessRefused<Result extends object>(
  work: () => Promise<Result>,
): Promise<Result | StudioErrorData> {
  try {
    return await work()
  } catch (error) {
    if (isStudioError(error) && /^(?:export|open|quantize)\//.test(error.code))
      return error.toData()
    throw error
  }
}
