import { eventIterator, oc, type } from '@orpc/contract'
import type { OutputMeaning } from '../core/output-meaning'
import type { StudioErrorData } from '../core/errors'
import type { ModelSummary } from '../core/model-summary'
import type { WeightPicture } from '../core/weight-picture'
import type { SensitivityTable } from '../search/sensitivity'
import type { WeightFormulas } from '../techniques/quantize/weight-formulas'
import type { Recipe } from '../techniques/recipe'
import type {
  AskedAnswers,
  AskedRequest,
  CandidateFigures,
  CompareRequest,
  Comparison,
  DrawnAnswers,
  DrawnRequest,
  TriedResult,
} from './compare-messages'
import type { DataSettings } from '../data/data-settings'
import type {
  DataSummary,
  OpenDataRequest,
  PreparationTrial,
  ReadingResult,
  SamplePicture,
  SmallPicture,
  TrialRequest,
} from './data-messages'
import type { EngineInfo, OpenProgress, StartRequest } from './engine-messages'
import type {
  Latency,
  MeasureEvent,
  MeasureProgress,
  MeasureWork,
  ModelOutputs,
  OutputsRequest,
} from './measure-messages'
import type {
  ExportProgress,
  ExportRequest,
  ExportResult,
  FormulaRequest,
  PreviewEvent,
  PictureRequest,
  PreviewRequest,
} from './recipe-messages'
import type { SensitivityEvent, SensitivityRequest } from './search-messages'
import type {
  BlockSummary,
  CutOrigin,
  CutPlan,
  CutProgress,
  CutRequest,
  CutResult,
  GroupSummary,
} from './structure-messages'
import type {
  NeedRequest,
  TeacherSummary,
  TrainedWeights,
  TrainEvent,
  TrainNeed,
  TrainRequest,
  TrainResult,
} from './training-messages'
import type { VariantsEvent, VariantsRequest, VariantsZip } from './variant-messages'

/** Every error arrives as this one code; `data` holds the studio's own code and facts. */
const base = oc.errors({ STUDIO: { data: type<StudioErrorData>() } })

/**
 * The whole API of the worker on one page. A long call is an event iterator: leaving the loop or
 * aborting its signal cancels the work at the next batch or tensor. What crosses: files in, blobs and
 * plain data out; never tensors, functions or class instances.
 */
