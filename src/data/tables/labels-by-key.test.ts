import { describe, expect, it } from 'vitest'
import {
  classOfRows,
  controlValue,
  lines,
  noteOf,
  readDrop,
  shownRows,
  SPECIES as NAMES,
  species,
  speciesClasses as Y,
  speciesLines,
} from '../../../testing/files/own-data-cases'
import { requireSource } from '../data-wishes'

const HEAD = 'a,b,c,d'
const R = speciesLines((r) => r)
const labels = R.map((_, at) => NAMES[Y[at] ?? 0] ?? '')
const expected = species.rows.map((values) => [...Float32Array.from(values)])
/** An order in which no row stands where it was. */
const order = R.map((_, at) => (at * 7 + 11) % R.length)

interface Case {
  readonly id?: (at: number) => string
  readonly theirs?: (at: number) => string
  readonly heads?: readonly [string, string]
  /** Rows that the table of labels has besides. */
  readonly more?: readonly string[]
  readonly label?: (at: number) => string
}

function read({ id = String, theirs = id, heads = ['id', 'id'], more = [], label }: Case) {
  const say = label ?? ((at: number) => labels[at] ?? '')
  return readDrop(
    {
      'features.csv': lines(
        `${heads[0]},${HEAD}`,
        R.map((r, at) => `${id(at)},${r}`),
      ),
      'labels.csv': lines(`${heads[1]},label`, [
        ...order.map((at) => `${theirs(at)},${say(at)}`),
        ...more,
      ]),
    },
    label === undefined
      ? {}
      : {
          output: { columns: 1, kind: 'scores', meaning: 'numbers' },
          choices: { labelColumns: ['label'] },
        },
  )
}

const without = <T>(values: readonly T[], ...rows: number[]): T[] =>
  values.filter((_, at) => !rows.includes(at))

