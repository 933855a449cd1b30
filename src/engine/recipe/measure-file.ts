import { ONNX_FILES } from '../../core/model-summary'
import { isStudioError } from '../../core/errors'
import type { ContainerId, Runtime } from '../../core/model-summary'
import { memoryFile } from '../../files/file-bundle'
import { readBytes } from '../../files/read-bytes'
import { openZip } from '../../files/zip-archive'
import type { StoredForm } from '../../formats/exporter'
import { isModelFile } from '../../formats/format'
import type { OpenedModel, RefillableFile } from '../../formats/format'
import { openModel } from '../../formats/importers'
import { skeletonOf } from '../../formats/onnx/export-onnx'
import { RefilledFile } from '../../formats/refilled-file'
import type { ExportProgress, ExportResult } from '../../protocol/recipe-messages'
import type { Compared } from '../measure/known-models'
import type { Measurements } from '../measure/measurements'
import { quickClasses } from '../measure/quick-classes'
import type { ClassParts } from '../measure/quick-classes'
import { topClasses } from '../measure/top-class'
import { withData } from '../measure/work-ground'
import type { DataGround, WorkGround } from '../measure/work-ground'
import type { OpenModelState } from '../model/model-store'
import { heaviestLayerMacs } from '../model/open-files'
import { runtimeOf } from '../model/build-model'
import { createProvenModel } from '../model/prove-model'
import { isLarge, weightBytes } from '../model/weight-bytes'
import type { NamedWeight, RunnableModel } from '../model/runnable-model'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import { MeasureClock } from './measure-clock'
import { RestoredWeight } from './restored-weight'
import { blobFile } from './verify-file'
import type { ExpectedFile } from './verify-file'

/** A model of more is not built a second time to be measured: with what its kernels pack that takes four times as much. */
const MOST_TWICE = 64 * 2 ** 20

/** What another runtime computes is measured by that for as long as memory allows it. */
function isBuiltAgain(
  state: Pick<OpenModelState, 'opened'>,
  container: ContainerId,
  tools: Toolbox,
): boolean {
  const isSmall = container === ONNX_FILES || weightBytes(state.opened) <= MOST_TWICE
  return isSmall && !isLarge(state, tools)
}

/** A finished archive that was read once. */
interface VerifiedFile {
  readonly zip: Blob
  readonly expected: ExpectedFile
  /** Beside its weights it says what the open model says. */
  readonly isAlike: boolean
  readonly container: ContainerId
}

/** What was measured on a file; null where the model cannot run, or there is no such split. */
type FileMeasures = Pick<
  ExportResult,
  'apart' | 'validation' | 'test' | 'unmeasured' | 'runtime' | 'notByOnnx'
>

export interface ExportSignals {
  /** Ends the work. */
  readonly signal: AbortSignal
  /** Ends measuring alone: the file is written without what was not measured. */
  readonly leave: AbortSignal
}

interface FileTools {
  readonly tools: Toolbox
  readonly measurements: Measurements
}

/**
 * Measures what a verified file holds. A model of usual size is built from the file and freed afterwards. Where
 * that would take too much memory the open model is given the file's weights, which were compared bit for bit: all
 * else that the file says is what the open model says. Who leaves gets what was measured to the end until then.
 * @throws StudioError 'engine/cancelled', 'engine/...'
 */
