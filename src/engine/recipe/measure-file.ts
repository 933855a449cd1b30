import { isStudioError } from '../../core/errors'
import { MadeWhenRead } from '../../core/made-when-read'
import type { Runtime } from '../../core/model-summary'
import { openZip } from '../../files/zip-archive'
import type { StoredForm } from '../../formats/exporter'
import { openModel } from '../../formats/importers'
import type { ExportProgress, ExportResult } from '../../protocol/recipe-messages'
import type { Compared } from '../measure/known-models'
import type { Measurements } from '../measure/measurements'
import { withData } from '../measure/work-ground'
import type { DataGround, WorkGround } from '../measure/work-ground'
import type { OpenModelState } from '../model/model-store'
import { heaviestLayerMacs } from '../model/open-files'
import { runtimeOf } from '../model/build-model'
import { createProvenModel } from '../model/prove-model'
import type { NamedWeight, RunnableModel } from '../model/runnable-model'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import { MeasureClock } from './measure-clock'
import { blobFile } from './verify-file'
import type { ExpectedFile } from './verify-file'

/** Whether a model is so large that nothing of it should be there twice. */
export function isLarge(
  { opened }: Pick<OpenModelState, 'opened'>,
  { environment }: Pick<Toolbox, 'environment'>,
): boolean {
  const bytes = opened.weights.reduce((sum, { values }) => sum + values.byteLength, 0)
  return bytes > environment.largeModelBytes
}

/** A finished archive that was read once. */
interface VerifiedFile {
  readonly zip: Blob
  readonly expected: ExpectedFile
  /** Beside its weights it says what the open model says. */
  readonly isAlike: boolean
}

/** What was measured on a file; null where the model cannot run, or there is no such split. */
type FileMeasures = Pick<ExportResult, 'validation' | 'test' | 'unmeasured' | 'runtime'>

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
  { zip, expected, isAlike }: VerifiedFile,
  emit: Emit<ExportProgress>,
  { signal, leave }: ExportSignals,
): Promise<FileMeasures> {
  const { state } = ground
  // The bytes and the weights were compared; there is nothing to run.
  const { runtime } = state.summary
  if (state.runnable === null) return { validation: null, test: null, unmeasured: null, runtime }
  const onData = withTest(ground)
  const own = AbortSignal.any([signal, leave])
  const found: Writable<FileMeasures> = { validation: null, test: null, unmeasured: null, runtime }
  let built: BuiltFile | null = null
  try {
    const clock = await clockOf(measurements, ground, tools, emit, own)
    if (!isAlike || !isLarge(state, tools)) built = await builtFrom(zip, state, tools, own)
    const compared: Compared =
      built === null
        ? { kind: 'weights', weights: restoredWeights(state, expected.ofWeights ?? expected.forms) }
        : { kind: 'model', runnable: built.runnable }
    found.runtime = built?.runtime ?? runtime
    found.validation = await measurements.measure(ground, compared, clock.show, own)
    clock.next()
    if (onData !== null)
      found.test = await measurements.measureSplit(onData, 'test', compared, clock.show, own)
  } catch (error) {
    if (signal.aborted || !leave.aborted || !isCancelled(error)) throw error
    found.unmeasured = onData === null ? 'outputs' : 'test'
  } finally {
    built?.runnable.dispose()
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

/** Tells at once how long measuring will take. */
async function clockOf(
  measurements: Measurements,
  ground: WorkGround,
  { pace }: Toolbox,
  emit: Emit<ExportProgress>,
  signal: AbortSignal,
): Promise<MeasureClock> {
  const first = await measurements.passes(ground, 'validation', signal)
  const second = withTest(ground) === null ? 0 : await measurements.passes(ground, 'test', signal)
  const expected = measurements.expectedMs(ground.state, first + second)
  return new MeasureClock([first, second], expected, () => pace.now(), emit)
}

/** What a file makes run, and what computes it: a model of Keras comes out as one of TensorFlow.js. */
interface BuiltFile {
  readonly runnable: RunnableModel
  readonly runtime: Runtime
}

/** @returns null where the file holds weights alone: the open model is given them instead */
async function builtFrom(
  zip: Blob,
  state: OpenModelState,
  tools: Toolbox,
  signal: AbortSignal,
): Promise<BuiltFile | null> {
  const { environment, pace } = tools
  const between = () => pace.between(signal)
  const reread = await openModel(await openZip(blobFile(zip), between), between)
  if (reread.obstacles.run !== null) return null
  const { info, watch } = tools.backend()
  const heaviest = pace.expect(heaviestLayerMacs(state.summary))
  return tools.exclusive.run(signal, async () => {
    const runnable = await createProvenModel(reread, {
      ...{ environment, info, watch },
      between: () => () => pace.breathe(signal, heaviest),
    })
    return { runnable, runtime: runtimeOf(reread) }
  })
}

/** The weights that the file restores, each made when it is read and held by nobody here. */
function restoredWeights(
  { opened }: OpenModelState,
  forms: readonly StoredForm[],
): readonly NamedWeight[] {
  return opened.weights.flatMap(({ spec }, index) => {
    const form = forms[index]
    return form === undefined || spec.dtype !== 'float32' ? [] : [new RestoredWeight(spec, form)]
  })
}

class RestoredWeight implements NamedWeight {
  private readonly restored: MadeWhenRead<Float32Array>

  constructor(
    readonly spec: NamedWeight['spec'],
    form: StoredForm,
  ) {
    this.restored = new MadeWhenRead(() => {
      const values = form.restored()
      return values instanceof Float32Array ? values : Float32Array.from(values)
    })
  }

  /** Read piece by piece where the weight is a large matrix. */
  get values(): Float32Array {
    return this.restored.value
  }
}
