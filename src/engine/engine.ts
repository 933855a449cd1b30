import { StudioError } from '../core/errors'
import { madeOnce } from '../core/made-once'
import type { EngineInfo, StartRequest } from '../protocol/engine-messages'
import type { EngineCalls, EngineProcedures } from '../protocol/procedures'
import { chooseBackend } from './backend/backend'
import type { ChosenBackend } from './backend/backend'
import { Candidates } from './compare/candidates'
import { compareProcedures } from './compare/compare-procedures'
import { Comparisons } from './compare/comparisons'
import { Cores } from './cores/cores'
import type { EngineEnvironment } from './host/environment'
import { Calibrations } from './measure/calibrations'
import { dataProcedures } from './measure/data-procedures'
import { KnownModels } from './measure/known-models'
import { measureProcedures } from './measure/measure-procedures'
import { Measurements } from './measure/measurements'
import { OpenData } from './measure/open-data'
import { modelProcedures } from './model/model-procedures'
import { ModelStore } from './model/model-store'
import { Previews } from './recipe/preview'
import { outputProcedures, recipeProcedures } from './recipe/recipe-procedures'
import { RecipeRunner } from './recipe/recipe-runner'
import { BuiltInDatasets } from './samples/built-in-datasets'
import { Sensitivities } from './sensitivity/sensitivities'
import { sensitivityProcedures } from './sensitivity/sensitivity-procedures'
import { ChannelCutter } from './structure/channel-cutter'
import { structureProcedures } from './structure/structure-procedures'
import { teacherProcedures } from './training/distillation/teacher-procedures'
import { TeacherStore } from './training/distillation/teacher-store'
import { trainProcedures } from './training/train-procedures'
import { RunKernels } from './training/run-kernels'
import { TrainNeeds } from './training/train-needs'
import { Trainer } from './training/trainer'
import { callsOf } from './work/calls'
import { Exclusive } from './work/exclusive'
import { Pace } from './work/pace'
import type { Toolbox } from './work/toolbox'
import { unlessFault } from './work/unless-fault'

/** Everything the worker can do, free of how it is called. One instance per worker. */
export interface Engine extends EngineCalls {
  /**
   * Comes first.
   * @param onFault told when the device fails, also while no call is there to fail
   */
  readonly start: (
    request: StartRequest,
    onFault?: (fault: StudioError) => void,
  ) => Promise<EngineInfo>
  /** The fault of the device, once it has had one: from then on nothing else counts. */
  readonly fault: () => StudioError | null
}

export function createEngine(place: EngineEnvironment): Engine {
  // Read once: workers of one run compute with the same kernels, or all without.
  const environment = { ...place, trainingKernels: madeOnce(place.trainingKernels) }
  let chosen: ChosenBackend | null = null
  const backend = (): ChosenBackend => {
    if (chosen === null) throw new StudioError('engine/no-backend', { tried: '' })
    return chosen
  }
  const tools: Toolbox = {
    environment,
    pace: new Pace(environment, () => chosen?.info.gigaflops ?? 0),
    exclusive: new Exclusive(),
    cores: new Cores(environment, () => backend().info.backend),
    backend,
  }

  return {
    ...callsOf(offered(tools), (work) => unlessFault(() => backend().watch, work)),
    start: async (request, onFault = () => undefined) => {
      chosen = await chooseBackend(request, environment)
      chosen.watch.onFault(onFault)
      const { cores } = tools
      cores.limit(request.cores ?? Infinity)
      return { ...chosen.info, cores: { used: cores.count, of: environment.cores.count } }
    },
    fault: () => {
      try {
        chosen?.watch.check()
        return null
      } catch (error) {
        return error instanceof StudioError ? error : null
      }
    },
  }
}

/** The rooms, each with what it works with, and what they offer. */
function offered(tools: Toolbox): EngineProcedures {
  const models = new ModelStore(tools)
  const known = new KnownModels(tools, models)
  const data = new OpenData(tools, models, new BuiltInDatasets(tools), known)
  const measurements = new Measurements(tools, known)
  const calibrations = new Calibrations(tools, known)
  const runner = new RecipeRunner(tools, calibrations)
  const previews = new Previews(tools, models, measurements, runner)
  const comparisons = new Comparisons(tools, models, known, measurements, runner)
  const candidates = new Candidates(tools, models, measurements, runner)
  const teachers = new TeacherStore(tools, models, measurements)
  const kernels = new RunKernels(tools)
  const needs = new TrainNeeds(tools, models, measurements, teachers, kernels)
  const parts = { tools, models, known, measurements, runner, previews }
  return {
    model: modelProcedures(parts),
    data: dataProcedures({ tools, data }),
    measure: {
      ...measureProcedures(parts),
      ...compareProcedures({ candidates, comparisons }),
      ...outputProcedures(parts),
    },
    recipe: recipeProcedures(parts),
    sensitivity: sensitivityProcedures({
      sensitivities: new Sensitivities(tools, models, parts, calibrations),
    }),
    structure: structureProcedures({ cutter: new ChannelCutter(tools, models, known) }),
    teacher: teacherProcedures({ teachers }),
    train: trainProcedures({
      needs,
      trainer: new Trainer(tools, models, measurements, runner, teachers, kernels, needs),
    }),
  }
}
