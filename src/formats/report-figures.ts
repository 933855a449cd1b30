import { runtimes } from '../core/model-summary'
import type { Runtime } from '../core/model-summary'

/**
 * What is measured on the finished file stands at the end of its report and of its card, in text whose
 * length is known before the figures are: each number has a field as wide as it can become. So the size
 * of the archive is certain before anything is measured.
 */

/** Accuracy with everything that is needed to trust it. */
export interface ReportedAccuracy {
  readonly split: string
  readonly samples: number
  readonly correct: number
  /** Of the original model on the same samples. */
  readonly originalCorrect: number
  /** Samples that one of the two alone has right, for McNemar's test. */
  readonly onlyOriginal: number
  readonly onlyCompressed: number
  /** The label among the five largest outputs, where there are at least ten. */
  readonly topFive: { readonly correct: number; readonly originalCorrect: number } | null
}

/** Scores of tasks that are no single choice. */
export interface ReportedScores {
  readonly split: string
  readonly samples: number
  readonly scores: readonly {
    readonly id: string
    readonly value: number | null
    readonly original: number | null
  }[]
}

/** What was measured, by split; a place without its measurement holds null, and says `measured: false`. */
export interface ReportedFigures {
  readonly accuracy: readonly ReportedAccuracy[]
  readonly scores: readonly ReportedScores[]
  /** What computed the outputs of the finished file; absent where nothing was measured. */
  readonly runtime?: Runtime
}

/** Where the figures of one split will stand: all that is known of them before they are measured. */
export interface FigurePlace {
  readonly dataset: string
  readonly split: string
  /** Samples of the split: no count of samples is larger. */
  readonly samples: number
  readonly task: string
  /** Names of the scores of the task; none: accuracy. */
  readonly scores: readonly string[]
}

export const noFigures: ReportedFigures = { accuracy: [], scores: [] }

/** The longest that JSON writes a double: -2.2250738585072014e-308. */
const REAL_WIDTH = 24

/**
 * A number in a field of JSON, which may begin with spaces. One that does not fit, which no measurement
 * gives, becomes null rather than an archive of another length.
 */
function field(value: number | null, width: number): string {
  const text = JSON.stringify(value)
  return (text.length <= width ? text : 'null').padStart(width)
}

/** Fields that hold any count of the samples of a place, or null. */
function countWidth({ samples }: FigurePlace): number {
  return Math.max('null'.length, String(samples).length)
}

/** The end of report.json, from its figures on. */
export function reportFigures(places: readonly FigurePlace[], figures: ReportedFigures): string {
  const entries = (kept: readonly FigurePlace[], write: (place: FigurePlace) => string): string =>
    kept.map((place) => `\n${write(place)}`).join(',')
  const accuracy = places.filter(({ scores }) => scores.length === 0)
  const scores = places.filter((place) => place.scores.length > 0)
  return (
    `"accuracy":[${entries(accuracy, (place) => accuracyEntry(place, figures))}],\n` +
    `"scores":[${entries(scores, (place) => scoresEntry(place, figures))}],\n` +
    `"runtime":${runtimeField(figures)}\n}\n`
  )
}

/** As wide whatever measured; null: nothing did. */
function runtimeField({ runtime }: ReportedFigures): string {
  const longest = Math.max(...runtimes.map((one) => JSON.stringify(one).length))
  return JSON.stringify(runtime ?? null).padEnd(longest)
}

function accuracyEntry(place: FigurePlace, { accuracy }: ReportedFigures): string {
  const found = accuracy.find(({ split }) => split === place.split)
  if (found === undefined) {
    const counts = ['samples', 'correct', 'originalCorrect', 'onlyOriginal', 'onlyCompressed']
    const empty = [...counts, 'topFive'].map((name) => `"${name}":null`).join(',')
    return unmeasured(`{${where(place)},${empty}`, accuracyText(place, undefined).length)
  }
  return accuracyText(place, found)
}

function accuracyText(place: FigurePlace, found: ReportedAccuracy | undefined): string {
  const count = (value: number | undefined): string => field(value ?? null, countWidth(place))
  return (
    `{${where(place)},"samples":${count(found?.samples)},"correct":${count(found?.correct)},` +
    `"originalCorrect":${count(found?.originalCorrect)},"onlyOriginal":${count(found?.onlyOriginal)},` +
    `"onlyCompressed":${count(found?.onlyCompressed)},"topFive":{"correct":${count(found?.topFive?.correct)},` +
    `"originalCorrect":${count(found?.topFive?.originalCorrect)}}}`
  )
}

function scoresEntry(place: FigurePlace, { scores }: ReportedFigures): string {
  const found = scores.find(({ split }) => split === place.split)
  if (found === undefined) {
    const ids = place.scores.map(
      (id) => `{"id":${JSON.stringify(id)},"value":null,"original":null}`,
    )
    const empty = `"samples":null,"task":${JSON.stringify(place.task)},"scores":[${ids.join(',')}]`
    return unmeasured(`{${where(place)},${empty}`, scoresText(place, undefined).length)
  }
  return scoresText(place, found)
}

/** Says in as much room as figures would take that there are none. */
function unmeasured(entry: string, width: number): string {
  return `${`${entry},"measured":false`.padEnd(width - 1)}}`
}

function scoresText(place: FigurePlace, found: ReportedScores | undefined): string {
  const values = place.scores.map((id) => {
    const score = found?.scores.find((candidate) => candidate.id === id)
    const value = field(score?.value ?? null, REAL_WIDTH)
    return `{"id":${JSON.stringify(id)},"value":${value},"original":${field(score?.original ?? null, REAL_WIDTH)}}`
  })
  const samples = field(found?.samples ?? null, countWidth(place))
  return `{${where(place)},"samples":${samples},"task":${JSON.stringify(place.task)},"scores":[${values.join(',')}]}`
}

function where({ dataset, split }: FigurePlace): string {
  return `"dataset":${JSON.stringify(dataset)},"split":${JSON.stringify(split)}`
}
