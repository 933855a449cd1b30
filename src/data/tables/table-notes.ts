import { baseName } from '../../files/file-bundle'
import type { DataSource } from '../data-source'
import { NAMED } from '../reading/reading'
import type { NoteId, ReadingNote } from '../reading/reading'
import type { ColumnPlan, LeftOutColumn } from './column-plan'
import type { Table } from './table'
import { isTruth } from './table-column'
import { placeOf } from './table-parts'
import { usedColumns } from './table-source'

const LEFT_OUT_NOTES: Readonly<Record<LeftOutColumn, NoteId>> = {
  index: 'leftOutIndex',
  id: 'leftOutId',
  empty: 'leftOutEmpty',
  text: 'leftOutText',
  key: 'leftOutKey',
  beside: 'leftOutBeside',
}

/** What is worth saying of how a table was read; what costs samples comes first. */
export function tableNotes(
  table: Table,
  plan: ColumnPlan,
  source: DataSource | null,
): readonly ReadingNote[] {
  const { leftOut, proposed } = plan
  const { thousands, comments, dialect, hasRowNames, noSamples, written } = table.facts
  const notes: ReadingNote[] = [...missingNotes(table, plan)]
  const { empty, header, units, below } = noSamples
  if (empty.count > 0) notes.push(linesNote('emptyRows', table, empty))
  if (header.count > 0) notes.push(linesNote('headerAgain', table, header))
  if (units.count > 0) notes.push(linesNote('unitRows', table, units, { units: written.units }))
  if (below.count > 0) notes.push(linesNote('linesBelow', table, below, { text: written.below }))
  if (thousands !== null) notes.push({ id: 'thousands', params: { ...thousands } })
  if (comments > 0)
    notes.push({ id: 'comments', params: { count: comments, mark: dialect.comment } })
  if (dialect.separatorLine) notes.push({ id: 'separatorLine', params: {} })
  if (dialect.linesAbove > 0)
    notes.push({ id: 'linesAbove', params: { count: dialect.linesAbove } })
  const guess = table.controls.find(({ guessed, id }) => guessed && id === 'tableEncoding')
    ?.value[0]
  if (guess !== undefined && guess !== 'utf-8')
    notes.push({ id: 'encoding', params: { encoding: guess } })
  if (hasRowNames) notes.push({ id: 'rowNames', params: {} })
  for (const [reason, id] of Object.entries(LEFT_OUT_NOTES)) {
    const names = proposed.leftOut
      .filter((column) => column.reason === reason && leftOut.includes(column.name))
      .map((column) => column.name)
    if (names.length > 0) notes.push(columnsNote(id, names))
  }
  const shaped = source?.samples.find(
    (samples) => samples.kind === 'numbers' && samples.shape.length > 1,
  )
  if (shaped?.kind === 'numbers')
    notes.push({ id: 'pixels', params: { shape: shaped.shape.join(' × ') } })
  return notes
}

/** Rows without a value in a column that is used, and what is true or false among numbers. */
function missingNotes(table: Table, plan: ColumnPlan): readonly ReadingNote[] {
  const { features, labels, complete } = usedColumns(table, plan)
  const used = [...features, ...labels]
  const count = table.rows - complete.length
  const first = [...new Set(used.flatMap(({ missingLines }) => missingLines))].sort((a, b) => a - b)
  const truths = (labels.length > 1 ? used : features).filter(isTruth).map(({ name }) => name)
  return [
    ...(count > 0
      ? [linesNote('missingRows', table, { count, first: first.slice(0, NAMED) })]
      : []),
    ...(truths.length > 0 ? [columnsNote('truths', truths)] : []),
  ]
}

/** Lines by their numbers; of several files with the name of each. */
function linesNote(
  id: NoteId,
  { parts }: Pick<Table, 'parts'>,
  { count, first }: { readonly count: number; readonly first: readonly number[] },
  more: ReadingNote['params'] = {},
): ReadingNote {
  const names = first.map((wanted) => {
    const { file, line } = placeOf(parts, wanted)
    return parts.length > 1 ? `${baseName(file)} ${line}` : String(line)
  })
  const lines = names.join(', ') + (count > first.length ? ', …' : '')
  return { id, params: { count, lines, ...more } }
}

function columnsNote(id: NoteId, names: readonly string[]): ReadingNote {
  return { id, params: { count: names.length, columns: names.slice(0, NAMED).join(', ') } }
}
