import { expect, it } from 'vitest'
import { teacherInputs } from './teacher-inputs'

const ports = (names: string, ...shapes: readonly (readonly number[])[]) =>
  names.split(' ').map((name, at) => ({ name, shape: [null, ...(shapes[at] ?? [4])] }))

it.each<[string, string, string, readonly number[] | null]>([
  ['the same names', 'left right', 'right left', [1, 0]],
  ['names in another case', 'left right', 'Right Left', [1, 0]],
  ['names of a model that was built a second time', 'left right', 'right_1 left_1', [1, 0]],
  ['names of which some are counted', 'left_2 right', 'right_1 left', [1, 0]],
  ['counted names as they are where both have them', 'a a_1 b', 'b_1 a_1 a', [2, 1, 0]],
  ['numbers alone where all are there', 'input_1 input_2', 'input_2 input_1', [1, 0]],
])('are found by %s', (_, student, teacher, order) => {
  expect(teacherInputs(ports(student), ports(teacher))).toEqual({ order, guessed: [] })
})

it('are found by the only shape that fits where names disagree', () => {
  const student = ports('picture facts', [8, 8, 1], [3])
  const teacher = ports('u v', [3], [16, 16, 1])
  expect(teacherInputs(student, teacher)).toEqual({ order: [1, 0], guessed: [] })
})

it.each([
  ['other names', 'left right', 'p q'],
  ['numbers that count on', 'input_1 input_2', 'input_2 input_3'],
  ['several of one stem', 'a a_1', 'a_2 a_3'],
])('are guessed in order, and said, with %s', (_, student, teacher) => {
  const [own = '', other = ''] = teacher.split(' ')
  const [first = '', second = ''] = student.split(' ')
  expect(teacherInputs(ports(student), ports(teacher))).toEqual({
    order: null,
    guessed: [
      { teacher: own, student: first },
      { teacher: other, student: second },
    ],
  })
})

it('of a teacher with one are no guess', () => {
  expect(teacherInputs(ports('x'), ports('image'))).toEqual({ order: null, guessed: [] })
})
