import { baseName } from '../../files/file-bundle'
import { namedLabels } from './column-names'
import { planColumns } from './column-plan'
import type { TableModel } from './likely-labels'
import { MOST_CELLS } from './table-builder'
import { usedColumns } from './table-source'
import type { TableStart } from './table-start'

/** Answers that are to be handed in are no labels. */
const NO_LABELS = /submission/i
/** Among more tables than these none is looked for that only columns say to be one of labels. */
const MOST_BESIDE = 20

/** Which tables hold samples, and which their labels, one for each of those or one for all. */
interface TableRoles {
  readonly samples: readonly TableStart[]
  /** None: labels are columns of the samples, or there are none. */
  readonly labels: readonly TableStart[]
}

/**
 * The likeliest roles of tables: those of one form are read together, with the labels that lie beside them;
 * what fits the model goes first, then what has labels, then the larger one.
 * @param chosen tables of samples, as a person has it; null: any
 */
export function likelyRoles(
  starts: readonly TableStart[],
  model: TableModel,
  chosen: readonly TableStart[] | null,
): TableRoles {
  const usable = starts.filter(
    ({ file, table }) => table.columns.length > 0 && !NO_LABELS.test(baseName(file.path)),
  )
  const groups = chosen === null ? groupsOf(usable).map(fitting) : [chosen]
  const possible = groups
    .flatMap((group) => variantsOf(group, usable))
    .filter(({ samples }) => chosen === null || samples.length === chosen.length)
  const [best] = possible
    .map((roles) => ({ roles, score: scoreOf(roles, model) }))
    .sort((a, b) => compareScores(a.score, b.score))
  return best?.roles ?? { samples: chosen ?? starts.slice(0, 1), labels: [] }
}

/** Tables that have the same columns. */
function groupsOf(starts: readonly TableStart[]): readonly (readonly TableStart[])[] {
  const groups = new Map<string, TableStart[]>()
  for (const start of starts) {
    const { columns, facts } = start.table
    const names = columns.map(({ name }) => name).toSorted()
    const key = JSON.stringify([start.isLabels, facts.hasHeader, names])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [start])
    else group.push(start)
  }
  return [...groups.values()]
}

/** As many of them as can be read together, smaller ones first. */
function fitting(group: readonly TableStart[]): readonly TableStart[] {
  const kept = new Set<TableStart>()
  let cells = 0
  for (const start of group.toSorted((a, b) => a.cells - b.cells)) {
    cells += start.cells
    if (kept.size === 0 || cells <= MOST_CELLS) kept.add(start)
  }
  return group.filter((start) => kept.has(start))
}

/** Tables alone, and with those that may hold their labels. */
function variantsOf(
  group: readonly TableStart[],
  usable: readonly TableStart[],
): readonly TableRoles[] {
  const alone = { samples: group, labels: [] }
  if (group.every(({ isLabels }) => isLabels)) return [alone]
  const own = new Set(group)
  const beside = usable.filter((start) => !own.has(start))
  const titled = beside.filter(({ isLabels }) => isLabels)
  const paired = pairs(group, titled) ?? partner(group, beside)
  return paired === null ? [alone] : [alone, paired]
}

/** `X_train` with `y_train`; where names do not pair them, as many of them in their order, or one for all. */
function pairs(group: readonly TableStart[], titled: readonly TableStart[]): TableRoles | null {
  const byRest = new Map(titled.map((labels) => [labels.rest, labels]))
  const found = group.flatMap((samples) => {
    const labels = byRest.get(samples.rest)
    return labels === undefined ? [] : [{ samples, labels }]
  })
  const labels = found.map((pair) => pair.labels)
  if (found.length > 0 && new Set(labels).size === found.length)
    return { samples: found.map((pair) => pair.samples), labels }
  const byTitle = (starts: readonly TableStart[]): readonly TableStart[] =>
    starts.toSorted((a, b) => (a.title < b.title ? -1 : 1))
  if (titled.length > 0 && titled.length === group.length)
    return { samples: byTitle(group), labels: byTitle(titled) }
  return titled.length === 1 ? { samples: group, labels: titled } : null
}

/** A narrow table beside one without a label: as many rows, or a column that both have. */
function partner(
  [only, ...more]: readonly TableStart[],
  beside: readonly TableStart[],
): TableRoles | null {
  if (only === undefined || more.length > 0 || beside.length > MOST_BESIDE) return null
  const { columns, rows } = only.table
  if (namedLabels(columns).columns.length > 0) return null
  const found = beside.find((other) => {
    const { table, isWhole } = other
    const shared = sharedNames(only, other).size
    const isBeside = shared > 0 || (isWhole && only.isWhole && table.rows === rows)
    const isNarrow = shared < 3 && table.columns.length < columns.length
    return isBeside && isNarrow && table.columns.length - shared === 1
  })
  return found === undefined ? null : { samples: [only], labels: [found] }
}

/** Names of the columns of a table that another one has as well. */
function sharedNames({ table }: TableStart, other: TableStart): ReadonlySet<string> {
  if (!table.facts.hasHeader || !other.table.facts.hasHeader) return new Set()
  const names = new Set(other.table.columns.map(({ name }) => name.toLowerCase()))
  return new Set(
    table.columns.map(({ name }) => name).filter((name) => names.has(name.toLowerCase())),
  )
}

interface Score {
  readonly fits: boolean
  readonly isLabelled: boolean
  /** Called as tables of labels are. */
  readonly isLabels: boolean
  readonly bytes: number
}

function scoreOf({ samples, labels }: TableRoles, model: TableModel): Score {
  const [first] = samples
  const bytes = samples.reduce((sum, { file }) => sum + file.size, 0)
  if (first === undefined) return { fits: false, isLabelled: false, isLabels: false, bytes }
  const plan = planColumns(first.table, model, labels.length > 0 ? { labelColumns: [] } : {})
  const { features, labels: own } = usedColumns(first.table, plan)
  // A column that labels have as well is there to find them by.
  const [theirs] = labels
  const isKey = (name: string): boolean =>
    theirs !== undefined && theirs.table.columns.length > 1 && sharedNames(first, theirs).has(name)
  return {
    fits: features.filter(({ name }) => !isKey(name)).length === model.features,
    isLabelled: labels.length > 0 || namedLabels(own).columns.length > 0,
    isLabels: first.isLabels,
    bytes,
  }
}

/** The better one first. */
function compareScores(a: Score, b: Score): number {
  return (
    Number(b.fits) - Number(a.fits) ||
    Number(b.isLabelled) - Number(a.isLabelled) ||
    Number(a.isLabels) - Number(b.isLabels) ||
    b.bytes - a.bytes
  )
}
