import { StudioError } from '../../core/errors'
import { elementCount } from '../../core/tensor-spec'
import type { BundleFile } from '../../files/file-bundle'
import type { Between } from '../../files/between'
import type { DataSource } from '../data-source'
import type { DataWishes, ReadData } from '../data-wishes'
import { meaningOf } from '../label-meaning'
import { NAMED, accountOf, controlOf } from '../reading/reading'
import type { ColumnRole, NoteId, Reading, ReadingNote } from '../reading/reading'
import { planColumns } from './column-plan'
import type { ColumnPlan, LeftOutColumn } from './column-plan'
import { readTable } from './table'
import type { Table } from './table'
import { tableSource } from './table-source'

const LEFT_OUT_NOTES: Readonly<Record<LeftOutColumn, NoteId>> = {
  index: 'leftOutIndex',
  id: 'leftOutId',
  empty: 'leftOutEmpty',
  text: 'leftOutText',
}

/**
 * Reads a table: samples and labels, and how it was understood.
 * @throws StudioError 'data/too-large', 'open/not-read', what `between` throws
 */
export async function readTableData(
  name: string,
  file: BundleFile,
  { choices, input }: DataWishes,
  between: Between,
): Promise<ReadData> {
  const table = await readTable(file, choices, between)
  const features = input?.every((side) => side !== null) === true ? elementCount(input) : null
  const plan = planColumns(table, features, choices)
  const { source, problem } = sourceOf(name, table, plan, input)
  const meaning = meaningOf(source?.labels ?? null, choices)
  const roles = table.columns.map((column) => ({
    name: column.name,
    role: roleOf(column.name, plan),
  }))
  const names = table.columns.map((column) => column.name)
  const proposedOut = plan.proposed.leftOut.map((column) => column.name)
  const reading: Reading = {
    name,
    format: 'table',
    controls: [
      ...table.controls,
      controlOf('tableLeftOut', names, proposedOut, choices, { many: true, verbatim: true }),
      controlOf('labelColumns', names, plan.proposed.labels, choices, {
        many: true,
        verbatim: true,
      }),
      ...meaning.controls,
    ],
    preview: { kind: 'rows', columns: roles, rows: table.firstRows },
    notes: [...notesOf(table, plan, source), ...meaning.notes],
    account: accountOf(1, {}),
    problem: problem?.toData() ?? null,
  }
  return {
    reading,
    source: source === null ? null : { ...source, labels: meaning.labels },
  }
}

function sourceOf(
  name: string,
  table: Table,
  plan: ColumnPlan,
  input: DataWishes['input'],
): { readonly source: DataSource | null; readonly problem: StudioError | null } {
  if (table.problem !== null) return { source: null, problem: table.problem }
  try {
    return { source: tableSource(name, table, plan, input), problem: null }
  } catch (thrown) {
    if (thrown instanceof StudioError) return { source: null, problem: thrown }
    throw thrown
  }
}

function roleOf(name: string, { labels, leftOut }: ColumnPlan): ColumnRole {
  if (labels.includes(name)) return 'label'
  return leftOut.includes(name) ? 'leftOut' : 'input'
}

function notesOf(
  { facts, controls }: Table,
  { leftOut, proposed }: ColumnPlan,
  source: DataSource | null,
): ReadingNote[] {
  const notes: ReadingNote[] = []
  const { thousands, comments, dialect, hasRowNames } = facts
  if (thousands !== null) notes.push({ id: 'thousands', params: { ...thousands } })
  if (comments > 0)
    notes.push({ id: 'comments', params: { count: comments, mark: dialect.comment } })
  if (dialect.separatorLine) notes.push({ id: 'separatorLine', params: {} })
  const guess = controls.find(({ guessed, id }) => guessed && id === 'tableEncoding')?.value[0]
  if (guess !== undefined && guess !== 'utf-8')
    notes.push({ id: 'encoding', params: { encoding: guess } })
  if (hasRowNames) notes.push({ id: 'rowNames', params: {} })
  for (const [reason, id] of Object.entries(LEFT_OUT_NOTES)) {
    const names = proposed.leftOut
      .filter((column) => column.reason === reason && leftOut.includes(column.name))
      .map((column) => column.name)
    if (names.length > 0)
      notes.push({
        id,
        params: { count: names.length, columns: names.slice(0, NAMED).join(', ') },
      })
  }
  if (source?.samples.kind === 'numbers' && source.samples.shape.length > 1)
    notes.push({ id: 'pixels', params: { shape: source.samples.shape.join(' × ') } })
  return notes
}
