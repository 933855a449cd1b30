import { isStudioError, StudioError } from '../../core/errors'
import type { Between } from '../../files/between'
import type { BundleFile } from '../../files/file-bundle'
import type { DataFormat, DataSource } from '../data-source'
import type { DataWishes, InputWish, ReadData } from '../data-wishes'
import { isIdxName, readIdx } from '../idx'
import { meaningOf } from '../label-meaning'
import { NAMED, accountOf, choiceOf, controlOf } from '../reading/reading'
import { mappingNote } from '../reading/input-choices'
import type {
  InputMapping,
  Reading,
  ReadingChoices,
  ReadingControl,
  ReadingNote,
} from '../reading/reading'
import type { OutputForm } from '../task'
import { arraySource, isTexts, roleOf } from './array-source'
import type { NamedArray, NumberNamed } from './array-source'
import { axisOrders, inOrder, likelyOrder, possibleOrders } from './axis-order'
import type { AxisOrder } from './axis-order'
import { chosenArrays, dtypeOf, namesArray } from './chosen-arrays'
import type { Chosen, UnreadArray } from './chosen-arrays'
import { readClassArrays } from './class-arrays'
import type { ClassArrays } from './class-arrays'
import { flatRows, unfolded } from './flat-rows'
import type { FlatRows } from './flat-rows'
import { readNpy } from './npy'
import { isNpyTexts, readNpyTexts } from './npy-texts'