describe('labels by a column of keys that is not whole', () => {
  it('rows whose doubled ids have different labels are left out', async () => {
    // 30 is written as 31: 31 is there twice, and 30 not at all.
    const found = await read({ theirs: (at) => String(at === 30 ? 31 : at) })
    expect(controlValue(found, 'labelJoin')).toEqual(['byColumn'])
    expect(classOfRows(found)).toEqual(without(labels, 30, 31))
    expect(shownRows(found)).toEqual(without(expected, 30, 31))
    expect(noteOf(found, 'labelsDisputed')).toEqual({ count: 1, file: 'labels.csv' })
    expect(noteOf(found, 'rowsUnlabelled')).toEqual({ count: 1, file: 'labels.csv' })
    expect(noteOf(found, 'labelsUnused')).toBeUndefined()
  })

  it('doubled ids with one label stay', async () => {
    const found = await read({ more: [`5,${labels[5] ?? ''}`, `9,${labels[9] ?? ''}`] })
    expect(classOfRows(found)).toEqual(labels)
    expect(shownRows(found)).toEqual(expected)
    for (const id of ['labelsDisputed', 'rowsUnlabelled', 'labelsUnused'])
      expect(noteOf(found, id)).toBeUndefined()
  })

  it('a blank id on either side is a row without a label', async () => {
    const theirs = await read({ theirs: (at) => (at === 12 ? '' : String(at)) })
    expect(classOfRows(theirs)).toEqual(without(labels, 12))
    expect(noteOf(theirs, 'rowsUnlabelled')).toEqual({ count: 1, file: 'labels.csv' })
    expect(noteOf(theirs, 'labelsUnused')).toEqual({ count: 1, file: 'labels.csv' })
    const own = await read({ id: (at) => (at === 12 ? '' : `f${at}`), theirs: (at) => `f${at}` })
    expect(classOfRows(own)).toEqual(without(labels, 12))
    expect(shownRows(own)).toEqual(without(expected, 12))
  })

  it('a target of numbers', async () => {
    const found = await read({
      theirs: (at) => String(at === 30 ? 31 : at),
      label: (at) => String(at + 0.5),
    })
    expect(shownRows(found)).toEqual(without(expected, 30, 31))
    const source = requireSource(found)
    expect(source.labels).toMatchObject({ kind: 'numbers' })
    const values = source.labels?.kind === 'numbers' ? [...source.labels.values] : []
    expect(values).toEqual(
      without(
        R.map((_, at) => at + 0.5),
        30,
        31,
      ),
    )
  })

  it.each<[string, Case]>([
    ['in another case', { id: (at) => `U-${at}`, theirs: (at) => `u-${at}` }],
    ['with spaces', { id: (at) => `U ${at}`, theirs: (at) => ` U${at} ` }],
    ['under another name', { id: (at) => `s${at}`, heads: ['sample_name', 'name'] }],
    ['above 2^53', { id: (at) => String(9_007_199_254_740_992n + BigInt(at)) }],
    [
      'above 2^53, as texts in one',
      {
        id: (at) => String(9_007_199_254_740_992n + BigInt(at)),
        more: [`none,${NAMES[0] ?? ''}`],
      },
    ],
    [
      'filled with zeros',
      { id: (at) => `${at}`.padStart(4, '0'), theirs: String, more: ['x,setosa'] },
    ],
  ])('ids %s', async (_, one) => {
    const found = await read(one)
    expect(controlValue(found, 'labelJoin')).toEqual(['byColumn'])
    expect(classOfRows(found)).toEqual(labels)
    expect(shownRows(found)).toEqual(expected)
  })

  it('ids that differ in case alone are different where they are found so', async () => {
    const id = (at: number): string => (at % 2 === 0 ? `k${at}` : `K${at - 1}`)
    const found = await read({ id })
    expect(classOfRows(found)).toEqual(labels)
  })

  it('ids of which most are blank, or all come three times', async () => {
    const blank = await read({ theirs: (at) => (at % 3 === 0 ? String(at) : '') })
    const kept = R.map((_, at) => at).filter((at) => at % 3 === 0)
    expect(classOfRows(blank)).toEqual(kept.map((at) => labels[at]))
    expect(noteOf(blank, 'rowsUnlabelled')).toEqual({ count: 40, file: 'labels.csv' })
    const again = order.map((at) => `${at},${labels[at] ?? ''}`)
    const thrice = await read({ more: [...again, ...again] })
    expect(classOfRows(thrice)).toEqual(labels)
  })

  it('the same ids in the same order, one of them twice, lose no row', async () => {
    const id = (at: number): number => (at === 30 ? 31 : at)
    const found = await readDrop({
      'features.csv': lines(
        `id,${HEAD}`,
        R.map((r, at) => `${id(at)},${r}`),
      ),
      'labels.csv': lines(
        'id,label',
        labels.map((name, at) => `${id(at)},${name}`),
      ),
    })
    expect(classOfRows(found)).toEqual(labels)
    expect(shownRows(found)).toEqual(expected)
  })
})