export const contract = {
  engine: {
    /** Chooses and tests a backend. Called once, before anything else. */
    start: base.input(type<StartRequest>()).output(type<EngineInfo>()),
  },
  model: {
    /**
     * Names of files that a drop still lacks, none where it can be opened. What was read to know it is
     * kept for the `open` that follows, and for the next question with some of the same files.
     */
    missing: base
      .input(type<{ files: readonly File[]; whole?: boolean }>())
      .output(type<readonly string[]>()),
    /**
     * Validates, builds and runs the model once; the model that was open stays until this succeeds. One that was cut
     * from another names it, and is compared with it.
     */
    open: base
      .input(type<{ files: readonly File[]; origin?: CutOrigin | null }>())
      .output(eventIterator(type<OpenProgress>(), type<ModelSummary>())),
    close: base.output(type<undefined>()),
    /** Makes the weights of a run known to the engine, for recipes that name them. */
    addTrained: base.input(type<TrainedWeights>()).output(type<undefined>()),
  },
  data: {
    /** Whether dropped files are data and not a model; a zip is told by the names inside. */
    recognize: base.input(type<{ files: readonly File[] }>()).output(type<boolean>()),
    /**
     * Reads people's own files, splits them and attaches them to the open model; what was attached
     * stays until this succeeds.
     */
    open: base
      .input(type<OpenDataRequest>())
      .output(eventIterator(type<OpenProgress>(), type<DataSummary>())),
    /**
     * Reads people's own files as `open` would, and says how they were understood; attaches nothing and needs
     * no model.
     */
    read: base
      .input(type<Pick<OpenDataRequest, 'files' | 'choices'>>())
      .output(eventIterator(type<OpenProgress>(), type<ReadingResult>())),
    /** The first pictures of people's own data, as it would be read; none where samples are no pictures. */
    pictures: base
      .input(type<Pick<OpenDataRequest, 'files' | 'choices'>>())
      .output(type<readonly SmallPicture[]>()),
    /** Other settings for the attached data. */
    configure: base.input(type<DataSettings>()).output(type<DataSummary>()),
    /** A sample of the validation split as the model sees it. */
    sample: base.input(type<{ index: number }>()).output(type<SamplePicture>()),
    /** The original's accuracy under each common preparation and order of classes, on a few hundred samples. */
    tryPreparations: base
      .input(type<TrialRequest>())
      .output(eventIterator(type<PreparationTrial>(), type<undefined>())),
    /** Loads a built-in data set and attaches it to the open model. */
    attach: base
      .input(type<{ datasetId: string; settings: DataSettings | null }>())
      .output(eventIterator(type<OpenProgress>(), type<DataSummary>())),
    detach: base.output(type<undefined>()),
  },
  measure: {
    /** Accuracy of the original on the validation split, from a few hundred samples to all. */
    original: base.output(eventIterator(type<MeasureEvent | MeasureWork>(), type<undefined>())),
    /** What the model's outputs are to be taken for; null: as guessed. */
    readOutputs: base.input(type<{ meaning: OutputMeaning | null }>()).output(type<undefined>()),
    /** Time of a forward pass of the open model on this device. */
    latency: base.input(type<{ batch: number }>()).output(type<Latency>()),
    /** The validation samples that settings change the answer to. */
    compare: base
      .input(type<CompareRequest>())
      .output(eventIterator(type<MeasureProgress>(), type<Comparison>())),
    /** Sizes, measure and right answers of settings, to be compared with those of others; ends no preview. */
    candidate: base
      .input(type<{ recipe: Recipe }>())
      .output(eventIterator(type<MeasureProgress>(), type<CandidateFigures>())),
    /** What the original and the compressed model say to a picture that somebody drew. */
    drawn: base.input(type<DrawnRequest>()).output(type<DrawnAnswers>()),
    /** What both say to a picture file, which is attached to nothing. */
    asked: base.input(type<AskedRequest>()).output(type<AskedAnswers>()),
    /** The outputs themselves, so that people can check what their own runtime computes. */
    outputs: base
      .input(type<OutputsRequest>())
      .output(eventIterator(type<MeasureProgress>(), type<ModelOutputs>())),
  },
  recipe: {
    /** Size and measure of other settings than those of the controls; ends no preview. */
    try: base.input(type<{ recipe: Recipe }>()).output(type<TriedResult>()),
    /** Latest wins: a new preview ends the one before it with 'engine/cancelled'. */
    preview: base
      .input(type<PreviewRequest>())
      .output(eventIterator(type<PreviewEvent>(), type<undefined>())),
    /** The weights of one tensor as small images, original and compressed. */
    picture: base.input(type<PictureRequest>()).output(type<WeightPicture>()),
    /** One weight in the two formulas of quantization; null where quantization leaves its layer as it is. */
    formulas: base.input(type<FormulaRequest>()).output(type<WeightFormulas | null>()),
    /** Encodes, writes, re-reads, measures on the test split, and only then hands out the file. */
    export: base
      .input(type<ExportRequest>())
      .output(eventIterator(type<ExportProgress>(), type<ExportResult>())),
    /** Ends the measuring of the export that goes on; the file is then written without what was not measured. */
    saveUnmeasured: base.output(type<undefined>()),
    /** Variants for Transformers.js: each is written, read again, timed and measured by the runtime of ONNX. */
    variants: base
      .input(type<VariantsRequest>())
      .output(eventIterator(type<VariantsEvent>(), type<undefined>())),
    /** A folder with some of those that were measured last; null where settings or data are others meanwhile. */
    variantsZip: base.input(type<VariantsRequest>()).output(type<VariantsZip | null>()),
  },
  sensitivity: {
    /** What each layer bears of every choice, by the inputs that it is given, and then by trying some of them. */
    table: base
      .input(type<SensitivityRequest>())
      .output(eventIterator(type<SensitivityEvent>(), type<SensitivityTable>())),
  },
  structure: {
    /** Which layers lose channels together, and which keep theirs. */
    groups: base.output(type<readonly GroupSummary[]>()),
    /** What may be left out as a whole: branches of residual sums, layers that keep their shape. */
    blocks: base.output(type<readonly BlockSummary[]>()),
    /** What a cut would leave; nothing is changed. */
    plan: base
      .input(type<CutRequest>())
      .output(eventIterator(type<CutProgress>(), type<CutPlan>())),
    /** The open model without some of its channels, as the files of a smaller one. */
    cut: base
      .input(type<CutRequest>())
      .output(eventIterator(type<CutProgress>(), type<CutResult>())),
  },
  teacher: {
    /** Opens and measures a model that the open one can learn from; the one before stays until this succeeds. */
    open: base
      .input(
        type<{
          files: readonly File[]
          /** For each input of the teacher, by name, that of the open model; none: as they are found. */
          inputs?: readonly string[] | null
        }>(),
      )
      .output(eventIterator(type<OpenProgress>(), type<TeacherSummary>())),
    /** What it says to the first samples of the validation split. */
    outputs: base
      .input(type<{ first: number }>())
      .output(eventIterator(type<MeasureProgress>(), type<ModelOutputs>())),
  },
  train: {
    /** One run at a time; leaving the loop cancels it and leaves the model as it was. */
    start: base
      .input(type<TrainRequest>())
      .output(eventIterator(type<TrainEvent>(), type<TrainResult>())),
    /** What a run would take of memory; nothing is begun. */
    need: base.input(type<NeedRequest>()).output(type<TrainNeed>()),
    pause: base.output(type<undefined>()),
    resume: base.output(type<undefined>()),
    /** Ends the run after the step that is going on; it then gives its best weights. */
    stop: base.output(type<undefined>()),
  },
}
