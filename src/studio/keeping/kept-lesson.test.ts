import { describe, expect, it } from 'vitest'
import { openSession } from '../../../testing/studio/everything-kept'
import { readLesson } from './kept-lesson'

const { lesson } = openSession

describe('a lesson that is kept', () => {
  it('comes back as it was, without figures of another arithmetic', () => {
    expect(lesson?.rows).toHaveLength(1)
    expect(readLesson(structuredClone(lesson), true)).toEqual(lesson)
    expect(readLesson(structuredClone(lesson), false)).toEqual({ ...lesson, rows: [] })
  })

  it.each([
    ['there is none', undefined],
    ['nobody was at one', null],
    ['its step is unknown', { ...lesson, step: 'later' }],
    ['a row is of nothing', { ...lesson, rows: [{ ...lesson?.rows[0], id: 'case none' }] }],
    ['its settings are none', { ...lesson, before: { ...lesson?.before, recipe: {} } }],
  ])('is none where %s', (_, stored) => {
    expect(readLesson(stored, true)).toBeNull()
  })
})
