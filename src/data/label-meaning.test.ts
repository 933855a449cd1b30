import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RawLabels } from './data-source'
import { assumedOrder, classOrders } from './class-orders'
import { meaningOf } from './label-meaning'
import { possibleTasks, targetsOf } from './task'

const column = (values: readonly number[]): RawLabels => ({
  kind: 'numbers',
  names: ['label'],
  values: Float64Array.from(values),
})
const classesOf = (values: readonly number[]) => {
  const { labels } = meaningOf(column(values), {})
  if (labels?.kind !== 'classes') throw new Error('quantities')
  return labels
}
const repeated = (values: readonly number[], times = 20): number[] =>
  Array.from({ length: values.length * times }, (_, i) => values[i % values.length] ?? 0)

describe('values of a label column', () => {
  it.each<[string, readonly number[], 'classes' | 'quantities']>([
    ['1 to 26', repeated(Array.from({ length: 26 }, (_, i) => i + 1)), 'classes'],
    ['-1 and 1', [-1, 1, 1, -1], 'classes'],
    ['gaps', repeated([3, 7, 40]), 'classes'],
    ['one class', [4, 4, 4], 'classes'],
    ['a hundred classes, once each and twice', repeated([...Array(100).keys()], 2), 'classes'],
    ['prices', Array.from({ length: 90 }, (_, i) => 100_000 + 317 * i), 'quantities'],
    ['halves', [0.5, 1.5, 0.5, 1.5], 'quantities'],
    ['lengths', Array.from({ length: 50 }, (_, i) => i / 7), 'quantities'],
  ])('%s are %s', (_, values, expected) => {
    const { labels, controls } = meaningOf(column(values), {})
    expect(controls).toMatchObject([{ id: 'labelsAre', value: [expected], guessed: true }])
    expect(labels?.kind).toBe(expected === 'classes' ? 'classes' : 'numbers')
    const other = expected === 'classes' ? 'quantities' : 'classes'
    const chosen = meaningOf(column(values), { labelsAre: [other] })
    expect(chosen.controls).toMatchObject([{ value: [other], guessed: false }])
    expect(chosen.labels?.kind).toBe(other === 'classes' ? 'classes' : 'numbers')
  })

  it('are no more than two classes of a single output', () => {
    const ages = column(repeated([18, 21, 40], 30))
    expect(meaningOf(ages, {}, null, { columns: 1 })).toMatchObject({
      labels: { kind: 'numbers' },
      notes: [],
    })
    expect(meaningOf(ages, {}, null, { columns: 3 }).labels?.kind).toBe('classes')
    const sides = column([-1, 1, 1, -1])
    expect(meaningOf(sides, {}, null, { columns: 1 }).labels?.kind).toBe('classes')
  })

  it('come back through their classes, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1 }), (values) => {
        const { numbers = [], values: places } = classesOf(values)
        expect([...places].map((place) => numbers[place])).toEqual(values)
        const targets = targetsOf(
          'd',
          classesOf(values),
          { columns: 1, kind: 'scores', meaning: 'numbers' },
          'regression',
          null,
        )
        if (targets.task === 'regression')
          expect([...targets.values]).toEqual(values.map((v) => v + 0))
      }),
      { seed: 5 },
    )
  })

  it('are called as a list of names says', () => {
    const { labels } = meaningOf(column([0, 2, 2]), {}, ['cat', 'dog', 'horse'])
    expect(labels).toMatchObject({ classNames: ['cat', 'horse'], numbers: [0, 2] })
    const beyond = meaningOf(column([0, 3]), {}, ['cat', 'dog', 'horse'])
    expect(beyond.labels).toMatchObject({ classNames: ['0', '3'] })
  })
})