export async function measureFile(
  { tools, measurements }: FileTools,
  ground: WorkGround,
  { zip, expected, isAlike, container }: VerifiedFile,
  emit: Emit<ExportProgress>,
  { signal, leave }: ExportSignals,
): Promise<FileMeasures> {
  const { state } = ground
  // The bytes and the weights were compared; there is nothing to run.
  const { runtime } = state.summary
  const nothing = { validation: null, test: null, unmeasured: null, apart: null }
  if (state.runnable === null) return { ...nothing, runtime }
  const onData = withTest(ground)
  const own = AbortSignal.any([signal, leave])
  const found: Writable<FileMeasures> = { ...nothing, runtime }
  let built: BuiltFile | null = null
  try {
    const alike: Compared = { kind: 'weights', isOfFile: true, weights: [] }
    const clock = new MeasureClock(
      // Whoever waits for the model, or for what is measured before it, may leave as well.
      await expectedOf(measurements, ground, alike, own),
      () => tools.pace.now(),
      emit,
    )
    if (!isAlike || isBuiltAgain(state, container, tools))
      built = await builtFrom(zip, container, state, tools, own)
    const restored = restoredWeights(state, expected.ofWeights ?? expected.forms)
    const heard: Float32Array[] = []
    const compared: Compared =
      built === null
        ? { ...alike, weights: restored }
        : { ...modelOf(built), tell: (values) => void heard.push(values) }
    clock.expect(await expectedOf(measurements, ground, compared, own))
    found.runtime = built?.runtime ?? runtime
    if (container === ONNX_FILES && found.runtime !== 'onnxRuntime')
      found.notByOnnx = built === null ? 'large' : state.past === null ? 'refused' : 'cut'
    found.validation = await measurements.measure(ground, compared, clock.show, own)
    // A file that computes with codes says something else by itself.
    if (container !== ONNX_FILES && built !== null)
      found.apart = await classesApart(
        { known: measurements.known, tools },
        ground,
        { heard, built, restored },
        own,
      )
    heard.length = 0
    clock.next()
    if (onData !== null)
      found.test = await measurements.measureSplit(onData, 'test', compared, clock.show, own)
  } catch (error) {
    if (signal.aborted || !leave.aborted || !isCancelled(error)) throw error
    found.unmeasured = onData === null ? 'outputs' : 'test'
  } finally {
    built?.runnable.dispose()
    built?.original?.dispose()
  }
  return found
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

function isCancelled(error: unknown): boolean {
  return isStudioError(error) && error.code === 'engine/cancelled'
}

/** @returns null where there is no test split to measure on */
function withTest(ground: WorkGround): DataGround | null {
  const onData = withData(ground)
  return onData?.data.summary.splits.some(({ name }) => name === 'test') === true ? onData : null
}

/** How long measuring will take. */
async function expectedOf(
  measurements: Measurements,
  ground: WorkGround,
  compared: Compared,
  signal: AbortSignal,
): Promise<{ passes: [number, number]; ms: number }> {
  const first = await measurements.passes(ground, 'validation', compared, signal)
  const second =
    withTest(ground) === null ? 0 : await measurements.passes(ground, 'test', compared, signal)
  return { passes: [first, second], ms: measurements.expectedMs(ground.state, first + second) }
}

/** What was heard of the file's model, in the order of the split, and its weights. */
interface Heard {
  readonly heard: readonly Float32Array[]
  readonly built: BuiltFile
  readonly restored: readonly NamedWeight[]
}

/** How many validation samples get another class from the inference pass than from what runs the file. */
async function classesApart(
  parts: ClassParts,
  ground: WorkGround,
  { heard, built, restored }: Heard,
  signal: AbortSignal,
): Promise<ExportResult['apart']> {
  const onData = withData(ground)
  const quick = onData === null ? null : await quickClasses(parts, onData, restored, signal)
  if (quick === null) return null
  const [output] = built.runnable.outputs
  const numbers = heard.reduce((sum, values) => sum + values.length, 0)
  const columns = numbers / quick.length
  const classes = heard.flatMap((values) => [
    ...topClasses(values, columns, output?.kind ?? 'scores'),
  ])
  return {
    classes: quick.reduce((count, own, at) => count + (own === classes[at] ? 0 : 1), 0),
    samples: quick.length,
  }
}

/** What a file makes run, and what computes it: a model of Keras comes out as one of TensorFlow.js. */
interface BuiltFile {
  readonly runnable: RunnableModel
  /** The original by the same runtime, where the open model is computed by another. */
  readonly original: RunnableModel | null
  readonly runtime: Runtime
}

function modelOf({ original, runnable }: BuiltFile): Extract<Compared, { kind: 'model' }> {
  return { kind: 'model', runnable, ...(original === null ? {} : { original }) }
}

/** @returns null where the file holds weights alone: the open model is given them instead */
async function builtFrom(
  zip: Blob,
  container: ContainerId,
  state: OpenModelState,
  tools: Toolbox,
  signal: AbortSignal,
): Promise<BuiltFile | null> {
  const { environment, pace } = tools
  const between = () => pace.between(signal)
  const files = await openZip(blobFile(zip), between)
  const reread = await openModel(files, between)
  if (reread.obstacles.run !== null) return null
  const { info, watch } = tools.backend()
  const heaviest = pace.expect(heaviestLayerMacs(state.summary))
  const proven = (opened: OpenedModel): Promise<RunnableModel> =>
    createProvenModel(opened, {
      ...{ environment, info, watch },
      between: () => () => pace.breathe(signal, heaviest),
    })
  // The runtime is given one file: what lies in two is computed by the page's own operators.
  const [file, ...more] = container === ONNX_FILES ? files.filter(isModelFile) : []
  return tools.exclusive.run(signal, async () => {
    const original = file === undefined ? null : await originalByRuntime(state, proven, between)
    if (original === 'refused' || file === undefined || more.length > 0)
      return { runnable: await proven(reread), original: null, runtime: runtimeOf(reread) }
    try {
      // The very bytes that are handed out.
      const own = { ...reread, refillable: [await readBytes(file, 0, file.size)] }
      return { runnable: await proven(own), original, runtime: runtimeOf(own) }
    } catch (error) {
      original?.dispose()
      throw error
    }
  })
}

/**
 * The original as the runtime of ONNX computes it.
 * @returns null where the open model is computed by that anyway; 'refused' where it does not run the original
 */
export async function originalByRuntime(
  { opened, past, summary }: OpenModelState,
  proven: (opened: OpenedModel) => Promise<RunnableModel>,
  between: () => Promise<void>,
): Promise<RunnableModel | 'refused' | null> {
  if (summary.runtime === 'onnxRuntime') return null
  const refillable = skeletonOf(opened)
  // What was cut is compared with what it was cut from, of which there is no file here.
  if (refillable === null || past !== null) return 'refused'
  try {
    // In a file that was written from its graph, inputs and outputs have other names than in the graph.
    const own = opened.skeleton === undefined ? await asOnnx(opened, refillable, between) : opened
    return await proven({ ...own, refillable })
  } catch (error) {
    if (isStudioError(error) && error.code.startsWith('open/')) return 'refused'
    throw error
  }
}

function asOnnx(
  { weights }: OpenedModel,
  skeleton: RefillableFile,
  between: () => Promise<void>,
): Promise<OpenedModel> {
  const { bytes } = new RefilledFile(skeleton, weights)
  return openModel([memoryFile('original.onnx', bytes)], between)
}

/** The weights that the file restores, each made when it is read and held by nobody here. */
function restoredWeights(
  { opened }: OpenModelState,
  forms: readonly StoredForm[],
): readonly NamedWeight[] {
  return opened.weights.flatMap(({ spec, values }, index) => {
    const form = forms[index]
    return form === undefined || spec.dtype !== 'float32'
      ? []
      : [new RestoredWeight(spec, form, values)]
  })
}
