import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  caseAccuracy,
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
const label = (at: number): string => NAMES[Y[at] ?? 0] ?? ''
const labels = R.map((_, at) => label(at))
const expected = species.rows.map((values) => [...Float32Array.from(values)])

/** That what was read is all rows with their own labels. */
async function expectAll(files: Readonly<Record<string, string>>) {
  const found = await readDrop(files)
  expect(found.reading.problem).toBeNull()
  expect(shownRows(found)).toEqual(expected)
  expect(caseAccuracy(found)).toBe(1)
  return found
}

describe('labels in a table of their own, row by row', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['X.csv and y.csv', { 'X.csv': lines(HEAD, R), 'y.csv': lines('species', labels) }],
    ['without headers', { 'X.csv': lines(null, R), 'y.csv': lines(null, labels) }],
    ['numbers', { 'X.csv': lines(HEAD, R), 'y.csv': lines('y', Y.map(String)) }],
    [
      'numbers under the 0 that pandas writes',
      { 'X.csv': lines('0,1,2,3', R), 'y.csv': lines('0', Y.map(String)) },
    ],
    [
      'features and target',
      { 'iris_features.csv': lines(HEAD, R), 'iris_target.csv': lines('target', Y.map(String)) },
    ],
    [
      'an index before both',
      {
        'X.csv': lines(
          `,${HEAD}`,
          R.map((r, at) => `${at},${r}`),
        ),
        'y.csv': lines(
          ',species',
          labels.map((name, at) => `${at},${name}`),
        ),
      },
    ],
    [
      'one column for each class',
      {
        'X.csv': lines(HEAD, R),
        'y.csv': lines(
          's,t,u',
          Y.map((y) => [0, 1, 2].map((k) => Number(k === y)).join(',')),
        ),
      },
    ],
    ['files of text', { 'X.txt': lines(null, R), 'y.txt': lines(null, Y.map(String)) }],
  ])('%s', async (name, files) => {
    const found = await readDrop(files)
    expect(found.reading.problem).toBeNull()
    expect(shownRows(found)).toEqual(expected)
    expect(found.reading.account).toEqual({ read: 2, leftOut: [] })
    const source = requireSource(found)
    if (name.startsWith('one column'))
      expect(source.labels).toMatchObject({ kind: 'numbers', names: ['s', 't', 'u'] })
    else expect(caseAccuracy(found)).toBe(1)
  })

  it('splits, each with its labels', async () => {
    for (const [x, y] of [
      ['X_', 'y_'],
      ['X', 'y'],
      ['data/X_', 'data/Y_'],
    ] as const) {
      const found = await expectAll({
        [`${x}test.csv`]: lines(HEAD, R.slice(0, 20)),
        [`${x}train.csv`]: lines(HEAD, R.slice(20)),
        [`${y}train.csv`]: lines('label', labels.slice(20)),
        [`${y}test.csv`]: lines('label', labels.slice(0, 20)),
      })
      expect(found.reading.account).toEqual({ read: 4, leftOut: [] })
      expect(noteOf(found, 'labelsInOrder')).toBeDefined()
    }
  })

  it('a split alone can be chosen, and its labels come with it', async () => {
    const files = {
      'X_train.csv': lines(HEAD, R.slice(20)),
      'X_test.csv': lines(HEAD, R.slice(0, 20)),
      'y_train.csv': lines('label', labels.slice(20)),
      'y_test.csv': lines('label', labels.slice(0, 20)),
    }
    const found = await readDrop(files, { choices: { tablesRead: ['X_test.csv'] } })
    expect(controlValue(found, 'labelTables')).toEqual(['y_test.csv'])
    expect(classOfRows(found)).toEqual(labels.slice(0, 20))
    const none = await readDrop(files, { choices: { labelTables: [] } })
    expect(requireSource(none)).toMatchObject({ labels: null, samples: [{ count: 60 }] })
  })

  it('a line left empty among them is a row without a label', async () => {
    for (const [head, text] of [
      ['y', ''],
      ['y', '""'],
      [null, ''],
    ] as const) {
      const gaps = labels.map((name, at) => ([5, 30].includes(at) ? text : name))
      const found = await readDrop({ 'X.csv': lines(HEAD, R), 'y.csv': lines(head, gaps) })
      expect(classOfRows(found)).toEqual(labels.filter((_, at) => at !== 5 && at !== 30))
      expect(shownRows(found)).toEqual(expected.filter((_, at) => at !== 5 && at !== 30))
      expect(noteOf(found, 'missingRows')).toMatchObject({ count: 2 })
    }
    // One row too few is not made up for by the header.
    const short = labels.slice(1).map((name, at) => (at === 5 ? '' : name))
    const found = await readDrop({ 'X.csv': lines(HEAD, R), 'y.csv': lines('y', short) })
    expect(found.reading.problem?.code).toBe('data/counts-differ')
  })

  it('names of classes may hold spaces', async () => {
    for (const head of ['breed', null]) {
      const names = ['Great Dane', 'Golden Retriever', 'Pug']
      const text = lines(
        head,
        Y.map((y) => names[y] ?? ''),
      )
      const found = await readDrop({ 'X.csv': lines(HEAD, R), 'y.csv': text })
      expect(classOfRows(found)).toEqual(Y.map((y) => names[y]))
    }
  })

  it('of another number of rows are refused with both numbers', async () => {
    const found = await readDrop({
      'X_train.csv': lines(HEAD, R.slice(20)),
      'X_test.csv': lines(HEAD, R.slice(0, 20)),
      'y_train.csv': lines('label', labels.slice(20)),
      'y_test.csv': lines('label', labels.slice(0, 17)),
    })
    expect(found.source).toBeNull()
    expect(found.reading.problem).toEqual({
      code: 'data/counts-differ',
      params: { samples: 'X_test.csv', sampleCount: 20, labels: 'y_test.csv', labelCount: 17 },
    })
    expect(controlValue(found, 'labelTables')).toEqual(['y_train.csv', 'y_test.csv'])
  })
})

