import type { SplitName } from '../../core/dataset-manifest'
import { baseName } from '../../files/file-bundle'
import { StudioError } from '../../core/errors'
import type { StudioErrorData } from '../../core/errors'
import { classOrders } from '../../data/class-orders'
import type { ClassOrder } from '../../data/class-orders'
import type { DataSource, InputSamples, RawLabels } from '../../data/data-source'
import type { PictureForm } from '../../data/input-form'
import { hinted } from '../../data/preparation-hint'
import type { PreparationHint } from '../../data/preparation-hint'
import { areElements, arePictures } from '../../data/element-targets'
import type { ScaleGuess } from '../../data/target-scale'
import { requireTokens } from '../../data/token-range'
import { possibleTasks, targetsOf } from '../../data/task'
import type { Task } from '../../data/task'
import { picturePreparation, preparationsOf, withPreparations } from '../../data/data-settings'
import type { DataSettings } from '../../data/data-settings'
import type { Preparation } from '../../data/preparation'
import type { PortSummary } from '../../core/model-summary'
import { shapeText } from '../../core/shape-text'
import {
  formOf,
  inputRows,
  inputTensors,
  mismatch,
  outputForm,
  plainPreparation,
  plainReader,
} from './samples-for-model'
import type { Refuse } from './samples-for-model'
import type { AttachedData, DataSplit } from './attached-data'
import type { RunnableModel } from '../model/runnable-model'
import { PictureCache } from './picture-cache'
import { picturesOf } from './picture-source'
import type { SourcePictures } from './picture-source'
import type { OwnData } from './read-own-data'
import { pictureReader } from './sample-reader'
import type { SampleReader } from './sample-reader'
import { labelled, pick, samplesOf } from './split-targets'
import { targetReader } from './target-reader'
import type { Toolbox } from '../work/toolbox'

/** Prepared pictures that are kept: a few thousand of the usual size. */
const CACHE_BYTES = 384 * 2 ** 20

/** Own data on its way to a model: what does not change with the settings. */
interface Ground {
  readonly loaded: OwnData
  readonly model: RunnableModel
  /** How each input is shown pictures; null where it is shown numbers as they are. */
  readonly forms: readonly (PictureForm | null)[]
  /** What came with the model says of pictures. */
  readonly hint: PreparationHint | null
  /** Of each input. */
  readonly caches: readonly PictureCache[]
  /** Of the pictures that the model should make. */
  readonly targetCache: PictureCache
  /** Of each input whether it wants numbers from 0 to 255. */
  readonly ofBytes: readonly boolean[]
  /** Of their scale, by the outputs of the original; null where nobody has asked it. */
  readonly guess: ScaleGuess | null
  readonly tools: Toolbox
}

/** What the files of a model say of its inputs. */
interface ToldOfModel {
  readonly hint: PreparationHint | null
  /** Of each input the entries of the embedding that reads it; null: there is none, or nobody knows. */
  readonly tokens: readonly (number | null)[]
  /** Of each input whether it wants numbers from 0 to 255. */
  readonly ofBytes: readonly boolean[]
}

/**
 * Attaches own data to a model.
 * @param settings null: as labels, model and hint suggest
 * @throws StudioError 'data/shape-mismatch', 'data/input-shape', 'data/labels-...', 'data/targets-shape',
 * 'data/token-range'
 */
export function attachOwn(
  loaded: OwnData,
  model: RunnableModel,
  { settings, hint, tokens, ofBytes }: ToldOfModel & { readonly settings: DataSettings | null },
  tools: Toolbox,
): AttachedData {
  // Whether samples fit at all comes before what their labels mean.
  const forms = fittingForms(loaded.source, loaded.pictures, model, tokens)
  const room = CACHE_BYTES / Math.max(1, forms.filter((form) => form !== null).length)
  const caches = forms.map(() => new PictureCache(room))
  const targetCache = new PictureCache(CACHE_BYTES)
  const ground = { loaded, model, forms, hint, ofBytes, caches, targetCache, guess: null, tools }
  return attached(ground, settings ?? suggested(ground))
}

