import { describe, expect, it } from 'vitest'
import { hintLayers, usualHint } from './hint-layers'

const conv = (name: string, ...shape: number[]) => ({
  name,
  className: 'Conv2D',
  shape: [null, ...shape],
})
const dense = (name: string, units: number) => ({ name, className: 'Dense', shape: [null, units] })

describe('layers for a hint', () => {
  it('are those that say something, the outputs apart', () => {
    const silent = { name: 'normal', className: 'BatchNormalization', shape: [null, 8, 8, 4] }
    const open = { name: 'open', className: 'Conv2D', shape: null }
    const found = hintLayers([conv('a', 8, 8, 4), silent, open, dense('b', 5), dense('out', 3)])
    expect(found.map(({ text }) => text)).toEqual(['a (8 × 8 × 4)', 'b (5)'])
  })

  it('are the deepest of one name, else the deepest that fit', () => {
    const student = hintLayers([conv('a', 8, 8, 4), conv('b', 4, 4, 4), dense('out', 3)])
    const same = hintLayers([
      conv('a', 9, 9, 8),
      conv('b', 5, 5, 8),
      conv('c', 2, 2, 8),
      dense('o', 3),
    ])
    expect(usualHint(student, same)).toMatchObject({ studentLayer: 'b', teacherLayer: 'b' })
    const other = hintLayers([conv('x', 9, 9, 8), dense('y', 7), dense('o', 3)])
    expect(usualHint(student, other)).toMatchObject({ studentLayer: 'b', teacherLayer: 'x' })
    expect(usualHint(student, hintLayers([dense('y', 7), dense('o', 3)]))).toBeNull()
  })
})
