import { isStudioError, StudioError } from '../../core/errors'
import type { Between } from '../../files/between'
import type { BundleFile } from '../../files/file-bundle'
import type { DataFormat, DataSource } from '../data-source'
import type { DataWishes, ReadData } from '../data-wishes'
import { isIdxName, readIdx } from '../idx'
import { meaningOf } from '../label-meaning'
import { NAMED, accountOf, choiceOf, controlOf } from '../reading/reading'
import type { Reading, ReadingNote } from '../reading/reading'
import type { OutputForm } from '../task'
import { arraySource, isTexts, roleOf } from './array-source'
import type { NamedArray } from './array-source'
import { inOrder, likelyOrder, possibleOrders } from './axis-order'
import type { AxisOrder } from './axis-order'
import { chosenArrays, dtypeOf, namesArray } from './chosen-arrays'
import type { Chosen, NumberNamed, UnreadArray } from './chosen-arrays'
import { readClassArrays } from './class-arrays'
import type { ClassArrays } from './class-arrays'
import { flatRows, unfolded } from './flat-rows'
import type { FlatRows } from './flat-rows'
import { readNpy } from './npy'
import { isNpyTexts, readNpyTexts } from './npy-texts'

/** What a person may put right by another choice of arrays or axes. */
const CORRECTABLE = ['data/several', 'data/counts-differ', 'data/field', 'data/is-empty']
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
  wishes: DataWishes,
  between: Between,
): Promise<ReadData> {
  const { choices, input, output = null } = wishes
  const known = files.filter(({ path }) => /\.npy$/i.test(path) || isIdxName(path))
  const { control, found } = await readClassArrays(known, titleOf, wishes, between)
  const { arrays, unread } =
    found === null ? await readAll(known, titleOf, between) : { arrays: [], unread: [] }
  const chosen = found === null ? chosenArrays(arrays, unread, choices, output) : ofClasses(found)
  const { samples, labels } = chosen
  const labelCount = labels?.shape[0] ?? null
  const rows = samples === null ? null : flatRows(samples, input)
  const orders = samples === null ? [] : (rows?.orders ?? possibleOrders(samples))
  const likely =
    samples === null ? 'asStored' : (rows?.likely ?? likelyOrder(samples, labelCount, input))
  const order = choiceOf(choices, 'axisOrder', orders) ?? likely
  const title = found === null ? name : titleOfClasses(found)
  const made = await sourceOf(title, format, chosen, { order, rows, output }, between)
  const list = namesArray(arrays, chosen)
  const given = found?.labels ?? made.source?.labels ?? null
  const meaning = meaningOf(given, choices, list?.values ?? null, output)
  const listed = meaning.notes.some(({ id }) => id === 'namesOfArray') ? list : null
  const roles = new Map<NamedArray | null, 'samples' | 'labels' | 'names'>([
    [samples, 'samples'],
    [labels, 'labels'],
    [listed, 'names'],
  ])
  const reading: Reading = {
    name: title,
    format,
    controls: [
      ...(control === null ? [] : [control]),
      ...chosen.controls,
      ...(orders.length > 1 ? [controlOf('axisOrder', orders, [likely], choices)] : []),
      ...meaning.controls,
    ],
    preview: {
      kind: 'arrays',
      arrays:
        found?.arrays.map((array) => ({ ...array, role: 'samples' })) ??
        arrays.map((array) => ({
          name: array.name,
          dtype: dtypeOf(array),
          shape: array.shape,
          role: roles.get(array) ?? 'unused',
        })),
    },
    notes: [
      ...(found?.notes ?? []),
      ...(rows === null ? [] : [shapedNote(rows)]),
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

interface HowRead {
  readonly order: AxisOrder
  readonly rows: FlatRows | null
  readonly output: OutputForm | null
}

/** What should be made of samples lies as they do, where it has as many axes. */
async function alike(
  labels: NamedArray | null,
  samples: NumberNamed,
  order: AxisOrder,
  between: Between,
): Promise<NamedArray | null> {
  const isAlike = labels !== null && labels.shape.length === samples.shape.length
  return isAlike && samples.shape.length > 2 && !isTexts(labels)
    ? inOrder(labels, order, between)
    : labels
}

/** Arrays of which each is a class: all are samples. */
function ofClasses({ samples }: ClassArrays): Chosen {
  return { samples, labels: null, controls: [], problem: null }
}

/** Names of classes that name the data. */
const TITLES = 3

function titleOfClasses({ arrays }: ClassArrays): string {
  const names = arrays.slice(0, TITLES).map(({ name }) => name)
  return [...names, ...(arrays.length > TITLES ? ['…'] : [])].join(' + ')
}

function shapedNote({ size, sides }: FlatRows): ReadingNote {
  return { id: 'rowsShaped', params: { size, shape: sides.join(' × ') } }
}

async function sourceOf(
  name: string,
  format: DataFormat,
  { samples, labels, problem }: Chosen,
  { order, rows, output }: HowRead,
  between: Between,
): Promise<{ readonly source: DataSource | null; readonly problem: StudioError | null }> {
  if (samples === null || problem !== null) return { source: null, problem }
  try {
    const sided = rows === null ? samples : unfolded(samples, rows, order)
    const ordered = await inOrder(sided, order, between)
    const targets = await alike(labels, samples, order, between)
    return { source: arraySource(name, format, ordered, targets, output), problem: null }
  } catch (thrown) {
    if (!isStudioError(thrown) || !CORRECTABLE.includes(thrown.code)) throw thrown
    return { source: null, problem: thrown }
  }
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
