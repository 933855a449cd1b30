import type { SplitName } from '../../core/dataset-manifest'
import { baseName } from '../../files/file-bundle'
import { StudioError } from '../../core/errors'
import type { StudioErrorData } from '../../core/errors'
import { classOrders } from '../../data/class-orders'
import type { ClassOrder } from '../../data/class-orders'
import type { DataSource, RawLabels } from '../../data/data-source'
import type { PictureForm } from '../../data/input-form'
import { hinted } from '../../data/preparation-hint'
import type { PreparationHint } from '../../data/preparation-hint'
import { areElements, arePictures } from '../../data/element-targets'
import type { ScaleGuess } from '../../data/target-scale'
import { requireTokens } from '../../data/token-range'
import { possibleTasks, targetsOf } from '../../data/task'
import type { Task } from '../../data/task'
import type { DataSettings } from '../../data/data-settings'
import {
  formOf,
  inputRows,
  inputTensors,
  outputForm,
  plainPreparation,
  plainReader,
} from './samples-for-model'
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
  readonly form: PictureForm | null
  /** What came with the model says of pictures. */
  readonly hint: PreparationHint | null
  readonly cache: PictureCache
  /** Of the pictures that the model should make. */
  readonly targetCache: PictureCache
  /** Of their scale, by the outputs of the original; null where nobody has asked it. */
  readonly guess: ScaleGuess | null
  readonly tools: Toolbox
}

/** What the files of a model say of its inputs. */
interface ToldOfModel {
  readonly hint: PreparationHint | null
  /** Entries of the embedding that reads the input; null: there is none, or nobody knows. */
  readonly tokens: number | null
}

/**
 * Attaches own data to a model.
 * @param settings null: as labels, model and hint suggest
 * @throws StudioError 'data/shape-mismatch', 'data/labels-...', 'data/targets-shape', 'data/token-range'
 */
export function attachOwn(
  loaded: OwnData,
  model: RunnableModel,
  { settings, hint, tokens }: ToldOfModel & { readonly settings: DataSettings | null },
  tools: Toolbox,
): AttachedData {
  // Whether samples fit at all comes before what their labels mean.
  const form = fittingForm(loaded.source, loaded, model, tokens)
  const [cache, targetCache] = [new PictureCache(CACHE_BYTES), new PictureCache(CACHE_BYTES)]
  const ground = { loaded, model, form, hint, cache, targetCache, guess: null, tools }
  return attached(ground, settings ?? suggested(ground))
}

/**
 * How a model wants to be shown pictures; null where samples are numbers that it takes as they are.
 * @throws StudioError 'data/shape-mismatch' where it takes neither, 'data/token-range'
 */
function fittingForm(
  { name, samples }: DataSource,
  { pictures, pictureShape }: SourcePictures,
  model: RunnableModel,
  tokens: number | null,
): PictureForm | null {
  if (pictures !== null) return formOf(name, model, pictureShape)
  if (samples.kind === 'numbers') {
    plainReader(name, model, samples)
    requireTokens(name, samples, tokens)
  }
  return null
}

/** Why data do not fit a model, read or not yet decoded; null where they do. */
export function misfitOf(
  source: DataSource,
  model: RunnableModel,
  tokens: number | null,
  tools: Toolbox,
): StudioErrorData | null {
  try {
    fittingForm(source, picturesOf(source, tools), model, tokens)
    possibleTasks(source.name, source.labels, outputForm(model))
    return null
  } catch (thrown) {
    if (thrown instanceof StudioError) return thrown.toData()
    throw thrown
  }
}

function suggested({ loaded, model, form, hint }: Ground): DataSettings {
  const { source, pictureShape } = loaded
  const plain = form === null ? null : plainPreparation(form, pictureShape, model)
  const [task = 'unlabelled'] = possibleTasks(source.name, source.labels, outputForm(model))
  return {
    task,
    preparation: plain === null || hint === null ? plain : hinted(plain, hint),
    classMap: null,
  }
}

function attached(ground: Ground, wanted: DataSettings): AttachedData {
  const { loaded, model, cache, targetCache, guess, tools } = ground
  const { source, splits, facts } = loaded
  const output = outputForm(model)
  const classes = source.labels?.kind === 'classes' ? source.labels : null
  const orders =
    classes === null || output.columns === null ? [] : classOrders(classes, output.columns)
  const settings = withMap(wanted, orders)
  const tasks = possibleTasks(source.name, source.labels, output)
  const targets = targetsOf(source.name, source.labels, output, settings.task, settings.classMap)
  const reader = readerFor(ground, settings)
  const { preparation, targetScale = 'unit' } = settings
  const shown = { sides: reader.sides, preparation, scale: targetScale }
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
            reader,
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
            await inputRows(reader, model, samples.subarray(from, to), signal),
            to - from,
          ),
        picture: (index, signal) => reader.picture(samples[index] ?? 0, signal),
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
      cache.forget()
      targetCache.forget()
    },
  }
}

function readerFor({ loaded, model, form, cache, tools }: Ground, settings: DataSettings) {
  const { source, pictures, pictureShape } = loaded
  const between = (signal: AbortSignal): Promise<void> => tools.pace.between(signal)
  let reader: SampleReader
  if (pictures !== null && form !== null) {
    const preparation = settings.preparation ?? plainPreparation(form, pictureShape, model)
    reader = pictureReader(pictures, form, preparation, cache, between)
  } else if (source.samples.kind === 'numbers')
    reader = plainReader(source.name, model, source.samples)
  else throw new RangeError('image files without pictures')
  return reader
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
  const { samples, labels } = source
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
