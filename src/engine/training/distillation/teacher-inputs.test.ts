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
  expect(teacherInputs(ports(student), ports(teacher), null)).toMatchObject({ order, by: 'found' })
})

it('are found by the only shape that fits where names disagree', () => {
  const student = ports('picture facts', [8, 8, 1], [3])
  const teacher = ports('u v', [3], [16, 16, 1])
  expect(teacherInputs(student, teacher, null)).toMatchObject({ order: [1, 0], by: 'found' })
})

it.each([
  ['other names', 'left right', 'p q'],
  ['numbers that count on', 'input_1 input_2', 'input_2 input_3'],
  ['several of one stem', 'a a_1', 'a_2 a_3'],
])('are guessed in order, and said, with %s', (_, student, teacher) => {
  const [own = '', other = ''] = teacher.split(' ')
  const [first = '', second = ''] = student.split(' ')
  expect(teacherInputs(ports(student), ports(teacher), null)).toEqual({
    order: null,
    pairs: [
      { teacher: own, student: first },
      { teacher: other, student: second },
    ],
    by: 'guessed',
  })
})

it('are those that somebody has chosen, in whatever order', () => {
  const given = (chosen: readonly string[]) =>
    teacherInputs(ports('left right'), ports('p q'), chosen)
  expect(given(['right', 'left'])).toEqual({
    order: [1, 0],
    pairs: [
      { teacher: 'p', student: 'right' },
      { teacher: 'q', student: 'left' },
    ],
    by: 'chosen',
  })
  expect(given(['left', 'right'])).toMatchObject({ order: null, by: 'chosen' })
  for (const nonsense of [['left'], ['left', 'left'], ['left', 'right', 'right'], ['a', 'b']])
    expect(given(nonsense)).toMatchObject({ order: null, by: 'guessed' })
})

it('of a teacher with one are no guess', () => {
  expect(teacherInputs(ports('x'), ports('image'), null)).toEqual({
    order: null,
    pairs: [],
    by: 'found',
  })
})
