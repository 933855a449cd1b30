import { elementCount } from '../../core/tensor-spec'
import type { InputWish } from '../data-wishes'
import { telling, wordsOf } from '../match-inputs'
import { chosenSources } from '../reading/input-choices'
import type { InputMapping, InputSlot, ReadingChoices } from '../reading/reading'
import type { ColumnPlan } from './column-plan'
import type { Table } from './table'
import { usedColumns } from './table-source'
import type { ColumnGroup } from './table-source'

/** Which columns each input of the model is shown. */
export interface InputColumns {
  readonly groups: readonly [ColumnGroup, ...ColumnGroup[]]
  /** null where all columns go to one input. */
  readonly mapping: InputMapping | null
  /** Columns that no input is given are left out. */
  readonly plan: ColumnPlan
}

/** Numbers that all inputs take together; null where nobody knows, or some take any number. */
export function numbersOfInputs(inputs: readonly InputWish[]): number | null {
  const widths = inputs.map(widthOf)
  const isKnown = widths.length > 0 && widths.every((width) => width !== null)
  return isKnown ? widths.reduce((sum, width) => sum + width, 0) : null
}

/**
 * Columns by the names of the inputs (`left_a` goes to `left`); then those that are counted on (`pixel0`, `pixel1`)
 * and as many as one input alone takes; and the others in their order: the first to the first input that lacks some.
 */
export function columnsOfInputs(
  table: Pick<Table, 'rows' | 'columns'>,
  plan: ColumnPlan,
  inputs: readonly InputWish[],
  choices: ReadingChoices,
): InputColumns {
  const columns = usedColumns(table, plan).features.map(({ name }) => name)
  if (inputs.length < 2)
    return { groups: [{ columns, sides: inputs[0]?.sides ?? null }], mapping: null, plan }
  const chosen = chosenSources(choices, inputs, columns)
  const slots = (chosen ?? guessed(columns, inputs)).map((one, at): InputSlot => {
    const { name = '', sides = [] } = inputs[at] ?? {}
    const from = 'from' in one ? one.from : one
    const found = from.length === 0 ? null : [from.length]
    return { input: name, needed: sides, from, found, how: 'from' in one ? one.how : 'chosen' }
  })
  const given = new Set(slots.flatMap(({ from }) => from))
  const [first, ...others] = slots.map(({ from, needed }) => ({ columns: from, sides: needed }))
  return {
    groups: [first ?? { columns, sides: null }, ...others],
    mapping: { slots, sources: columns, many: true, guessed: chosen === null },
    plan: { ...plan, leftOut: [...plan.leftOut, ...columns.filter((name) => !given.has(name))] },
  }
}

function widthOf({ sides }: InputWish): number | null {
  const known = sides.filter((side) => side !== null)
  return known.length === sides.length ? elementCount(known) : null
}

/**
 * `left_a`, `x_left_a` and `left0` belong to `left`; a column that is called just so is all that an input of one
 * number takes, and merely counted beside others where it takes more.
 */
function isCalled(column: string, start: string, width: number | null): boolean {
  if (start === '') return false
  const words = wordsOf(column).join(' ')
  const rests = [words, words.replace(/^(?:x|inputs?|features?) /, '')].flatMap((name) =>
    name.startsWith(start) ? [name.slice(start.length)] : [],
  )
  return rests.some((rest) => {
    if (rest === '') return width === null || width <= 1
    return rest.startsWith(' ') || (/^\d+$/.test(rest) && !/\d$/.test(start))
  })
}

function guessed(
  columns: readonly string[],
  inputs: readonly InputWish[],
): readonly Pick<InputSlot, 'from' | 'how'>[] {
  const owner = new Map<string, number>()
  const counts = inputs.map(() => 0)
  const give = (column: string, input: number): void => {
    owner.set(column, input)
    counts[input] = (counts[input] ?? 0) + 1
  }
  const lacks = (input: number): boolean => {
    const wish = inputs[input]
    return wish !== undefined && (counts[input] ?? 0) < (widthOf(wish) ?? Infinity)
  }
  // Of `left` and `left_eye` the longer name speaks first.
  const byLength = inputs
    .map((wish, at) => {
      const { name } = wish
      return { at, width: widthOf(wish), starts: [wordsOf(name).join(' '), telling(name)] }
    })
    .toSorted((a, b) => (b.starts[0]?.length ?? 0) - (a.starts[0]?.length ?? 0))
  for (const { at, starts, width } of byLength)
    for (const column of columns) {
      const isNamed = starts.some((start) => isCalled(column, start, width))
      if (isNamed && !owner.has(column) && lacks(at)) give(column, at)
    }
  const named = new Set(owner.keys())
  const widths = inputs.map((wish, at) => (counts[at] === 0 ? widthOf(wish) : null))
  const fitting = runsByWidth(
    columns.filter((column) => !named.has(column)),
    widths,
  )
  for (const [at, run] of fitting) for (const column of run) give(column, at)
  const known = inputs.reduce((sum, wish) => sum + (widthOf(wish) ?? 0), 0)
  // One input of any width takes what the others leave.
  let surplus = Math.max(0, columns.length - known)
  for (const column of columns) {
    if (owner.has(column)) continue
    const input = inputs.findIndex((wish, at) => (widthOf(wish) === null ? surplus > 0 : lacks(at)))
    const wish = inputs[input]
    if (wish === undefined) continue
    if (widthOf(wish) === null) surplus--
    give(column, input)
  }
  return inputs.map((_, at) => {
    const from = columns.filter((column) => owner.get(column) === at)
    if (fitting.has(at)) return { from, how: 'width' }
    return { from, how: from.every((column) => named.has(column)) ? 'name' : 'place' }
  })
}

/**
 * Columns side by side that differ only in a number, for each input that alone is as wide as they alone are many.
 * @param widths of inputs that no column is given to yet, others null
 */
function runsByWidth(
  columns: readonly string[],
  widths: readonly (number | null)[],
): ReadonlyMap<number, readonly string[]> {
  const runs: { stem: string; columns: string[] }[] = []
  for (const column of columns) {
    const stem = column.replace(/[^\p{L}]*\d[^\p{L}]*$/u, '')
    const last = runs.at(-1)
    if (last?.stem === stem) last.columns.push(column)
    else runs.push({ stem, columns: [column] })
  }
  const counted = runs.filter(({ stem, columns: [first] }) => stem !== '' && stem !== first)
  const found = widths.flatMap((width, at): [number, readonly string[]][] => {
    const isAlone = width !== null && width > 1 && widths.indexOf(width, at + 1) < 0
    const [run, ...others] = counted.filter((one) => one.columns.length === width)
    const isClear = isAlone && widths.indexOf(width) === at && others.length === 0
    return isClear && run !== undefined ? [[at, run.columns]] : []
  })
  return new Map(found)
}