describe('tables that count their rows from different numbers', () => {
  const counted = (from: number, rows: readonly string[]): string[] =>
    rows.map((r, at) => `${at + from},${r}`)

  it.each<[string, Readonly<Record<string, string>>]>([
    [
      'pandas and R',
      {
        'X.csv': lines(`,${HEAD}`, counted(0, R)),
        'y.csv': lines(
          '"species"',
          labels.map((name, at) => `"${at + 1}","${name}"`),
        ),
      },
    ],
    [
      'columns of ids',
      {
        'X.csv': lines(`id,${HEAD}`, counted(0, R)),
        'y.csv': lines('id,species', counted(1, labels)),
      },
    ],
    [
      'the other way around',
      {
        'X.csv': lines(`id,${HEAD}`, counted(1, R)),
        'y.csv': lines(',species', counted(0, labels)),
      },
    ],
    [
      'splits',
      {
        'X_train.csv': lines(`,${HEAD}`, counted(0, R.slice(0, 40))),
        'X_test.csv': lines(`,${HEAD}`, counted(0, R.slice(40))),
        'y_train.csv': lines('id,species', counted(1, labels.slice(0, 40))),
        'y_test.csv': lines('id,species', counted(1, labels.slice(40))),
      },
    ],
  ])('are in the same order: %s', async (name, files) => {
    const found = await readDrop(files)
    expect(found.reading.problem).toBeNull()
    expect(classOfRows(found)).toEqual(labels)
    expect(shownRows(found)).toEqual(expected)
    expect(controlValue(found, 'labelJoin')).toEqual(['inOrder'])
    const back = name === 'the other way around'
    expect(noteOf(found, 'labelsCounted')).toMatchObject({
      from: back ? 1 : 0,
      other: back ? 0 : 1,
    })
    const byNumber = await readDrop(files, { choices: { labelJoin: ['byColumn'] } })
    expect(noteOf(byNumber, 'rowsUnlabelled')).toMatchObject({ count: name === 'splits' ? 2 : 1 })
  })

  it.each<[string, number, readonly number[]]>([
    ['samples', 0, [0, 40]],
    ['labels', 40, [0, 0]],
  ])('only the %s begin anew with each file', async (_, own, theirs) => {
    const [first = 0, second = 0] = theirs
    const found = await readDrop({
      'X_a.csv': lines(`,${HEAD}`, counted(0, R.slice(0, 40))),
      'X_b.csv': lines(`,${HEAD}`, counted(own, R.slice(40))),
      'y_a.csv': lines(',species', counted(first, labels.slice(0, 40))),
      'y_b.csv': lines(',species', counted(second, labels.slice(40))),
    })
    expect(found.reading.problem).toBeNull()
    expect(classOfRows(found)).toEqual(labels)
    expect(shownRows(found)).toEqual(expected)
    expect(noteOf(found, 'labelsInOrder')).toBeDefined()
  })

  it('parts that count anew, with one table of labels', async () => {
    const found = await readDrop({
      'X_a.csv': lines(`,${HEAD}`, counted(0, R.slice(0, 40))),
      'X_b.csv': lines(`,${HEAD}`, counted(0, R.slice(40))),
      'y.csv': lines(',species', counted(0, labels)),
    })
    expect(classOfRows(found)).toEqual(labels)
    expect(shownRows(found)).toEqual(expected)
  })

  it('an index that counts anew says less than ids', async () => {
    const found = await readDrop({
      'X.csv': lines(
        `,id,${HEAD}`,
        counted(
          0,
          R.map((r, at) => `f${at},${r}`),
        ),
      ),
      'y.csv': lines(
        ',id,species',
        counted(
          0,
          order.map((at) => `f${at},${labels[at] ?? ''}`),
        ),
      ),
    })
    expect(classOfRows(found)).toEqual(labels)
    expect(noteOf(found, 'labelsByColumn')).toMatchObject({ column: 'id' })
  })
})

describe('a header is no label, and a label no header', () => {
  it.each<[string, string | null, readonly string[], number]>([
    ['a name of labels', 'species', labels.slice(1), 59],
    ['a name above names', 'plant', labels.slice(1), 59],
    ['a name above numbers', 'level', Y.slice(1).map(String), 59],
    ['names without a header', null, [...labels, 'setosa'], 61],
    ['numbers without a header', null, [...Y.map((y) => String(y + 0.25)), '1.5'], 61],
  ])('%s, of another number of rows', async (_, head, rows, labelCount) => {
    const found = await readDrop({ 'X.csv': lines(HEAD, R), 'y.csv': lines(head, rows) })
    expect(found.source).toBeNull()
    expect(found.reading.problem).toEqual({
      code: 'data/counts-differ',
      params: { samples: 'X.csv', sampleCount: 60, labels: 'y.csv', labelCount },
    })
  })
})
