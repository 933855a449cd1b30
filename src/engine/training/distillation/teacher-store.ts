import type { Shape } from '../../../graph/values'
import { StudioError } from '../../../core/errors'
import type { OpenedModel } from '../../../formats/format'
import { openModel } from '../../../formats/importers'
import type { Preparation } from '../../../data/preparation'
import { toldBeside } from '../../../data/told-beside'
import type { Told } from '../../../data/told-beside'
import { featureLayers } from '../../../graph/feature-layers'
import { droppedFile } from '../../../protocol/dropped-file'
import type { OpenProgress } from '../../../protocol/engine-messages'
import type {
  MeasureEvent,
  MeasureWork,
  MeasureProgress,
  ModelOutputs,
} from '../../../protocol/measure-messages'
import type { TeacherSummary } from '../../../protocol/training-messages'
import type { Measurements } from '../../measure/measurements'
import { withData } from '../../measure/work-ground'
import { requireRunnable } from '../../model/model-store'
import type { ModelStore, OpenModelState } from '../../model/model-store'
import { createProvenModel } from '../../model/prove-model'
import type { RunnableModel } from '../../model/runnable-model'
import { phaseSteps } from '../../work/phase-steps'
import type { Emit } from '../../work/stream'
import { teacherFit, withFit } from './teacher-fit'
import type { TeacherFit } from './teacher-fit'
import { teacherInputs } from './teacher-inputs'
import { isUntold, numbersFit, preparedFor, teacherNumbers } from './teacher-numbers'
import type { ToldModel } from './teacher-numbers'
import type { Toolbox } from '../../work/toolbox'
import { weightsId } from '../../model/trained-weights'

/** A model that another one learns from. */
export interface OpenTeacher {
  readonly opened: OpenedModel
  readonly told: readonly Told[]
  /** Of its inputs. */
  readonly inputs: RunnableModel['inputs']
  /** But for numbers, which depend on how its student is shown pictures. */
  readonly fit: TeacherFit
  /** Whether numbers from 0 to 1 were found to be what it wants. */
  readonly isPlain: boolean
  /** Of the outputs of its layers. */
  readonly shapes: ReadonlyMap<string, Shape>
  readonly summary: TeacherSummary
}

/** The teacher slot: one model, for the student that is open. */
export class TeacherStore {
  private readonly tools: Toolbox
  private readonly models: ModelStore
  private readonly measurements: Measurements
  private current: { readonly teacher: OpenTeacher; readonly student: OpenModelState } | null = null

  constructor(tools: Toolbox, models: ModelStore, measurements: Measurements) {
    this.tools = tools
    this.models = models
    this.measurements = measurements
  }

  /**
   * Opens files as the teacher of the open model and measures it on the validation split; the teacher that was
   * there stays if anything fails.
   * @param inputs of the student, by name, for each of the teacher's; null: as they are found
   * @throws StudioError 'open/...', 'train/teacher-mismatch', 'engine/no-model', 'engine/cancelled'
   */
  async open(
    {
      files,
      inputs,
    }: { readonly files: readonly Blob[]; readonly inputs: readonly string[] | null },
    emit: Emit<OpenProgress>,
    signal: AbortSignal,
  ): Promise<TeacherSummary> {
    const ground = this.measurements.groundOf(this.models.require())
    const { state: student } = ground
    const onData = withData(ground)
    const learner = requireRunnable(student)
    const { report, step } = phaseSteps(this.tools.pace, emit, signal)
    emit({ phase: 'reading', done: 0, total: 0 })
    const opened = await openModel(files.map(droppedFile), step('reading'))
    const { run } = opened.obstacles
    if (run !== null) throw StudioError.from(run)
    // A teacher answers within a step of training, and the runtime of ONNX only answers later.
    if (opened.refillable !== undefined && opened.obstacles.train !== null)
      throw StudioError.from(opened.obstacles.train)
    emit({ phase: 'building', done: 0, total: 0 })
    const runnable = await this.build(opened, signal)
    try {
      const given = teacherInputs(learner.inputs, runnable.inputs, inputs)
      const fit = teacherFit(learner, runnable, given.order)
      const show = (event: MeasureEvent | MeasureWork): void => {
        if (event.type === 'work')
          report({ phase: 'running', done: event.done, total: event.total })
      }
      const model = { opened, told: await toldBeside(opened), runnable }
      const pictures = preparedFor(onData?.data.summary.settings ?? null, fit.order)
      const measured = async (isPlain: boolean): Promise<MeasureEvent | null> => {
        if (onData === null) return null
        const own = numbered(fit, model, pictures, isPlain)
        const compared = { kind: 'model', runnable: withFit(runnable, own, learner) } as const
        return this.measurements.measureSplit(onData, 'validation', compared, show, signal)
      }
      const asStudent = await measured(false)
      const isTried =
        asStudent?.type === 'accuracy' &&
        pictures !== null &&
        isUntold({ ...student, runnable: learner }, model, pictures)
      const plain = isTried ? await measured(true) : null
      const isPlain = isBetter(plain, asStudent)
      const measure = isPlain ? plain : asStudent
      const values = opened.weights.map((weight) => weight.values)
      const summary: TeacherSummary = {
        // With other inputs it teaches something else.
        id: await weightsId(
          await new Blob([
            ...values.map((array) => array.slice()),
            ...(given.by === 'chosen' ? [JSON.stringify(given.order)] : []),
          ]).arrayBuffer(),
        ),
        name: opened.name,
        parameters: values.reduce((sum, { length }) => sum + length, 0),
        resize: fit.resize,
        numbers: pictures && (teacherNumbers(model, pictures, isPlain)?.said ?? null),
        inputs: given.pairs,
        inputsBy: given.by,
        measure,
        features:
          opened.obstacles.train === null ? featureLayers(opened.graph, runnable.outputShapes) : [],
      }
      const { inputs: ports, outputShapes: shapes } = runnable
      const teacher = { ...model, inputs: ports, fit, isPlain, shapes, summary }
      this.current = { teacher, student }
      return summary
    } finally {
      runnable.dispose()
    }
  }