/** What a person may put right by another choice of arrays or axes. */
const CORRECTABLE = [
  ...['data/several', 'data/counts-differ', 'data/input-counts'],
  ...['data/field', 'data/is-empty'],
]

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
  const { choices, inputs, output = null } = wishes
  const known = files.filter(({ path }) => /\.npy$/i.test(path) || isIdxName(path))
  const { control, found } = await readClassArrays(known, titleOf, wishes, between)
  const { arrays, unread } =
    found === null ? await readAll(known, titleOf, between) : { arrays: [], unread: [] }
  const chosen = found === null ? chosenArrays(arrays, unread, wishes) : ofClasses(found)
  const { labels } = chosen
  const labelCount = labels?.shape[0] ?? null
  const forms = chosen.samples.map((array, at) => formOf(array, labelCount, inputs[at], choices))
  const title = found === null ? name : titleOfClasses(found)
  const made = await sourceOf(title, format, chosen, forms, output, between)
  const mapping = mappingOf(chosen, arrays, made.source)
  const list = namesArray(arrays, chosen)
  const given = found?.labels ?? made.source?.labels ?? null
  const meaning = meaningOf(given, choices, list?.values ?? null, output)
  const listed = meaning.notes.some(({ id }) => id === 'namesOfArray') ? list : null
  const roles = new Map<NamedArray | null, 'samples' | 'labels' | 'names'>([
    // Also while another input lacks one.
    ...[...chosen.samples, ...chosen.given.map(({ array }) => array)].map(
      (array) => [array, 'samples'] as const,
    ),
    [labels, 'labels'],
    [listed, 'names'],
  ])
  const reading: Reading = {
    name: title,
    format,
    controls: [
      ...(control === null ? [] : [control]),
      ...chosen.controls,
      ...orderControls(forms, choices),
      ...meaning.controls,
    ],
    ...(mapping === null ? {} : { mapping }),
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
      ...(mapping === null ? [] : [mappingNote(mapping)]),
      ...shapedNotes(forms),
      ...notesOf(
        arrays.filter((array) => array !== listed),
        unread,
        chosen,
        forms,
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

/** How the array of one input becomes its samples. */
interface ArrayForm {
  readonly orders: readonly AxisOrder[]
  readonly likely: AxisOrder
  readonly order: AxisOrder
  readonly rows: FlatRows | null
}

function formOf(
  samples: NumberNamed,
  labelCount: number | null,
  input: InputWish | undefined,
  choices: ReadingChoices,
): ArrayForm {
  const sides = input?.sides ?? null
  const rows = flatRows(samples, sides)
  const orders = rows?.orders ?? possibleOrders(samples)
  const likely = rows?.likely ?? likelyOrder(samples, labelCount, sides)
  return { orders, likely, order: choiceOf(choices, 'axisOrder', orders) ?? likely, rows }
}

/** One for all inputs: where an array cannot have the chosen order it stays as it is guessed. */
function orderControls(forms: readonly ArrayForm[], choices: ReadingChoices): ReadingControl[] {
  const several = forms.filter(({ orders }) => orders.length > 1)
  const orders = axisOrders.filter((order) => several.some((form) => form.orders.includes(order)))
  const [first] = several
  return first === undefined ? [] : [controlOf('axisOrder', orders, [first.likely], choices)]
}

function mappingOf(
  { given }: Chosen,
  arrays: readonly NamedArray[],
  source: DataSource | null,
): InputMapping | null {
  if (given.length === 0) return null
  return {
    many: false,
    sources: arrays.flatMap((array) => (isTexts(array) ? [] : [array.name])),
    guessed: given.every(({ how }) => how !== 'chosen'),
    slots: given.map(({ input, needed, how, array }, at) => {
      const read = source?.samples[at]
      const shape = read?.kind === 'numbers' ? read.shape : (array?.shape.slice(1) ?? null)
      return { input, needed, how, found: shape, from: array === null ? [] : [array.name] }
    }),
  }
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
  return { samples: [samples], labels: null, controls: [], problem: null, given: [] }
}

/** Names of classes that name the data. */
const TITLES = 3

function titleOfClasses({ arrays }: ClassArrays): string {
  const names = arrays.slice(0, TITLES).map(({ name }) => name)
  return [...names, ...(arrays.length > TITLES ? ['…'] : [])].join(' + ')
}

function shapedNotes(forms: readonly ArrayForm[]): ReadingNote[] {
  const shaped = forms.flatMap(({ rows }) => rows ?? []).slice(0, 1)
  return shaped.map(({ size, sides }) => ({
    id: 'rowsShaped',
    params: { size, shape: sides.join(' × ') },
  }))
}

async function sourceOf(
  name: string,
  format: DataFormat,
  { samples: [first, ...others], labels, problem }: Chosen,
  [firstForm, ...otherForms]: readonly ArrayForm[],
  output: OutputForm | null,
  between: Between,
): Promise<{ readonly source: DataSource | null; readonly problem: StudioError | null }> {
  if (first === undefined || firstForm === undefined || problem !== null)
    return { source: null, problem }
  try {
    const ordered: [NumberNamed, ...NumberNamed[]] = [await inForm(first, firstForm, between)]
    for (const [at, form] of otherForms.entries()) {
      const array = others[at]
      if (array !== undefined) ordered.push(await inForm(array, form, between))
    }
    const targets = await alike(labels, first, firstForm.order, between)
    return { source: arraySource(name, format, ordered, targets, output), problem: null }
  } catch (thrown) {
    if (!isStudioError(thrown) || !CORRECTABLE.includes(thrown.code)) throw thrown
    return { source: null, problem: thrown }
  }
}

/** The array with the sides of its samples, and its axes in order. */
function inForm(
  array: NumberNamed,
  { rows, order }: ArrayForm,
  between: Between,
): Promise<NumberNamed> {
  return inOrder(rows === null ? array : unfolded(array, rows, order), order, between)
}

function notesOf(
  arrays: readonly NamedArray[],
  unread: readonly UnreadArray[],
  { samples, labels }: Chosen,
  forms: readonly ArrayForm[],
): ReadingNote[] {
  const notes: ReadingNote[] = []
  const moved = samples.filter((_, at) => forms[at]?.order !== 'asStored')
  if (moved.length > 0)
    notes.push({
      id: 'channelsMoved',
      params: { shape: moved.map(({ shape }) => shape.join(' × ')).join(', ') },
    })
  const used = new Set<NamedArray | null>([...samples, labels])
  const unused = [...arrays.filter((array) => !used.has(array)), ...unread]
  if (samples.length > 0 && unused.length > 0)
    notes.push({
      id: 'arraysUnused',
      params: { count: unused.length, names: firstOf(unused.map(({ name }) => name)) },
    })
  return notes
}

function firstOf(names: readonly string[]): string {
  return names.slice(0, NAMED).join(', ')
}
