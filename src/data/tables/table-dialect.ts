import Papa from 'papaparse'

export const separators = [',', ';', '\t', '|', ' '] as const
export type Separator = (typeof separators)[number]
export const commentMarks = ['none', '#', '%', '//'] as const
export type CommentMark = (typeof commentMarks)[number]

/** The comma after others, which may hold decimal ones; spaces last, which names hold. */
const LIKELY: readonly Separator[] = ['\t', ';', '|', ',', ' ']
/** Lines by which a dialect is found. */
const SAMPLE_LINES = 30

/** Lines under a short table that may be no rows, and those that must be left. */
const MOST_REMARKS = 3
const FEWEST_ROWS = 3

/** How the lines of a table part into cells. */
export interface TableDialect {
  readonly separator: Separator
  readonly comment: CommentMark
  /** Whether the first line only names the separator, as Excel has it: `sep=;`. */
  readonly separatorLine: boolean
  /** Lines before the header that are neither comments nor empty, such as a title. */
  readonly linesAbove: number
}

/** Before a header more lines than these are none of its title. */
export const MOST_ABOVE = 60

/**
 * Finds the dialect at the start of a table.
 * @param chosen what a person has decided already
 */
export function likelyDialect(
  text: string,
  chosen: {
    readonly separator?: Separator
    readonly comment?: CommentMark
    readonly linesAbove?: number
  },
): TableDialect {
  const all = text.split(/\r\n|\n|\r/, 4 * SAMPLE_LINES)
  const [, named] = /^"?sep=(.)"?[,;\t]*$/i.exec(all[0] ?? '') ?? []
  const lines = all.slice(named === undefined ? 0 : 1).filter((line) => line.trim() !== '')
  const comment = chosen.comment ?? commentOf(lines)
  const data = lines.filter((line) => comment === 'none' || !line.startsWith(comment))
  const told = chosen.separator ?? separators.find((separator) => separator === named)
  const above = chosen.linesAbove ?? linesAboveOf(data, told === undefined ? LIKELY : [told])
  return {
    comment,
    separator: told ?? separatorOf(data.slice(above, above + SAMPLE_LINES)),
    separatorLine: named !== undefined,
    linesAbove: above,
  }
}

/** How many lines come before those that have as many cells as all below; 0 where all do, or none. */
function linesAboveOf(lines: readonly string[], likely: readonly Separator[]): number {
  const start = lines.slice(0, SAMPLE_LINES).join('\n')
  const fitting = likely.find((separator) => isRegular(cellsOf(start, separator)))
  // Spaces part words as well.
  const others = likely.filter(
    (one) => one !== ' ' || likely.length === 1 || !/[,;\t|]/.test(start),
  )
  // The last line may have been cut.
  const whole = lines.length > 4 ? lines.slice(0, -1) : lines
  const text = whole.join('\n')
  for (const separator of fitting === undefined ? others : [fitting]) {
    const above = titleRows(cellsOf(text, separator, whole.length))
    if (above > 0) return above
  }
  return 0
}

/** Rows of fewer cells, or of a single text, above three or more that are all as long. */
function titleRows(rows: readonly (readonly string[])[]): number {
  const width = rows.at(-1)?.length ?? 0
  const above = rows.findIndex((row) => row.length === width && filled(row).length > 1)
  if (width < 2 || above < 1 || above > MOST_ABOVE) return 0
  const below = rows.slice(above)
  const isTable = below.length > 2 && below.every((row) => row.length === width)
  const isTitle = (row: readonly string[]): boolean => {
    const [first = '', ...others] = filled(row)
    // One cell less may be the header of R, which has none for the names of rows.
    if (others.length > 0) return row.length < width - (above === 1 ? 1 : 0)
    const isHeader = width === 2 && (row.length === 2 || /\d/.test((rows[above] ?? []).join()))
    return !isHeader && !/^[+-]?[\d.,]+$/.test(first.trim())
  }
  return isTable && rows.slice(0, above).every(isTitle) ? above : 0
}

function filled(row: readonly string[]): readonly string[] {
  return row.filter((cell) => cell.trim() !== '')
}

function commentOf(lines: readonly string[]): CommentMark {
  for (const mark of commentMarks) {
    if (mark === 'none') continue
    const marked = lines.filter((line) => line.startsWith(mark))
    const leads = lines[0]?.startsWith(mark) === true
    // A column may be called # or %, and values may start with one.
    const isCell = marked.some((line) => /^[,;\t|]/.test(line.slice(mark.length)))
    const isNote = leads || marked.every((line) => /^\s/.test(line.slice(mark.length)))
    if (marked.length > 0 && marked.length < lines.length && !isCell && isNote) return mark
  }
  return 'none'
}

/** One that every line has as often; the header may lack a cell for the names of rows, or have one more. */
function separatorOf(lines: readonly string[]): Separator {
  const text = lines.join('\n')
  // Under a short table there may be remarks, and sums.
  const most = lines.length < SAMPLE_LINES ? Math.min(MOST_REMARKS, lines.length - FEWEST_ROWS) : 0
  for (let below = 0; below <= Math.max(0, most); below++) {
    const start = lines.slice(0, lines.length - below).join('\n')
    const regular = LIKELY.find((separator) => isRegular(cellsOf(start, separator)))
    if (regular !== undefined) return regular
  }
  const { meta } = Papa.parse(text, { preview: SAMPLE_LINES, delimitersToGuess: [...LIKELY] })
  return separators.find((separator) => separator === meta.delimiter) ?? ','
}

function isRegular(rows: readonly (readonly string[])[]): boolean {
  const [first = 0, second = first, ...others] = rows.map((row) => row.length)
  return (
    Math.min(first, second) > 1 &&
    Math.abs(first - second) <= 1 &&
    others.every((count) => count === second)
  )
}

function cellsOf(text: string, separator: Separator, most = SAMPLE_LINES): string[][] {
  const { data } = Papa.parse<string[]>(text, { delimiter: separator, preview: most })
  return data.map((row) => cellsOfRow(row, separator))
}

/** Runs of spaces part cells like one. */
export function cellsOfRow(row: string[], separator: Separator): string[] {
  return separator === ' ' ? row.filter((cell) => cell !== '') : row
}
