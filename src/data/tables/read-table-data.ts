import { StudioError } from '../../core/errors'
import { elementCount } from '../../core/tensor-spec'
import type { BundleFile } from '../../files/file-bundle'
import type { Between } from '../../files/between'
import type { DataSource } from '../data-source'
import type { DataWishes, ReadData } from '../data-wishes'
import { meaningOf } from '../label-meaning'
import { NAMED, accountOf, controlOf } from '../reading/reading'
import type { Reading } from '../reading/reading'
import { planColumns } from './column-plan'
import type { ColumnPlan } from './column-plan'
import { rowsPreview } from './rows-preview'
import { readTable } from './table'
import type { Table } from './table'
import { tableNotes } from './table-notes'
import { tableSource, usedColumns } from './table-source'

/**
 * Reads a table: samples and labels, and how it was understood.
 * @throws StudioError 'data/too-large', 'open/not-read', what `between` throws
 */
export async function readTableData(
  name: string,
  file: BundleFile,
  { choices, input, output = null }: DataWishes,
  between: Between,
): Promise<ReadData> {
  const table = await readTable(file, choices, between)
  const features = input?.every((side) => side !== null) === true ? elementCount(input) : null
  const plan = planColumns(table, { features, output }, choices)
  const { source, problem } = sourceOf(name, table, plan, { input, features })
  const meaning = meaningOf(source?.labels ?? null, choices, null, output)
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
    preview: rowsPreview(table, plan),
    notes: [...tableNotes(table, plan, source), ...meaning.notes],
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
  { input, features }: Pick<DataWishes, 'input'> & { readonly features: number | null },
): { readonly source: DataSource | null; readonly problem: StudioError | null } {
  const problem = table.problem ?? inputProblem(table, plan, features)
  if (problem !== null) return { source: null, problem }
  try {
    return { source: tableSource(name, table, plan, input), problem: null }
  } catch (thrown) {
    if (thrown instanceof StudioError) return { source: null, problem: thrown }
    throw thrown
  }
}

/** Too many columns for the model, or too few beside texts; null where the model itself says what is wrong. */
function inputProblem(table: Table, plan: ColumnPlan, expected: number | null): StudioError | null {
  const found = usedColumns(table, plan).features.length
  if (expected === null || found === expected || found === 0) return null
  const { file } = table
  if (found > expected) return new StudioError('data/table-inputs', { file, expected, found })
  const texts = plan.proposed.leftOut.filter(
    (column) => column.reason === 'text' && plan.leftOut.includes(column.name),
  )
  if (texts.length === 0) return null
  const named = texts.slice(0, NAMED).map((column) => column.name)
  const columns = named.join(', ') + (texts.length > NAMED ? ', …' : '')
  return new StudioError('data/table-texts', { file, expected, found, columns })
}
