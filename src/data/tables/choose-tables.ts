import { isStudioError, StudioError } from '../../core/errors'
import type { Between } from '../../files/between'
import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { NAMED, accountOf, choiceOf, controlOf } from '../reading/reading'
import type { FileAccount, ReadingChoices, ReadingControl, ReadingNote } from '../reading/reading'
import type { JoinedColumns } from './column-plan'
import { isLikelyKey, joinKeys } from './join-keys'
import type { JoinKey } from './join-keys'
import { joinTables, withGaps } from './join-tables'
import { canTurnHeader } from './label-header'
import type { TableModel } from './likely-labels'
import { headerChoices, readTable } from './table'
import type { Table } from './table'
import { likelyRoles } from './table-roles'
import { tableStarts } from './table-start'
import type { TableStart } from './table-start'

/** How labels of another table are found: row by row, or by a column that both have. */
export const joinChoices = ['inOrder', 'byColumn'] as const

/** What is read of one table, or of several that were dropped together. */
export interface ChosenTables {
  /** Paths of those that hold samples. */
  readonly paths: readonly string[]
  readonly table: Table
  /** Columns of a table of labels; null where there is none beside. */
  readonly joined: JoinedColumns | null
  readonly controls: readonly ReadingControl[]
  readonly notes: readonly ReadingNote[]
  readonly account: FileAccount
  /** Why they give no samples together; null where they do. */
  readonly problem: StudioError | null
}

/**
 * Reads a table; of several those that are likely meant, each other way a choice.
 * @throws StudioError 'data/...' where nothing can be put right, 'open/not-read', what `between` throws
 */
export async function chooseTables(
  files: readonly BundleFile[],
  choices: ReadingChoices,
  model: TableModel,
  between: Between,
): Promise<ChosenTables> {
  const [only, ...more] = files
  if (only !== undefined && more.length === 0)
    return alone(only, await readTable(files, choices, between))
  const { starts, unread } = await tableStarts(files, between)
  const [broken] = unread
  if (starts.length === 0 && broken !== undefined) throw broken.error
  const titles = starts.map(({ title }) => title)
  const called = (id: 'tablesRead' | 'labelTables', options: readonly TableStart[]) => {
    const wanted = choices[id]
    const names = new Set(namesOf(options))
    if (wanted === undefined || !wanted.every((title) => names.has(title))) return null
    const chosen = new Set(wanted)
    return options.filter(({ title }) => chosen.has(title))
  }
  const likely = likelyRoles(starts, model, null)
  const chosen = called('tablesRead', starts)
  const roles = chosen === null ? likely : likelyRoles(starts, model, chosen)
  const { samples } = roles
  const areSamples = new Set(samples)
  const others = starts.filter((start) => !areSamples.has(start))
  const labels = called('labelTables', others) ?? roles.labels
  const read = await readAll(samples, labels, choices, model, between)
  const used = new Set(namesOf([...samples, ...labels]))
  const left = [...titles, ...unread.map(({ title }) => title)].filter((title) => !used.has(title))
  return {
    ...read,
    paths: samples.map(({ file }) => file.path),
    controls: [
      controlOf('tablesRead', titles, namesOf(likely.samples), choices, MANY),
      ...(others.length > 0
        ? [controlOf('labelTables', namesOf(others), namesOf(roles.labels), choices, MANY)]
        : []),
      ...read.controls,
    ],
    account: accountOf(used.size, { otherTables: left }),
    problem:
      samples.length > 0
        ? read.problem
        : new StudioError('data/is-empty', { file: shortList(starts) }),
  }
}

const MANY = { many: true, verbatim: true } as const

function namesOf(starts: readonly TableStart[]): readonly string[] {
  return starts.map(({ title }) => title)
}

function alone(file: BundleFile, table: Table): ChosenTables {
  return {
    paths: [file.path],
    table,
    joined: null,
    controls: [],
    notes: [],
    account: accountOf(1, {}),
    problem: null,
  }
}

type ReadTables = Pick<ChosenTables, 'table' | 'joined' | 'controls' | 'notes' | 'problem'>