  /**
   * What it says to the first samples of the student's validation split.
   * @throws StudioError 'train/no-teacher', 'engine/no-data', 'engine/cancelled'
   */
  async outputs(
    first: number,
    emit: Emit<MeasureProgress>,
    signal: AbortSignal,
  ): Promise<ModelOutputs> {
    const { current, measurements, models } = this
    if (current === null || current.student !== models.current)
      throw new StudioError('train/no-teacher', {})
    const { student } = current
    const teacher = this.require(current.teacher.summary.id)
    const ground = measurements.groundOf(student)
    const learner = requireRunnable(student)
    const runnable = await this.build(teacher.opened, signal)
    try {
      const compared = { kind: 'model', runnable: withFit(runnable, teacher.fit, learner) } as const
      const asked = { split: 'validation', first } as const
      return await measurements.outputs(ground, asked, compared, emit, signal)
    } finally {
      runnable.dispose()
    }
  }

  /**
   * The teacher as a model that takes the student's inputs; whoever gets it disposes it.
   * @throws StudioError 'train/no-teacher', 'engine/cancelled', or the fault of the device
   */
  async runnable(id: string, signal: AbortSignal): Promise<RunnableModel> {
    const { fit, opened } = this.require(id)
    const learner = requireRunnable(this.models.require())
    return withFit(await this.build(opened, signal), fit, learner)
  }

  private build(opened: OpenedModel, signal: AbortSignal): Promise<RunnableModel> {
    const { pace, exclusive, backend, environment } = this.tools
    const { info, watch } = backend()
    return exclusive.run(signal, () =>
      createProvenModel(opened, {
        ...{ environment, info, watch },
        between: () => () => pace.breathe(signal, 0),
      }),
    )
  }

  /** @throws StudioError 'train/no-teacher' where it is not this one, or not for the open model */
  require(id: string): OpenTeacher {
    const { current } = this
    if (current?.teacher.summary.id !== id || current.student !== this.models.current)
      throw new StudioError('train/no-teacher', {})
    const { teacher, student } = current
    const { fit, inputs, isPlain, opened, told } = teacher
    const { data } = this.measurements.groundOf(student)
    const pictures = preparedFor(data?.summary.settings ?? null, fit.order)
    const model = { opened, told, runnable: { inputs } }
    return { ...teacher, fit: numbered(fit, model, pictures, isPlain) }
  }
}

/** The fit with what becomes of the numbers of pictures; null: there are none. */
function numbered(
  fit: TeacherFit,
  teacher: ToldModel,
  pictures: Preparation | null,
  isPlain: boolean,
): TeacherFit {
  const numbers = pictures === null ? null : teacherNumbers(teacher, pictures, isPlain)
  if (pictures === null || numbers === null) return fit
  return { ...fit, numbers: numbersFit(pictures, numbers.wanted, teacher.runnable) }
}

function isBetter(one: MeasureEvent | null, other: MeasureEvent | null): boolean {
  return one?.type === 'accuracy' && other?.type === 'accuracy' && one.correct > other.correct
}
