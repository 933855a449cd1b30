import { NAMED, controlOf } from '../reading/reading'
import type { ReadingChoices, ReadingControl, ReadingNote } from '../reading/reading'
import type { ColumnPlan } from './column-plan'
import { nothingChoices } from './missing-cells'
import { percentChoices } from './number-signs'
import type { Table } from './table'
import type { TableColumn } from './table-column'
import { usedColumns } from './table-source'

/** Cells that could be read in two ways: numbers with a sign, labels called None. */
export function cellReading(
  table: Pick<Table, 'rows' | 'columns'>,
  plan: ColumnPlan,
  choices: ReadingChoices,
): { readonly controls: readonly ReadingControl[]; readonly notes: readonly ReadingNote[] } {
  const { features, labels } = usedColumns(table, plan)
  const used = [...features, ...labels]
  const percents = used.filter(({ sign }) => sign?.mark === '%')
  const money = used.filter(({ sign }) => sign !== null && sign.mark !== '%')
  const nothing = labels.find((column) => column.nothing !== null)
  return {
    controls: [
      ...(percents.length > 0
        ? [controlOf('tablePercent', percentChoices, ['hundredths'], choices)]
        : []),
      ...nothingControl(nothing, choices),
    ],
    notes: [
      ...signNotes('percent', percents),
      ...signNotes('money', money),
      ...nothingNote(nothing),
    ],
  }
}

function signNotes(id: 'percent' | 'money', columns: readonly TableColumn[]): ReadingNote[] {
  const sign = columns[0]?.sign ?? null
  if (sign === null) return []
  const names = columns.slice(0, NAMED).map(({ name }) => name)
  const { written } = sign
  const value = Number(sign.value.toPrecision(12))
  return [{ id, params: { count: columns.length, columns: names.join(', '), written, value } }]
}

function nothingControl(
  column: TableColumn | undefined,
  choices: ReadingChoices,
): ReadingControl[] {
  const nothing = column?.nothing ?? null
  if (nothing === null) return []
  const guess = nothing.isLikelyClass ? 'aClass' : 'noLabel'
  return [controlOf('nothingLabels', nothingChoices, [guess], choices)]
}

function nothingNote(column: TableColumn | undefined): ReadingNote[] {
  const nothing = column?.nothing ?? null
  if (column === undefined || nothing?.isClass !== true) return []
  const { text, count } = nothing
  return [{ id: 'nothingIsClass', params: { text, count, column: column.name } }]
}