/** Samples with the labels that belong to them. */
async function readAll(
  samples: readonly TableStart[],
  labels: readonly TableStart[],
  choices: ReadingChoices,
  model: TableModel,
  between: Between,
): Promise<ReadTables> {
  const [first] = samples
  let table: Table
  try {
    table = await readTable(filesOf(samples), choices, between)
  } catch (thrown) {
    // Fewer of them may be few enough.
    if (!isStudioError(thrown) || thrown.code !== 'data/too-large' || first === undefined)
      throw thrown
    return { table: first.table, joined: null, controls: [], notes: [], problem: thrown }
  }
  const isTogether = samples.length > 1 && table.problem?.code !== 'data/tables-differ'
  const notes = isTogether ? [joinedNote(samples)] : []
  if (samples.length === 0 || labels.length === 0 || table.problem !== null)
    return { table, joined: null, controls: [], notes, problem: null }
  const theirs = await readLabels(filesOf(labels), table, choices, between)
  if (theirs.problem !== null)
    return { table, joined: null, controls: [], notes, problem: theirs.problem }
  const [key] = joinKeys(table, theirs)
  const guess = key !== undefined && isLikelyKey(key, table, theirs) ? 'byColumn' : 'inOrder'
  const controls = key === undefined ? [] : [controlOf('labelJoin', joinChoices, [guess], choices)]
  const how = choiceOf(choices, 'labelJoin', joinChoices) ?? guess
  const by = how === 'byColumn' ? (key ?? null) : null
  try {
    const made = joinTables(table, theirs, by ?? countedKey(key), model, choices)
    const { columns, unlabelled, disputed, unused, ...joined } = made
    const file = shortList(labels)
    return {
      table: joined.table,
      joined: columns,
      controls,
      notes: [
        ...notes,
        ...labelNotes(file, shortList(samples), by, key ?? null),
        ...(disputed > 0 ? [countNote('labelsDisputed', disputed, file)] : []),
        ...(unlabelled > 0 ? [countNote('rowsUnlabelled', unlabelled, file)] : []),
        ...(unused > 0 ? [countNote('labelsUnused', unused, file)] : []),
      ],
      problem: null,
    }
  } catch (thrown) {
    if (!(thrown instanceof StudioError)) throw thrown
    return { table, joined: null, controls, notes, problem: thrown }
  }
}

/** What was guessed of a header, of spaces and of empty lines is put right by the number of rows. */
async function readLabels(
  files: readonly BundleFile[],
  samples: Table,
  choices: ReadingChoices,
  between: Between,
): Promise<Table> {
  const guessed = ['tableHeader', 'tableAbove', 'tableBelow']
  const own: Record<string, readonly string[]> = Object.fromEntries(
    Object.entries(choices).filter(([id]) => !guessed.includes(id)),
  )
  let labels = await readTable(files, own, between)
  if (choices.tableSeparator === undefined && areNamesWithSpaces(labels, samples)) {
    own['tableSeparator'] = [',']
    labels = await readTable(files, own, between)
  }
  if (labels.rows === samples.rows || joinKeys(samples, labels).length > 0) return labels
  const { gaps, hasHeader } = labels.facts
  // With lines left empty nobody knows which number of rows is right, but for one.
  if (gaps.length > 0 && labels.columns.length === 1)
    return labels.rows + gaps.length === samples.rows ? withGaps(labels) : labels
  if (!canTurnHeader(labels)) return labels
  const [yes, no] = headerChoices
  const again = await readTable(files, { ...own, tableHeader: [hasHeader ? no : yes] }, between)
  return again.problem === null && again.rows === samples.rows ? again : labels
}

/** Names of classes that hold spaces, in a file that has no other cells. */
function areNamesWithSpaces({ columns, facts }: Table, samples: Table): boolean {
  return (
    facts.dialect.separator === ' ' &&
    (samples.facts.dialect.separator !== ' ' || columns.every(({ kind }) => kind === 'text'))
  )
}

function filesOf(starts: readonly TableStart[]): readonly BundleFile[] {
  return starts.map(({ file }) => file)
}

function shortList(starts: readonly TableStart[]): string {
  const names = starts.map(({ file }) => baseName(file.path))
  return names.slice(0, NAMED).join(', ') + (names.length > NAMED ? ', …' : '')
}

function joinedNote(samples: readonly TableStart[]): ReadingNote {
  return { id: 'tablesJoined', params: { count: samples.length, names: shortList(samples) } }
}

/** Rows in the order in which both tables count them; the counters are no inputs. */
function countedKey(key: JoinKey | undefined): JoinKey | null {
  if (key === undefined || key.counters === null) return null
  return { ...key, rows: key.rows.map((_, row) => row), again: new Map() }
}

function labelNotes(
  file: string,
  samples: string,
  by: JoinKey | null,
  key: JoinKey | null,
): readonly ReadingNote[] {
  if (by !== null) return [{ id: 'labelsByColumn', params: { file, column: by.samples.name } }]
  const counters = key?.counters ?? null
  if (counters === null || counters.samples === counters.labels)
    return [{ id: 'labelsInOrder', params: { file, samples } }]
  const [from, other] = [counters.samples, counters.labels]
  return [{ id: 'labelsCounted', params: { file, samples, from, other } }]
}

type CountNote = 'labelsDisputed' | 'rowsUnlabelled' | 'labelsUnused'

function countNote(id: CountNote, count: number, file: string): ReadingNote {
  return { id, params: { count, file } }
}