describe('the outputs that stand for classes', () => {
  it.each<[string, readonly number[], number, readonly number[]]>([
    ['1 to 3 of three', [1, 2, 3], 3, [0, 1, 2]],
    ['0 to 2 of three', [0, 1, 2], 3, [0, 1, 2]],
    ['some of 0 to 4', [0, 4], 5, [0, 4]],
    ['some of 1 to 26', [1, 5, 26], 26, [0, 4, 25]],
    ['1 to 3 of four, with a background', [1, 2, 3], 4, [1, 2, 3]],
    ['gaps', [3, 7, 40], 3, [0, 1, 2]],
    ['-1 and 1 of one', [-1, 1], 1, [0, 1]],
    ['1 and 2 of one', [1, 2], 1, [0, 1]],
    ['1 alone of one', [1], 1, [1]],
    ['-1 and 1 of two', [-1, 1], 2, [0, 1]],
  ])('%s', (_, values, columns, expected) => {
    expect(assumedOrder(classesOf(values), columns)).toEqual(expected)
  })

  it('are offered in other orders', () => {
    const ids = (values: readonly number[], columns: number) =>
      classOrders(classesOf(values), columns).map(({ id }) => id)
    expect(ids([1, 2, 3], 4)).toEqual(['value', 'offset'])
    expect(ids([-1, 1], 1)).toEqual(['position', 'swapped'])
    const folders = Array.from({ length: 12 }, (_, i) => String(i))
    expect(
      classOrders({ classNames: folders }, 12).map(({ id, map }) => [id, map.slice(0, 4)]),
    ).toEqual([
      ['position', [0, 1, 2, 3]],
      ['text', [0, 1, 4, 5]],
    ])
    const breeds = { classNames: ['Abyssinian', 'Bengal', 'american_bulldog'] }
    expect(classOrders(breeds, 3).map(({ id, map }) => [id, map])).toEqual([
      ['position', [0, 1, 2]],
      ['folded', [0, 2, 1]],
    ])
    const pets = { classNames: ['cat', 'dog', 'horse'] }
    expect(classOrders(pets, 4).map(({ id }) => id)).toEqual(['position', 'shifted'])
    expect(classOrders(pets, 2)).toEqual([])
  })

  it.each([
    [
      ['disease', 'healthy'],
      [1, 0],
    ],
    [
      ['negative', 'positive'],
      [0, 1],
    ],
    [
      ['spam', 'ham'],
      [0, 1],
    ],
    [
      ['ham', 'spam'],
      [0, 1],
    ],
    [
      ['no', 'yes'],
      [0, 1],
    ],
    [
      ['malignant', 'normal'],
      [1, 0],
    ],
    [
      ['cat', 'dog'],
      [0, 1],
    ],
    [
      ['患病', '正常'],
      [1, 0],
    ],
  ])('a word for no is the small number of one output: %j', (classNames, expected) => {
    const sorted = [...classNames]
    const order = classOrders({ classNames: sorted }, 1)
    expect(order).toHaveLength(2)
    expect(order[0]?.map).toEqual(classNames[1] === 'ham' ? [1, 0] : expected)
  })

  it('are as many as a map can name, each once', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -3, max: 12 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 12 }),
        (values, columns) => {
          const labels = classesOf(values)
          for (const { map } of classOrders(labels, columns)) {
            expect(map).toHaveLength(labels.classNames.length)
            expect(new Set(map).size).toBe(map.length)
            expect(Math.max(...map)).toBeLessThan(Math.max(2, columns))
            expect(Math.min(...map)).toBeGreaterThanOrEqual(0)
          }
        },
      ),
      { seed: 6 },
    )
  })
})

describe('tasks of two classes and one output', () => {
  const one = { columns: 1, kind: 'sigmoid', meaning: 'classes' } as const
  const pairs = (names: readonly string[], values: readonly number[]) =>
    meaningOf({ kind: 'numbers', names, values: Float64Array.from(values) }, {}, null, one)

  it.each([
    [
      ['', ''],
      ['0', '1'],
    ],
    [
      ['no', 'yes'],
      ['no', 'yes'],
    ],
  ])('are read of rows with a single one in two columns, called %j', (names, classNames) => {
    const { labels, notes } = pairs(names, [1, 0, 0, 1, 0, 1])
    expect(labels).toMatchObject({ kind: 'classes', classNames, values: Int32Array.of(0, 1, 1) })
    // Names say themselves what the numbers are.
    expect(notes).toHaveLength(names[0] === '' ? 1 : 0)
    expect(possibleTasks('d', labels, one)[0]).toBe('binary')
  })

  it('are not read of other rows', () => {
    expect(pairs(['', ''], [1, 1, 0, 1]).labels?.kind).toBe('numbers')
    expect(pairs(['', ''], [0.9, 0.1, 0.2, 0.8]).labels?.kind).toBe('numbers')
    expect(pairs(['', ''], [2, -1, 0, 1]).labels?.kind).toBe('numbers')
  })

  it('can be swapped', () => {
    const labels = classesOf([-1, 1, 1, -1])
    expect(possibleTasks('d', labels, one)[0]).toBe('binary')
    expect(targetsOf('d', labels, one, 'binary', null)).toMatchObject({
      labels: Int32Array.of(0, 1, 1, 0),
    })
    expect(targetsOf('d', labels, one, 'binary', [1, 0])).toMatchObject({
      labels: Int32Array.of(1, 0, 0, 1),
    })
  })
})
