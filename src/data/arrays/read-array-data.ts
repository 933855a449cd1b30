import { isStudioError, StudioError } from '../../core/errors'
import type { Between } from '../../files/between'
import type { BundleFile } from '../../files/file-bundle'
import type { DataFormat, DataSource } from '../data-source'
import type { DataWishes, ReadData } from '../data-wishes'
import { isIdxName, readIdx } from '../idx'
import { meaningOf } from '../label-meaning'
import { NAMED, accountOf, choiceOf, controlOf } from '../reading/reading'
import type { Reading, ReadingChoices, ReadingControl, ReadingNote } from '../reading/reading'
import type { NumberArray } from '../numbers'
import { arraySource, chooseArrays, isTexts, roleOf } from './array-source'
import type { NamedArray, TextArray } from './array-source'
import { inOrder, likelyOrder, possibleOrders } from './axis-order'
import type { AxisOrder } from './axis-order'
import { readNpy } from './npy'
import { isNpyTexts, readNpyTexts } from './npy-texts'

/** What a person may put right by another choice of arrays or axes. */
const CORRECTABLE = ['data/several', 'data/counts-differ', 'data/field', 'data/is-empty']
/** Where no array holds labels. */
const NONE = ''

type NumberNamed = NumberArray & { readonly name: string }

/** An array of values that are neither numbers nor texts, such as dates and Python objects. */
interface UnreadArray {
  readonly name: string
  readonly error: StudioError
}

/**
 * Reads arrays of NumPy and IDX: samples and labels, and how they were understood.
 * @param titleOf the name of an array by its path
 * @throws StudioError 'data/...' of damaged files, 'open/not-read', what `between` throws
 */
export async function readArrayData(
  name: string,
  format: DataFormat,
  files: readonly BundleFile[],
  titleOf: (path: string) => string,
  { choices, input, output = null }: DataWishes,
  between: Between,
): Promise<ReadData> {
  const known = files.filter(({ path }) => /\.npy$/i.test(path) || isIdxName(path))
  const { arrays, unread } = await readAll(known, titleOf, between)
  const chosen = chosenArrays(arrays, unread, choices)
  const { samples, labels } = chosen
  const labelCount = labels?.shape[0] ?? null
  const orders = samples === null ? [] : possibleOrders(samples)
  const likely = samples === null ? 'asStored' : likelyOrder(samples, labelCount, input)
  const order = choiceOf(choices, 'axisOrder', orders) ?? likely
  const made = await sourceOf(name, format, chosen, order, between)
  const list = namesArray(arrays, chosen)
  const meaning = meaningOf(made.source?.labels ?? null, choices, list?.values ?? null, output)
  const listed = meaning.notes.some(({ id }) => id === 'namesOfArray') ? list : null
  const roles = new Map<NamedArray | null, 'samples' | 'labels' | 'names'>([
    [samples, 'samples'],
    [labels, 'labels'],
    [listed, 'names'],
  ])
  const reading: Reading = {
    name,
    format,
    controls: [
      ...chosen.controls,
      ...(orders.length > 1 ? [controlOf('axisOrder', orders, [likely], choices)] : []),
      ...meaning.controls,
    ],
    preview: {
      kind: 'arrays',
      arrays: arrays.map((array) => ({
        name: array.name,
        dtype: dtypeOf(array),
        shape: array.shape,
        role: roles.get(array) ?? 'unused',
      })),
    },
    notes: [
      ...notesOf(
        arrays.filter((array) => array !== listed),
        unread,
        chosen,
        order,
      ),
      ...meaning.notes,
    ],
    account: accountOf(known.length - unread.length, {
      otherFormat: files.filter((file) => !known.includes(file)).map(({ path }) => path),
      unusedArray: unread.map((array) => array.name),
    }),
    problem: made.problem?.toData() ?? null,
  }
  return {
    reading,
    source: made.source === null ? null : { ...made.source, labels: meaning.labels },
  }
}

async function readAll(
  files: readonly BundleFile[],
  titleOf: (path: string) => string,
  between: Between,
): Promise<{ readonly arrays: readonly NamedArray[]; readonly unread: readonly UnreadArray[] }> {
  const arrays: NamedArray[] = []
  const unread: UnreadArray[] = []
  for (const file of files) {
    const name = titleOf(file.path)
    try {
      arrays.push({ ...(await readOne(file, between)), name })
    } catch (thrown) {
      if (!isOfOtherType(thrown)) throw thrown
      unread.push({ name, error: thrown })
    }
  }
  // What says that it is samples is missed; labels can be done without, and anything else lies there unused.
  const missed = unread.find((array) => roleOf(array) === 'samples') ?? unread[0]
  const isMissed = missed !== undefined && (arrays.length === 0 || roleOf(missed) === 'samples')
  if (isMissed) throw missed.error
  return { arrays, unread }
}

async function readOne(file: BundleFile, between: Between) {
  if (!/\.npy$/i.test(file.path)) return readIdx(file, between)
  return (await isNpyTexts(file)) ? readNpyTexts(file, between) : readNpy(file, between)
}

