import { describe, expect, it } from 'vitest'
import {
  caseAccuracy,
  caseRows,
  cells,
  controlValue,
  leftOutColumns,
  linearOf,
  lines,
  noteOf,
  readTableText,
  sigmoidOf,
  softmaxOf,
} from '../../../testing/files/own-data-cases'
import { requireSource } from '../data-wishes'

const three = caseRows()
const R = cells(three)
const Y = three.classes
const NAMES = ['setosa', 'versicolor', 'virginica']
const label = (at: number): number => Y[at] ?? 0
/** A table of columns, each of which says its cell in a row. */
const table = (columns: Readonly<Record<string, (at: number) => string | number>>): string =>
  lines(
    Object.keys(columns).join(','),
    R.map((_, at) =>
      Object.values(columns)
        .map((cell) => cell(at))
        .join(','),
    ),
  )
const [a, b, c, d] = [0, 1, 2, 3].map((place) => (at: number) => R[at]?.[place] ?? '') as [
  (at: number) => string,
  (at: number) => string,
  (at: number) => string,
  (at: number) => string,
]
const smoker = (at: number): string => (at % 2 === 0 ? 'yes' : 'no')
const half = (at: number): string => `${at / 2 + 0.25}`

describe('what is called the label is it', () => {
  it.each(['label', 'target', 'Class', 'y', 'Survived', 'Exited', 'churn', 'outcome', 'diagnosis'])(
    '%s, beside a text and where numbers are missing',
    async (name) => {
      const found = await readTableText(table({ a, b, c, smoker, [name]: label }), {
        output: softmaxOf(3),
      })
      expect(controlValue(found, 'labelColumns')).toEqual([name])
      expect(found.reading.problem).toEqual({
        code: 'data/table-texts',
        params: { file: 't.csv', expected: 4, found: 3, columns: 'smoker' },
      })
    },
  )

  it.each(['quality', 'grade', 'category', 'kind', 'type', 'default'])(
    '%s, where the model has no input for it, wherever it stands',
    async (name) => {
      for (const text of [
        table({ [name]: label, a, b, c, d }),
        table({ a, b, [name]: label, c, d }),
        table({ a, b, c, d, [name]: (at) => NAMES[label(at)] ?? '', smoker }),
      ]) {
        const found = await readTableText(text, { output: softmaxOf(3) })
        expect(controlValue(found, 'labelColumns')).toEqual([name])
        expect(caseAccuracy(found)).toBe(1)
      }
    },
  )

  it('a grade is an input where the model has one for it', async () => {
    const found = await readTableText(table({ a, b, c, grade: label }))
    expect(controlValue(found, 'labelColumns')).toEqual([])
    expect(found.reading.problem).toBeNull()
  })

  it('the surest name goes first, and of two that one which leaves as many inputs as there are', async () => {
    const graded = table({ a, b, c, d, label, quality: (at) => at % 4 })
    const surest = await readTableText(graded, { output: softmaxOf(3) })
    expect(controlValue(surest, 'labelColumns')).toEqual(['label'])
    expect(surest.reading.problem).toMatchObject({
      code: 'data/table-inputs',
      params: { expected: 4, found: 5 },
    })
    const text = table({ survived: label, a, b, c, d, class: smoker })
    const fitting = await readTableText(text)
    expect(controlValue(fitting, 'labelColumns')).toEqual(['survived'])
    expect(leftOutColumns(fitting)).toEqual(['class'])
    expect(caseAccuracy(fitting)).toBe(1)
  })

  it('passengers with names, ids and tickets', async () => {
    const text = table({
      PassengerId: (at) => at + 1,
      Survived: (at) => label(at) % 2,
      Name: (at) => `"Doe, Mr. ${at}"`,
      Sex: smoker,
      Age: a,
      SibSp: b,
      Ticket: (at) => `A/5 ${at}`,
      Fare: c,
      Cabin: (at) => (at % 2 === 0 ? '' : 'C85'),
      Parch: d,
    })
    for (const output of [softmaxOf(2), sigmoidOf(1)]) {
      const found = await readTableText(text, { output })
      expect(controlValue(found, 'labelColumns')).toEqual(['Survived'])
      expect(leftOutColumns(found)).toEqual(['PassengerId', 'Name', 'Sex', 'Ticket', 'Cabin'])
      expect(requireSource(found).samples[0]).toMatchObject({ count: 60, shape: [4] })
      expect(requireSource(found).labels).toMatchObject({ kind: 'classes', classNames: ['0', '1'] })
    }
  })
})