describe('labels in a table of their own, by a column that both have', () => {
  const numbered = lines(
    `id,${HEAD}`,
    R.map((r, at) => `${at + 1},${r}`),
  )
  /** Labels in another order. */
  const turned = labels.map((name, at) => `${at + 1},${name}`).toReversed()

  it.each<[string, Readonly<Record<string, string>>]>([
    ['ids', { 'features.csv': numbered, 'labels.csv': lines('id,species', turned) }],
    ['an untitled table', { 'flowers.csv': numbered, 'kinds.csv': lines('ID,kind', turned) }],
    [
      'texts',
      {
        'train_values.csv': lines(
          `flower,${HEAD}`,
          R.map((r, at) => `f${at + 1},${r}`),
        ),
        'train_labels.csv': lines(
          'flower,species',
          turned.map((text) => `f${text}`),
        ),
      },
    ],
    [
      'with a remark',
      {
        'features.csv': numbered,
        'labels.csv': lines(
          'id,label,by',
          turned.map((text, at) => `${text},person ${at % 7}`),
        ),
      },
    ],
  ])('%s', async (_, files) => {
    const found = await expectAll(files)
    expect(controlValue(found, 'labelJoin')).toEqual(['byColumn'])
    expect(noteOf(found, 'labelsByColumn')).toBeDefined()
    expect(classOfRows(found)).toEqual(labels)
  })

  it('rows without a label, and labels without a row, are counted', async () => {
    const files = {
      'features.csv': numbered,
      'labels.csv': lines('id,species', [...turned.slice(0, 50), '700,setosa', '701,setosa']),
    }
    const found = await readDrop(files)
    expect(shownRows(found)).toEqual(expected.slice(10))
    expect(classOfRows(found)).toEqual(labels.slice(10))
    expect(noteOf(found, 'rowsUnlabelled')).toEqual({ count: 10, file: 'labels.csv' })
    expect(noteOf(found, 'labelsUnused')).toEqual({ count: 2, file: 'labels.csv' })
    const inOrder = await readDrop(files, { choices: { labelJoin: ['inOrder'] } })
    expect(inOrder.reading.problem).toMatchObject({ code: 'data/counts-differ' })
  })

  it('where each split counts its rows anew', async () => {
    const count = (rows: readonly string[]): string[] => rows.map((r, at) => `${at},${r}`)
    await expectAll({
      'X_train.csv': lines(`,${HEAD}`, count(R.slice(0, 40))),
      'X_test.csv': lines(`,${HEAD}`, count(R.slice(40))),
      'y_train.csv': lines(',species', count(labels.slice(0, 40)).toReversed()),
      'y_test.csv': lines(',species', count(labels.slice(40)).toReversed()),
    })
  })

  it('several rows may have one', async () => {
    const visits = R.map((r, at) => `${at % 3},${r}`)
    const found = await readDrop({
      'visits.csv': lines(`patient,${HEAD}`, visits),
      'labels.csv': lines('patient,label', ['2,virginica', '0,setosa', '1,versicolor']),
    })
    expect(classOfRows(found)).toEqual(labels)
    expect(noteOf(found, 'leftOutKey')).toEqual({ count: 1, columns: 'patient' })
    expect(noteOf(found, 'labelsUnused')).toBeUndefined()
  })

  it('can be taken row by row instead', async () => {
    const files = { 'features.csv': numbered, 'labels.csv': lines('id,species', turned) }
    const found = await readDrop(files, { choices: { labelJoin: ['inOrder'] } })
    expect(classOfRows(found)).toEqual(labels.toReversed())
    expect(noteOf(found, 'labelsInOrder')).toBeDefined()
  })

  it('any order of labels is put right', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(
          R.map((_, at) => at),
          { minLength: 30, maxLength: 60 },
        ),
        async (order) => {
          const found = await readDrop({
            'X.csv': numbered,
            'y.csv': lines(
              'id,species',
              order.map((at) => `${at + 1},${label(at)}`),
            ),
          })
          const kept = order.toSorted((a, b) => a - b)
          expect(shownRows(found)).toEqual(kept.map((at) => expected[at]))
          expect(classOfRows(found)).toEqual(kept.map(label))
        },
      ),
      { seed: 7, numRuns: 20 },
    )
  })
})
