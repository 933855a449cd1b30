import type { ControlId, ReadingChoices } from './reading'

const COLUMNS: readonly ControlId[] = ['labelColumns', 'tableLeftOut', 'labelsAre']
const TABLES_OF_LABELS: readonly ControlId[] = ['labelTables', 'labelJoin']
const FOLDERS: readonly ControlId[] = ['classLevel', 'splitFolders']
const LABEL_TABLES: readonly ControlId[] = ['labelTableFile', 'labelTableLabel']

/** Choices that say which columns or folders there are, and those that name these: they do not outlive them. */
const redefines: Readonly<Partial<Record<ControlId, readonly ControlId[]>>> = {
  tablesRead: [...COLUMNS, ...TABLES_OF_LABELS],
  labelTables: [...COLUMNS, 'labelJoin'],
  labelJoin: COLUMNS,
  tableHeader: COLUMNS,
  tableAbove: COLUMNS,
  tableSeparator: COLUMNS,
  tableComment: COLUMNS,
  tableEncoding: COLUMNS,
  splitFolders: ['classLevel'],
  labelTableFile: ['labelTableLabel'],
  nameEncoding: [...FOLDERS, ...LABEL_TABLES, 'targetsFrom'],
  targetsFrom: FOLDERS,
}

/**
 * The choices with one more; what it makes meaningless is guessed anew.
 * @param value null: as guessed
 */
export function withChoice(
  choices: ReadingChoices,
  id: ControlId,
  value: readonly string[] | null,
): ReadingChoices {
  const dropped = [id, ...(redefines[id] ?? [])]
  const kept = Object.entries(choices).filter(([key]) => !dropped.some((name) => name === key))
  return Object.fromEntries(value === null ? kept : [...kept, [id, value]])
}