/**
 * How the inputs of a model want to be shown pictures; null where one is shown numbers as they are.
 * @throws StudioError 'data/shape-mismatch', 'data/input-shape' where one takes neither, 'data/token-range'
 */
function fittingForms(
  { name, samples }: DataSource,
  pictures: readonly SourcePictures[],
  model: RunnableModel,
  tokens: readonly (number | null)[],
): readonly (PictureForm | null)[] {
  const { inputs } = model
  if (inputs.length !== samples.length)
    throw mismatch(name, samples.map(shapeOf).join(' + '), model)
  return samples.map((one, at) => {
    const input = inputs[at] ?? { name: '', shape: [] }
    const refuse = refusalOf(name, one, input, model)
    const shown = pictures[at]
    if (shown?.pictures != null) return formOf(input, shown.pictureShape, refuse)
    if (one.kind === 'numbers') {
      plainReader(input, one, refuse)
      requireTokens(name, one, tokens[at] ?? null)
    }
    return null
  })
}

/** Of several inputs the one is named that does not fit, and what it is given. */
function refusalOf(
  dataset: string,
  samples: InputSamples,
  { name, shape }: Pick<PortSummary, 'name' | 'shape'>,
  model: RunnableModel,
): Refuse {
  if (model.inputs.length === 1) return (found) => mismatch(dataset, found, model)
  const file = samples.kind === 'numbers' ? (samples.origin?.file ?? dataset) : dataset
  const expected = shapeText(shape.slice(1))
  return (found) => new StudioError('data/input-shape', { file, input: name, expected, found })
}

function shapeOf(samples: InputSamples): string {
  return samples.kind === 'images' ? 'height × width × channels' : shapeText(samples.shape)
}

/** Why data do not fit a model, read or not yet decoded; null where they do. */
export function misfitOf(
  source: DataSource,
  model: RunnableModel,
  tokens: readonly (number | null)[],
  tools: Toolbox,
): StudioErrorData | null {
  try {
    const pictures = source.samples.map((samples) => picturesOf(samples, tools))
    fittingForms(source, pictures, model, tokens)
    possibleTasks(source.name, source.labels, outputForm(model))
    return null
  } catch (thrown) {
    if (thrown instanceof StudioError) return thrown.toData()
    throw thrown
  }
}

function suggested(ground: Ground): DataSettings {
  const { loaded, model, forms, hint } = ground
  const { source } = loaded
  const [task = 'unlabelled'] = possibleTasks(source.name, source.labels, outputForm(model))
  const preparations = forms.map((_, at) => {
    const plain = plainFor(ground, at)
    return plain === null || hint === null ? plain : hinted(plain, hint)
  })
  return withPreparations({ task, preparation: null, classMap: null }, preparations)
}

function plainFor({ loaded, forms, ofBytes }: Ground, at: number): Preparation | null {
  const [form = null, isOfBytes = false] = [forms[at], ofBytes[at]]
  if (form === null) return null
  return plainPreparation(form, loaded.pictures[at]?.pictureShape ?? null, isOfBytes)
}