function isOfOtherType(thrown: unknown): thrown is StudioError {
  return (
    thrown instanceof StudioError &&
    thrown.code === 'data/field' &&
    thrown.params['field'] === 'the type'
  )
}

interface Chosen {
  readonly samples: NumberNamed | null
  readonly labels: NamedArray | null
  readonly controls: readonly ReadingControl[]
  readonly problem: StudioError | null
}

function chosenArrays(
  arrays: readonly NamedArray[],
  unread: readonly UnreadArray[],
  choices: ReadingChoices,
): Chosen {
  const numbers = arrays.filter((array): array is NumberNamed => !isTexts(array))
  const likely = arrays.filter((array) => !isAside(array, numbers))
  let guess: { samples: NamedArray | null; labels: NamedArray | null }
  let problem: StudioError | null = null
  try {
    guess = chooseArrays(likely.length > 0 ? likely : arrays)
  } catch (thrown) {
    if (!(thrown instanceof StudioError)) throw thrown
    guess = { samples: null, labels: null }
    problem = thrown
  }
  const names = [...arrays, ...unread].map(({ name }) => name)
  const sampleNames = numbers.map(({ name }) => name)
  const samplesName = choiceOf(choices, 'samplesArray', sampleNames) ?? guess.samples?.name
  // Labels that cannot be read are not the same as none: the person may do without them.
  const unreadLabels = unread.find((array) => roleOf(array) === 'labels')
  const likelyLabels = (unreadLabels ?? guess.labels)?.name ?? NONE
  const labelsName = choiceOf(choices, 'labelsArray', [NONE, ...names]) ?? likelyLabels
  const samples = numbers.find(({ name }) => name === samplesName) ?? null
  const first = arrays[0]
  if (samples === null && problem === null)
    problem = new StudioError('data/field', {
      file: first?.file ?? '',
      field: 'the type',
      expected: 'real numbers or booleans',
      found: first === undefined ? 'nothing' : dtypeOf(first),
    })
  const controls = [
    controlOf('samplesArray', sampleNames, nameOf(guess.samples), choices, { verbatim: true }),
    controlOf('labelsArray', [NONE, ...names], [likelyLabels], choices, { verbatim: true }),
  ]
  return {
    samples,
    labels: arrays.find(({ name }) => name === labelsName && name !== samples?.name) ?? null,
    controls: names.length > 1 ? controls : [],
    problem:
      samples === null ? problem : (unread.find(({ name }) => name === labelsName)?.error ?? null),
  }
}

function nameOf(array: NamedArray | null): string[] {
  return array === null ? [] : [array.name]
}

/** A single value, or texts that are not one for each sample: the names of classes, a date, a remark. */
function isAside(array: NamedArray, numbers: readonly NumberNamed[]): boolean {
  if (array.shape.length === 0) return true
  return isTexts(array) && !numbers.some(({ shape }) => shape[0] === array.shape[0])
}

/** Texts beside labels that are numbers: what the classes 0, 1, 2 … are called. */
function namesArray(
  arrays: readonly NamedArray[],
  { labels }: Chosen,
): (TextArray & { readonly name: string }) | null {
  if (labels === null || isTexts(labels)) return null
  const lists = arrays.flatMap((array) => {
    const isList = isTexts(array) && array.shape.length === 1 && array.values.length > 1
    return isList ? [array] : []
  })
  const [only, ...others] = lists
  return only === undefined || others.length > 0 ? null : only
}

async function sourceOf(
  name: string,
  format: DataFormat,
  { samples, labels, problem }: Chosen,
  order: AxisOrder,
  between: Between,
): Promise<{ readonly source: DataSource | null; readonly problem: StudioError | null }> {
  if (samples === null || problem !== null) return { source: null, problem }
  try {
    const ordered = await inOrder(samples, order, between)
    return { source: arraySource(name, format, ordered, labels), problem: null }
  } catch (thrown) {
    if (!isStudioError(thrown) || !CORRECTABLE.includes(thrown.code)) throw thrown
    return { source: null, problem: thrown }
  }
}

function dtypeOf(array: NamedArray): string {
  if (isTexts(array)) return 'text'
  return array.values instanceof Uint8Array ? 'uint8' : 'number'
}

function notesOf(
  arrays: readonly NamedArray[],
  unread: readonly UnreadArray[],
  { samples, labels }: Chosen,
  order: AxisOrder,
): ReadingNote[] {
  const notes: ReadingNote[] = []
  if (order !== 'asStored' && samples !== null)
    notes.push({ id: 'channelsMoved', params: { shape: samples.shape.join(' × ') } })
  const unused = [...arrays.filter((array) => array !== samples && array !== labels), ...unread]
  if (samples !== null && unused.length > 0)
    notes.push({
      id: 'arraysUnused',
      params: { count: unused.length, names: firstOf(unused.map(({ name }) => name)) },
    })
  return notes
}

function firstOf(names: readonly string[]): string {
  return names.slice(0, NAMED).join(', ')
}
