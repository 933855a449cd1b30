import { matchInputs } from '../../../data/match-inputs'
import type { InputMatch } from '../../../data/match-inputs'
import type { InputPair } from '../../../protocol/training-messages'

interface Port {
  readonly name: string
  /** With the batch. */
  readonly shape: readonly (number | null)[]
}

/** Which of the student's inputs each of the teacher's is given. */
export interface TeacherInputs {
  /** null: as they stand. */
  readonly order: readonly number[] | null
  /** All pairs, where neither names nor shapes say some of them. */
  readonly guessed: readonly InputPair[]
}

/**
 * By their names as data are, then without the number that TensorFlow.js writes behind a name when a model is built
 * again; then by the only shape that fits, else in order.
 */
export function teacherInputs(student: readonly Port[], teacher: readonly Port[]): TeacherInputs {
  if (student.length !== teacher.length) return { order: null, guessed: [] }
  const matchOf = (fold: (names: readonly string[]) => readonly string[]): readonly InputMatch[] =>
    matchInputs(
      fold(namesOf(teacher)),
      fold(namesOf(student)),
      (own, other) => fitOf(teacher[own], student[other]),
      () => false,
    )
  const asTheyAre = matchOf((names) => names)
  const uncounted = matchOf(withoutCounts)
  const matches = named(uncounted) > named(asTheyAre) ? uncounted : asTheyAre
  const order = matches.map(({ source }, at) => source ?? at)
  const isGuessed = student.length > 1 && matches.some(({ how }) => how === 'place')
  return {
    order: order.some((place, at) => place !== at) ? order : null,
    guessed: isGuessed
      ? order.map((place, at) => ({
          teacher: teacher[at]?.name ?? '',
          student: student[place]?.name ?? '',
        }))
      : [],
  }
}

function namesOf(ports: readonly Port[]): readonly string[] {
  return ports.map(({ name }) => name)
}

function named(matches: readonly InputMatch[]): number {
  return matches.filter(({ how }) => how === 'name').length
}

/** `left_1` as `left`, unless another of them would be called so too. */
function withoutCounts(names: readonly string[]): readonly string[] {
  const bare = names.map((name) => name.replace(/_\d+$/, ''))
  return names.map((name, at) => {
    const isAlone = bare.every((other, place) => place === at || other !== bare[at])
    return isAlone ? (bare[at] ?? name) : name
  })
}

/** 2: the same sides, or an open one; 1: a picture of another size. */
function fitOf(teacher: Port | undefined, student: Port | undefined): number {
  const [own, other] = [teacher?.shape.slice(1) ?? [], student?.shape.slice(1) ?? []]
  if (own.length !== other.length) return 0
  const differ = own.filter((side, at) => {
    const there = other[at] ?? null
    return side !== null && there !== null && side !== there
  })
  if (differ.length === 0) return 2
  return own.length === 3 && own[2] === other[2] ? 1 : 0
}
