import { isGiven } from './input-choices'
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
  const dropped = [id, ...(redefines[id] ?? []), ...takenBack(choices, id, value ?? [])]
  const kept = Object.entries(choices).filter(([key]) => !dropped.some((name) => name === key))
  return Object.fromEntries(value === null ? kept : [...kept, [id, value]])
}

/** An array is samples or labels, whichever was chosen last. */
function takenBack(
  { labelsArray = [], samplesArray = [] }: ReadingChoices,
  id: ControlId,
  value: readonly string[],
): readonly ControlId[] {
  const isAmong = (names: readonly string[]): boolean => names.some((one) => value.includes(one))
  if (id === 'labelsArray') return isAmong(samplesArray) ? ['samplesArray'] : []
  const isTaken = id === 'inputsFrom' ? isGiven(value, labelsArray) : isAmong(labelsArray)
  return isTaken && (id === 'inputsFrom' || id === 'samplesArray') ? ['labelsArray'] : []
}
