import { openZip } from '../../files/zip-archive'
import type { StoredForm } from '../../formats/exporter'
import { openModel } from '../../formats/importers'
import type { MeasureEvent, MeasureWork } from '../../protocol/measure-messages'
import type { ExportProgress } from '../../protocol/recipe-messages'
import type { Compared } from '../measure/known-models'
import type { Measurements } from '../measure/measurements'
import { withData } from '../measure/work-ground'
import type { WorkGround } from '../measure/work-ground'
import type { OpenModelState } from '../model/model-store'
import { heaviestLayerMacs } from '../model/open-files'
import { createProvenModel } from '../model/prove-model'
import type { NamedWeight, RunnableModel } from '../model/runnable-model'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
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
export interface FileMeasures {
  readonly validation: MeasureEvent | null
  readonly test: MeasureEvent | null
}

interface FileTools {
  readonly tools: Toolbox
  readonly measurements: Measurements
}

/**
 * Measures what a verified file holds. A model of usual size is built from the file and freed afterwards. Where
 * that would take too much memory the open model is given the file's weights, which were compared bit for bit: all
 * else that the file says is what the open model says.
 * @throws StudioError 'engine/cancelled', 'engine/...'
 */
export async function measureFile(
  { tools, measurements }: FileTools,
  ground: WorkGround,
  { zip, expected, isAlike }: VerifiedFile,
  tell: Emit<ExportProgress>,
  signal: AbortSignal,
): Promise<FileMeasures> {
  const { state } = ground
  // The bytes and the weights were compared; there is nothing to run.
  if (state.runnable === null) return { validation: null, test: null }
  if (isAlike && isLarge(state, tools)) {
    const weights = restoredWeights(state, expected.forms)
    return measureBoth(measurements, ground, { kind: 'weights', weights }, tell, signal)
  }
  const runnable = await builtFrom(zip, state, tools, signal)
  try {
    return await measureBoth(measurements, ground, { kind: 'model', runnable }, tell, signal)
  } finally {
    runnable.dispose()
  }
}

async function measureBoth(
  measurements: Measurements,
  ground: WorkGround,
  compared: Compared,
  tell: Emit<ExportProgress>,
  signal: AbortSignal,
): Promise<FileMeasures> {
  const show = (event: MeasureEvent | MeasureWork): void => {
    if (event.type === 'work') tell({ phase: 'measuring', done: event.done, total: event.total })
  }
  const validation = await measurements.measure(ground, compared, show, signal)
  const onData = withData(ground)
  const hasTest = onData?.data.summary.splits.some((split) => split.name === 'test') ?? false
  if (onData === null || !hasTest) return { validation, test: null }
  const test = await measurements.measureSplit(onData, 'test', compared, show, signal)
  return { validation, test }
}

async function builtFrom(
  zip: Blob,
  state: OpenModelState,
  tools: Toolbox,
  signal: AbortSignal,
): Promise<RunnableModel> {
  const { pace } = tools
  const between = () => pace.between(signal)
  const reread = await openModel(await openZip(blobFile(zip), between), between)
  const { info, watch } = tools.backend()
  const heaviest = pace.expect(heaviestLayerMacs(state.summary))
  return tools.exclusive.run(signal, () =>
    createProvenModel(reread, {
      info,
      watch,
      between: () => () => pace.breathe(signal, heaviest),
    }),
  )
}

/** The weights that the file restores, each made when it is read and kept by nobody. */
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
  constructor(
    readonly spec: NamedWeight['spec'],
    private readonly form: StoredForm,
  ) {}

  get values(): Float32Array {
    const values = this.form.restored()
    return values instanceof Float32Array ? values : Float32Array.from(values)
  }
}