describe('several columns of labels', () => {
  const hot = (place: number) => (at: number) => (label(at) === place ? 1 : 0)
  const said = (place: number) => (at: number) => (label(at) === place ? 'True' : 'False')

  it.each([
    ['last', table({ a, b, c, d, p: hot(0), q: hot(1), r: hot(2) })],
    ['first', table({ p: hot(0), q: hot(1), r: hot(2), a, b, c, d })],
    ['in the middle', table({ a, p: hot(0), q: hot(1), r: hot(2), b, c, d })],
    ['True and False', table({ a, b, c, d, p: said(0), q: said(1), r: said(2) })],
    ['True and False, first', table({ p: said(0), q: said(1), r: said(2), a, b, c, d })],
    ['beside a text', table({ a, b, smoker, c, d, p: hot(0), q: hot(1), r: hot(2) })],
  ])('are rows of a single one: %s', async (_, text) => {
    const found = await readTableText(text, { output: softmaxOf(3) })
    expect(controlValue(found, 'labelColumns')).toEqual(['p', 'q', 'r'])
    const {
      labels,
      samples: [samples],
    } = requireSource(found)
    expect(samples).toMatchObject({ shape: [4], count: 60 })
    expect(labels?.kind === 'numbers' && [...labels.values.slice(0, 6)]).toEqual([1, 0, 0, 0, 1, 0])
  })

  it('are any ones at the end for a model of several labels', async () => {
    const text = table({ a, b, c, d, p: hot(0), q: (at) => at % 2, r: hot(2) })
    const found = await readTableText(text, { output: sigmoidOf(3) })
    expect(controlValue(found, 'labelColumns')).toEqual(['p', 'q', 'r'])
  })

  it('are the last ones for a model of quantities, and no others', async () => {
    const text = table({ a, b, c, d, high: half, wide: half })
    const found = await readTableText(text, { output: linearOf(2) })
    expect(controlValue(found, 'labelColumns')).toEqual(['high', 'wide'])
    expect(found.reading.problem).toBeNull()
    for (const output of [softmaxOf(2), sigmoidOf(2)]) {
      const refused = await readTableText(text, { output })
      expect(controlValue(refused, 'labelColumns')).toEqual([])
      expect(refused.reading.problem).toEqual({
        code: 'data/table-inputs',
        params: { file: 't.csv', expected: 4, found: 6 },
      })
    }
  })

  it('are not guessed where one column names the classes and one too many is left', async () => {
    const text = table({ a, b, c, d, result2: (at) => label(at) % 2, e: half })
    for (const output of [softmaxOf(2), linearOf(2)]) {
      const found = await readTableText(text, { output })
      expect(controlValue(found, 'labelColumns')).toEqual(['result2'])
      expect(found.reading.problem).toMatchObject({ code: 'data/table-inputs' })
    }
    const two = table({ sex: (at) => at % 2, result2: (at) => label(at) % 2, a, b, c, d })
    const found = await readTableText(two, { output: softmaxOf(2) })
    expect(controlValue(found, 'labelColumns')).toEqual([])
    expect(found.reading.problem).toMatchObject({
      code: 'data/table-inputs',
      params: { expected: 4, found: 6 },
    })
  })

  it('an index and ids stay out of a table of too many columns', async () => {
    const text = table({
      RowNumber: (at) => at + 1,
      CustomerId: (at) => 15_600_000 + 7 * at,
      Surname: (at) => `S${at}`,
      a,
      b,
      c,
      d,
      Exited: (at) => label(at) % 2,
    })
    const found = await readTableText(text, { output: softmaxOf(2) })
    expect(leftOutColumns(found)).toEqual(['RowNumber', 'CustomerId', 'Surname'])
    expect(controlValue(found, 'labelColumns')).toEqual(['Exited'])
    expect(found.reading.problem).toBeNull()
  })

  it('of ten thousand columns some are listed, and what fits is said of the inputs', async () => {
    const wide = Array.from({ length: 10_000 }, (_, at) => `x${at}`)
    const text = lines(
      wide.join(','),
      [1, 2, 3].map((value) => wide.map((_, at) => value + (at % 7) / 2).join(',')),
    )
    const found = await readTableText(text, { output: softmaxOf(3) })
    expect(found.reading.problem).toMatchObject({
      code: 'data/table-inputs',
      params: { expected: 4, found: 10_000 },
    })
    const { preview } = found.reading
    if (preview.kind !== 'rows') throw new Error('no rows')
    expect(preview.width).toBe(10_000)
    expect(preview.columns).toHaveLength(51)
    expect(preview.columns.at(-1)).toMatchObject({ place: 9999, name: 'x9999' })
    expect(preview.rows[0]).toHaveLength(51)
    const chosen = await readTableText(text, {
      choices: { labelColumns: ['x400'] },
      output: softmaxOf(3),
    })
    expect(chosen.reading.preview).toMatchObject({ width: 10_000 })
    const { preview: labelled } = chosen.reading
    expect(
      labelled.kind === 'rows' && labelled.columns.find(({ role }) => role === 'label'),
    ).toEqual({ place: 400, name: 'x400', role: 'label' })
  })
})

describe('what is true or false', () => {
  it('is shown to a model as 1 and 0, and says so', async () => {
    const text = table({ a, b, c, fresh: (at) => (at % 2 === 0 ? 'TRUE' : 'FALSE'), label })
    const found = await readTableText(text, { output: softmaxOf(3) })
    const {
      samples: [samples],
    } = requireSource(found)
    expect(samples.kind === 'numbers' && [samples.values[3], samples.values[7]]).toEqual([1, 0])
    expect(noteOf(found, 'truths')).toEqual({ count: 1, columns: 'fresh' })
  })

  it('names two classes where it is the label', async () => {
    const text = table({ a, b, c, d, bought: (at) => (label(at) === 0 ? 'False' : 'True') })
    const found = await readTableText(text, { output: softmaxOf(2) })
    expect(requireSource(found).labels).toMatchObject({ classNames: ['False', 'True'] })
    expect(noteOf(found, 'truths')).toBeUndefined()
  })
})

it('whole numbers for a single output are quantities, and not taken as classes', async () => {
  const text = table({ a, b, c, d, price: (at) => 100 + (at % 25) })
  const found = await readTableText(text, { output: linearOf(1) })
  expect(controlValue(found, 'labelsAre')).toEqual(['quantities'])
  expect(noteOf(found, 'classNumbers')).toBeUndefined()
})
