import { isStudioError } from '../../core/errors'
import { elementCount } from '../../core/tensor-spec'
import type { Between } from '../../files/between'
import type { BundleFile } from '../../files/file-bundle'
import { classLabels } from '../class-labels'
import type { ClassLabels } from '../data-source'
import type { DataWishes } from '../data-wishes'
import { pairName } from '../pictures/pair-words'
import { NAMED, choiceOf, controlOf } from '../reading/reading'
import type { ReadingControl, ReadingNote } from '../reading/reading'
import { isSplitName, roleOf } from './array-source'
import type { NumberNamed } from './array-source'
import { readNpy, readNpyHead } from './npy'
import type { NpyHead } from './npy'

/** What several arrays may be. */
export const arrayMeanings = ['classArrays', 'samplesAndLabels'] as const

/** Bytes that the rows of all classes may have together. */
const MOST_BYTES = 2 ** 28
/** As a double. */
const NUMBER_BYTES = 8
/** Types of values that are read. */
const NUMBERS = /^[|<>=]?(?:b1|[ui][1248]|f[248])$/
/** What Quick, Draw! is downloaded as. */
const DOWNLOADED = /^full[ _]numpy[ _]bitmap[ _]/i

/** Arrays of which each holds the samples of one class. */
export interface ClassArrays {
  /** All rows, one class after the other. */
  readonly samples: NumberNamed
  readonly labels: ClassLabels
  readonly notes: readonly ReadingNote[]
  /** As the files say them. */
  readonly arrays: readonly {
    readonly name: string
    readonly dtype: string
    readonly shape: readonly number[]
  }[]
}

/**
 * Reads one array for each class, called after it, as Quick, Draw! has them. Of files that are too large together
 * only the first rows are read.
 * @param mostBytes of all rows together
 * @returns no control where the files cannot be meant so; no arrays where they are not
 * @throws StudioError 'data/...' of damaged files, 'open/not-read', what `between` throws
 */
export async function readClassArrays(
  files: readonly BundleFile[],
  titleOf: (path: string) => string,
  { choices, inputs, output = null }: Pick<DataWishes, 'choices' | 'inputs' | 'output'>,
  between: Between,
  mostBytes = MOST_BYTES,
): Promise<{ readonly control: ReadingControl | null; readonly found: ClassArrays | null }> {
  // A model with several inputs is given an array for each.
  const heads = inputs.length > 1 ? null : await headsOf(files, titleOf)
  if (heads === null) return { control: null, found: null }
  const makesArrays = output?.sides != null
  const guess = makesArrays ? 'samplesAndLabels' : 'classArrays'
  const control = controlOf('arraysAre', arrayMeanings, [guess], choices)
  const chosen = choiceOf(choices, 'arraysAre', arrayMeanings) ?? guess
  const found = chosen === 'classArrays' ? await joined(files, heads, between, mostBytes) : null
  return { control, found }
}

type NamedHead = NpyHead & { readonly name: string }

/** null where arrays have names that say what they are, or are not alike. */
async function headsOf(
  files: readonly BundleFile[],
  titleOf: (path: string) => string,
): Promise<readonly NamedHead[] | null> {
  const titles = files.map(({ path }) => titleOf(path))
  const names = titles.map((title) => title.replace(DOWNLOADED, ''))
  const areClasses =
    files.length > 1 &&
    new Set(names).size === names.length &&
    files.every(({ path }) => /\.npy$/i.test(path)) &&
    (titles.every((title) => DOWNLOADED.test(title)) || !sayWhatTheyAre(names))
  if (!areClasses) return null
  const heads: NamedHead[] = []
  for (const [place, file] of files.entries()) {
    const head = await headOf(file)
    if (head === null || head.shape.length < 2 || !NUMBERS.test(head.descr)) return null
    heads.push({ ...head, name: names[place] ?? '' })
  }
  const sides = new Set(heads.map(({ shape }) => shape.slice(1).join()))
  return sides.size === 1 ? heads : null
}

/**
 * Whether files are called after splits or parts of data. A word that few of them have is a class: `train` beside
 * `bus` and `car`, or `x-ray`. Only labels are no class beside a single other array.
 */
function sayWhatTheyAre(names: readonly string[]): boolean {
  const saying = names.filter(
    (name) => roleOf({ name }) !== null || isSplitName(name) || isLetter(name),
  )
  const areLabels = names.length === 2 && names.some((name) => roleOf({ name }) === 'labels')
  return areLabels || saying.length > names.length / 2
}

/** A, b, x and y are names of arrays, not of classes. */
function isLetter(name: string): boolean {
  return name.length === 1 && pairName(name, false).side !== null
}

/** null for what is damaged: reading it in full says how. */
async function headOf(file: BundleFile): Promise<NpyHead | null> {
  try {
    return await readNpyHead(file)
  } catch (thrown) {
    if (isStudioError(thrown) && thrown.code.startsWith('data/')) return null
    throw thrown
  }
}

async function joined(
  files: readonly BundleFile[],
  heads: readonly NamedHead[],
  between: Between,
  mostBytes: number,
): Promise<ClassArrays> {
  const [, ...sides] = heads[0]?.shape ?? []
  const size = elementCount(sides)
  const areBytes = heads.every(({ isByte }) => isByte)
  const bytes = size * (areBytes ? 1 : NUMBER_BYTES)
  const most = Math.max(1, Math.floor(mostBytes / (bytes * heads.length)))
  const rows = heads.map(({ shape: [count = 0] }) => Math.min(count, most))
  const total = rows.reduce((sum, count) => sum + count, 0)
  const all = heads.reduce((sum, { shape: [count = 0] }) => sum + count, 0)
  const values = areBytes ? new Uint8Array(total * size) : new Float64Array(total * size)
  const names: string[] = []
  for (const [place, file] of files.entries()) {
    const part = await readNpy(file, between, most)
    values.set(part.values, names.length * size)
    const name = heads[place]?.name ?? ''
    for (let row = 0; row < (rows[place] ?? 0); row++) names.push(name)
  }
  const listed = heads.map(({ name }) => name)
  const shown = listed.length > NAMED ? [...listed.slice(0, NAMED), '…'] : listed
  const notes: ReadingNote[] = [
    { id: 'arraysAreClasses', params: { count: heads.length, names: shown.join(', ') } },
  ]
  if (total < all) notes.push({ id: 'firstRows', params: { count: most, total: all } })
  return {
    samples: {
      file: files[0]?.path ?? '',
      name: listed[0] ?? '',
      shape: [total, ...sides],
      values,
    },
    labels: classLabels(names),
    notes,
    arrays: heads.map(({ name, shape, isByte }) => ({
      name,
      shape,
      dtype: isByte ? 'uint8' : 'number',
    })),
  }
}
