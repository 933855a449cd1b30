import { StudioError } from '../../core/errors'
import { shapeText } from '../../core/shape-text'
import type { Between } from '../../files/between'
import type { BundleFile } from '../../files/file-bundle'
import { gunzipped } from '../../files/gzip'
import type { DataSource } from '../data-source'
import type { DataWishes, ReadData } from '../data-wishes'
import { meaningOf } from '../label-meaning'
import { mappingNote } from '../reading/input-choices'
import { NAMED, controlOf } from '../reading/reading'
import type { InputMapping, Reading } from '../reading/reading'
import { cellReading } from './cell-reading'
import { chooseTables } from './choose-tables'
import type { ChosenTables } from './choose-tables'
import { planColumns } from './column-plan'
import type { ColumnPlan } from './column-plan'
import { columnsOfInputs, numbersOfInputs } from './columns-of-inputs'
import type { InputColumns } from './columns-of-inputs'
import { rowsPreview } from './rows-preview'
import type { Table } from './table'
import { tableNotes } from './table-notes'
import { tableSource, usedColumns } from './table-source'

/**
 * Reads a table, or several that belong together: samples and labels, and how they were understood.
 * @param nameOf what data is called, by the paths of its samples
 * @throws StudioError 'data/too-large', 'data/other-form', 'data/gzip', 'open/not-read', what `between` throws
 */
export async function readTableData(
  nameOf: (paths: readonly string[]) => string,
  files: readonly BundleFile[],
  { choices, inputs, output = null }: DataWishes,
  between: Between,
): Promise<ReadData> {
  const model = { features: numbersOfInputs(inputs), output }
  const chosen = await chooseTables(await unpacked(files, between), choices, model, between)
  const { table, joined } = chosen
  const named = chosen.paths.length > 0 ? chosen.paths : files.map(({ path }) => path)
  const name = nameOf(named)
  const planned = planColumns(table, model, choices, joined)
  const given = columnsOfInputs(table, planned, inputs, choices)
  // What is left over is a mistake unless somebody has said so.
  const isChosen = given.mapping?.guessed === false
  const plan = isChosen ? given.plan : planned
  const wanted = isChosen ? null : model.features
  const { source, problem } = sourceOf(name, chosen, plan, given, wanted)
  const [label] = usedColumns(table, plan).labels
  const written = label?.sign?.texts ?? null
  const meaning = meaningOf(source?.labels ?? null, choices, null, output, written)
  const names = table.columns.map((column) => column.name)
  const proposedOut = plan.proposed.leftOut.map((column) => column.name)
  const cells = cellReading(table, plan, choices)
  const reading: Reading = {
    name,
    format: 'table',
    controls: [
      ...chosen.controls,
      ...table.controls,
      controlOf('tableLeftOut', names, proposedOut, choices, { many: true, verbatim: true }),
      controlOf('labelColumns', names, plan.proposed.labels, choices, {
        many: true,
        verbatim: true,
      }),
      ...cells.controls,
      ...meaning.controls,
    ],
    ...(given.mapping === null ? {} : { mapping: given.mapping }),
    preview: rowsPreview(table, plan),
    notes: [
      ...(given.mapping === null ? [] : [mappingNote(given.mapping)]),
      ...chosen.notes,
      ...tableNotes(table, plan, source),
      ...cells.notes,
      ...meaning.notes,
    ],
    account: chosen.account,
    problem: problem?.toData() ?? null,
  }
  return {
    reading,
    source: source === null ? null : { ...source, labels: meaning.labels },
  }
}

async function unpacked(
  files: readonly BundleFile[],
  between: Between,
): Promise<readonly BundleFile[]> {
  const tables: BundleFile[] = []
  for (const file of files)
    tables.push(/\.gz$/i.test(file.path) ? await gunzipped(file, between) : file)
  return tables
}

function sourceOf(
  name: string,
  chosen: Pick<ChosenTables, 'table' | 'problem'>,
  plan: ColumnPlan,
  { groups, mapping }: Pick<InputColumns, 'groups' | 'mapping'>,
  features: number | null,
): { readonly source: DataSource | null; readonly problem: StudioError | null } {
  const { table } = chosen
  const problem =
    chosen.problem ??
    table.problem ??
    inputProblem(table, plan, features) ??
    missingInput(table, mapping)
  if (problem !== null) return { source: null, problem }
  try {
    return { source: tableSource(name, table, plan, groups), problem: null }
  } catch (thrown) {
    if (thrown instanceof StudioError) return { source: null, problem: thrown }
    throw thrown
  }
}

/** An input that no column is left for. */
function missingInput({ file }: Table, mapping: InputMapping | null): StudioError | null {
  const empty = mapping?.slots.find(({ from }) => from.length === 0)
  if (empty === undefined) return null
  const { input, needed } = empty
  return new StudioError('data/input-missing', { files: file, input, expected: shapeText(needed) })
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
