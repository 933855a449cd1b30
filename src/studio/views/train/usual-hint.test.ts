import { expect, it } from 'vitest'
import { usualHint } from './usual-hint'

const layer = (name: string, ...shape: number[]) => ({ name, shape: [null, ...shape] })

it('is the deepest layers of one name, else the deepest that fit', () => {
  const student = [layer('a', 8, 8, 4), layer('b', 4, 4, 4)]
  const same = [layer('a', 9, 9, 8), layer('b', 5, 5, 8), layer('c', 2, 2, 8)]
  expect(usualHint(student, same)).toMatchObject({ studentLayer: 'b', teacherLayer: 'b' })
  const other = [layer('x', 9, 9, 8), layer('y', 7)]
  expect(usualHint(student, other)).toMatchObject({ studentLayer: 'b', teacherLayer: 'x' })
  expect(usualHint(student, [layer('y', 7)])).toBeNull()
})