function attached(ground: Ground, wanted: DataSettings): AttachedData {
  const { loaded, model, caches, targetCache, guess, tools } = ground
  const { source, splits, facts } = loaded
  const output = outputForm(model)
  const classes = source.labels?.kind === 'classes' ? source.labels : null
  const orders =
    classes === null || output.columns === null ? [] : classOrders(classes, output.columns)
  const settings = withMap(wanted, orders)
  const tasks = possibleTasks(source.name, source.labels, output)
  const targets = targetsOf(source.name, source.labels, output, settings.task, settings.classMap)
  const readers = readersFor(ground, settings)
  const { targetScale = 'unit' } = settings
  const shown = {
    sides: readers.map(({ sides }) => sides),
    preparation: picturePreparation(settings),
    scale: targetScale,
  }
  const readTargets = targetReader(source, model, shown, targetCache, tools)
  const used = (name: SplitName): Uint32Array => labelled(splits[name], targets)
  const names = (['train', 'calibration', 'validation', 'test'] as const).filter(
    (name) => used(name).length > 0,
  )
  return {
    summary: {
      id: source.name,
      name: source.name,
      classNames: classNamesOf(source.labels, settings.task),
      splits: names.map((name) => ({ name, count: used(name).length })),
      settings,
      classOrders: orders,
      tasks,
      ...(guess === null ? {} : { scaleGuess: guess }),
      own: facts,
    },
    split: (name) => {
      const samples = used(name)
      const split: DataSplit = {
        dataset: source.name,
        name,
        key: JSON.stringify([facts.hash, name, settings]),
        count: samples.length,
        targets: pick(targets, samples),
        classes: classes === null ? null : samplesOf(classes.values, samples),
        rows: (chosen, signal) =>
          inputRows(
            readers,
            model,
            chosen.map((index) => samples[index] ?? 0),
            signal,
          ),
        expected:
          readTargets === null
            ? null
            : (chosen, signal) =>
                readTargets(
                  chosen.map((index) => samples[index] ?? 0),
                  signal,
                ),
        inputs: async (from, to, signal) =>
          inputTensors(
            await inputRows(readers, model, samples.subarray(from, to), signal),
            to - from,
          ),
        pictures: (index, signal) =>
          Promise.all(readers.map((reader) => reader.picture(samples[index] ?? 0, signal))),
        sample: (index) => describeSample(source, samples[index] ?? 0),
      }
      return Promise.resolve(split)
    },
    configured: (next) => attached(ground, next),
    scaled: hasTargetPictures(source.labels)
      ? (found) => attached({ ...ground, guess: found }, { ...settings, targetScale: found.scale })
      : null,
    drawn: null,
    forget: () => {
      for (const cache of caches) cache.forget()
      targetCache.forget()
    },
  }
}

/** One for each input. */
function readersFor(ground: Ground, settings: DataSettings): readonly SampleReader[] {
  const { loaded, model, forms, caches, tools } = ground
  const { source, pictures } = loaded
  const between = (signal: AbortSignal): Promise<void> => tools.pace.between(signal)
  const preparations = preparationsOf(settings)
  return source.samples.map((samples, at) => {
    const [form = null, input] = [forms[at], model.inputs[at]]
    const shown = pictures[at]?.pictures ?? null
    const preparation = preparations[at] ?? plainFor(ground, at)
    if (shown !== null && form !== null && preparation !== null)
      return pictureReader(shown, form, preparation, caches[at] ?? null, between)
    if (samples.kind !== 'numbers' || input === undefined)
      throw new RangeError('image files without pictures')
    return plainReader(input, samples, refusalOf(source.name, samples, input, model))
  })
}

function hasTargetPictures(labels: RawLabels | null): boolean {
  return labels !== null && areElements(labels) && arePictures(labels)
}

/** Numbers that are quantities name no classes. */
function classNamesOf(labels: RawLabels | null, task: Task): readonly string[] {
  return labels?.kind === 'classes' && task !== 'regression' ? labels.classNames : []
}

/** The map that is in use is said, unless classes are simply in the order of the outputs. */
function withMap(settings: DataSettings, [assumed]: readonly ClassOrder[]): DataSettings {
  const { task, classMap } = settings
  const isClasses = task === 'classification' || task === 'binary'
  if (classMap !== null || !isClasses || assumed === undefined) return settings
  const inOrder = assumed.map.every((output, place) => output === place)
  return inOrder ? settings : { ...settings, classMap: assumed.map }
}

function describeSample(
  source: DataSource,
  sample: number,
): { name: string; label: string | null } {
  const { labels } = source
  const [samples] = source.samples
  const name =
    samples.kind === 'images' ? baseName(samples.files[sample]?.path ?? '') : `#${sample + 1}`
  if (labels?.kind === 'pictures')
    return { name, label: baseName(labels.files[sample]?.path ?? '') }
  if (labels === null || labels.kind === 'arrays') return { name, label: null }
  if (labels.kind === 'classes')
    return { name, label: labels.classNames[labels.values[sample] ?? -1] ?? null }
  const width = labels.names.length
  return {
    name,
    label: Array.from(labels.values.subarray(sample * width, (sample + 1) * width)).join(', '),
  }
}
