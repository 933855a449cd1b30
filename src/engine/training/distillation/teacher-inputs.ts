import { matchInputs } from '../../../data/match-inputs'
import type { InputMatch } from '../../../data/match-inputs'
import type { InputPair, InputsBy } from '../../../protocol/training-messages'

interface Port {
  readonly name: string
  /** With the batch. */
  readonly shape: readonly (number | null)[]
}

/** Which of the student's inputs each of the teacher's is given. */
export interface TeacherInputs {
  /** null: as they stand. */
  readonly order: readonly number[] | null
  /** None of a teacher with one. */
  readonly pairs: readonly InputPair[]
  readonly by: InputsBy
}

/**
 * By their names as data are, then without the number that TensorFlow.js writes behind a name when a model is built
 * again; then by the only shape that fits, else in order.
 * @param chosen of the student, by name, for each of the teacher's; what is none of its own is not heeded
 */
export function teacherInputs(
  student: readonly Port[],
  teacher: readonly Port[],
  chosen: readonly string[] | null,
): TeacherInputs {
  if (student.length !== teacher.length) return { order: null, pairs: [], by: 'found' }
  const told = (places: readonly number[], by: InputsBy): TeacherInputs => ({
    order: places.some((place, at) => place !== at) ? places : null,
    pairs:
      student.length < 2
        ? []
        : places.map((place, at) => ({
            teacher: teacher[at]?.name ?? '',
            student: student[place]?.name ?? '',
          })),
    by,
  })
  const wanted = (chosen ?? []).map((name) => student.findIndex((port) => port.name === name))
  const isWhole = student.every((_, place) => wanted.includes(place))
  if (isWhole && wanted.length === teacher.length) return told(wanted, 'chosen')
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
  const isGuessed = student.length > 1 && matches.some(({ how }) => how === 'place')
  return told(
    matches.map(({ source }, at) => source ?? at),
    isGuessed ? 'guessed' : 'found',
  )
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
