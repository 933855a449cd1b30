import type { Recipe } from '../../techniques/recipe'
import type { CasePath } from '../store/case-slice'
import { dataKey } from '../store/data-in'
import type { Lesson, LessonRow } from '../store/lesson-slice'
import { trialOf, trialsOf } from '../store/lesson-steps'
import type { RowId } from '../store/lesson-steps'
import { effectKey } from '../store/recipe-slice'
import type { StudioState } from '../store/store'
import { zipSize } from '../store/zip-bytes'
import type { CommandContext } from './command-world'

/** What the next figures of settings are to be written down as. */
interface Awaited {
  readonly id: RowId
  readonly key: string
  /** How often the model had been cut that they are of. */
  readonly cuts: number
}

/** Writes down what the page measures of the steps of the lesson, whether its buttons or a hand set them. */
export function recordLesson({ held, store }: Pick<CommandContext, 'held' | 'store'>) {
  let awaited: Awaited | null = null

  function look(): void {
    const state = store.getState()
    const { lesson } = state
    if (lesson === null) {
      awaited = null
      return
    }
    const found = state.data.state === 'loading' ? [] : rowsNow(lesson, state)
    // A case study attaches the data anew with every cut, and ends where other data comes.
    const isOfData = found.length === 0 || lesson.step === 'caseStudy'
    const data = isOfData ? lesson.data : dataKey(state.data)
    // What was measured on other data stands beside none of these.
    const before = data === lesson.data ? lesson.rows : []
    const rows = found.reduce(withRow, withoutOtherStages(before, found))
    if (rows !== lesson.rows) state.setLesson({ ...lesson, data, rows })
  }

  function rowsNow(lesson: Lesson, state: StudioState): readonly LessonRow[] {
    if (lesson.step === 'caseStudy') return caseRows(state.casePaths.at(-1))
    const { committed } = state
    const key = effectKey(committed)
    const run = awaited?.key === key && awaited.cuts === held.wholes.length ? awaited.id : null
    const id = run ?? trialIn(lesson, state)
    const figures = id === null ? null : figuresOf(state, key)
    return id === null || figures === null ? [] : [rowOf(id, committed, figures)]
  }

  function trialIn({ cuts, step }: Lesson, { casePaths, committed }: StudioState): RowId | null {
    if (held.wholes.length !== cuts || casePaths.at(-1)?.status.state === 'running') return null
    const id = trialOf(committed)
    return id !== null && trialsOf[step].includes(id) ? id : null
  }

  store.subscribe((state, before) => {
    if (watched.some((field) => state[field] !== before[field])) look()
  })

  return {
    look,
    /** What a run or a cut has left is written down once it is measured. */
    awaits: (id: RowId, key: string): void => {
      awaited = { id, key, cuts: held.wholes.length }
      look()
    },
  }
}

const watched = ['lesson', 'tried', 'sizes', 'committed', 'casePaths'] as const

/** Settled, or null: not yet. A model that cannot run has a size alone. */
function figuresOf(
  { model, sizes, tried }: StudioState,
  key: string,
): Pick<LessonRow, 'size' | 'measure'> | null {
  const point = tried.find((one) => one.key === key)
  if (point !== undefined) return { size: point.size, measure: point.measure }
  const isSize = sizes?.value.zippedIsExact === true && effectKey(sizes.recipe) === key
  if ((model?.obstacles.run ?? null) === null || !isSize) return null
  return { size: zipSize(sizes.value), measure: null }
}

function caseRows(path: CasePath | undefined): readonly LessonRow[] {
  return (path?.stages ?? []).map(({ id, measure, recipe, size }) =>
    rowOf(`case ${id}`, recipe, { measure, size }),
  )
}

function rowOf(
  id: RowId,
  recipe: Recipe,
  { measure, size }: Pick<LessonRow, 'size' | 'measure'>,
): LessonRow {
  // Classes are nowhere shown of it.
  const short = measure?.type === 'accuracy' ? { ...measure, confusion: null } : measure
  return { id, recipe, size, measure: short }
}

/** Stages of a case study stand beside none of another one. */
function withoutOtherStages(
  rows: readonly LessonRow[],
  found: readonly LessonRow[],
): readonly LessonRow[] {
  const now = new Set(found.map(({ id }) => id))
  const isOther = ({ id }: LessonRow): boolean => id.startsWith('case ') && !now.has(id)
  return now.has('case float') && rows.some(isOther) ? rows.filter((row) => !isOther(row)) : rows
}

/** In the place of the row of that name; the same rows where nothing is new. */
function withRow(rows: readonly LessonRow[], row: LessonRow): readonly LessonRow[] {
  const at = rows.findIndex(({ id }) => id === row.id)
  const old = rows[at]
  if (old === undefined) return [...rows, row]
  return JSON.stringify(old) === JSON.stringify(row) ? rows : rows.with(at, row)
}
