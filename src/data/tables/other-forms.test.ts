import { gzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import {
  caseAccuracy,
  cells,
  controlValue,
  lines,
  noteOf,
  readDrop,
  shownRows,
  SPECIES as NAMES,
  species,
  speciesLines,
} from '../../../testing/files/own-data-cases'
import { requireSource } from '../data-wishes'
import { memoryFile } from '../../files/file-bundle'
import { isDataDrop } from '../recognize-drop'

const go = () => Promise.resolve()
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const table = lines(
  'a,b,c,d,label',
  speciesLines((r, y) => `${r},${NAMES[y]}`),
)
const sparse = lines(
  null,
  cells(species).map(
    (r, i) => `${species.classes[i]} ${r.map((v, at) => `${at + 1}:${v}`).join(' ')}`,
  ),
)
const arff = (attributes: readonly string[], rows: readonly string[]): string =>
  [
    '% made by a scale',
    '@RELATION iris',
    '',
    ...attributes.map((one) => `@attribute ${one}`),
    '@data',
    ...rows,
    '',
  ].join('\n')
const attributes = [
  "'sepal length' numeric",
  '"width" REAL',
  'c real',
  'd integer',
  'class {setosa,versicolor,virginica,a,b}',
]

describe('forms that are not read are named', () => {
  it.each<[string, string, string]>([
    ['a.svm', sparse, 'svmlight'],
    ['a.libsvm', sparse, 'svmlight'],
    ['a.txt', sparse, 'svmlight'],
    ['a.csv', sparse, 'svmlight'],
    ['a.data', '+1 qid:3 1:0.5 7:1 # one\n-1 qid:3 2:1e-3 7:-1\n', 'svmlight'],
    ['a.arff', arff(attributes, ['{0 1.5, 4 setosa}', '{1 2}']), 'ARFF'],
    ['a.csv', '@relation r\n@attribute a numeric\n', 'ARFF'],
    ['a.xlsx', 'PK\u0003\u0004', 'Excel'],
    ['a.ods', 'PK\u0003\u0004', 'OpenDocument'],
    ['a.parquet', 'PAR1', 'Parquet'],
  ])('%s', async (name, text, form) => {
    await expect(readDrop({ [name]: text })).rejects.toMatchObject({
      code: 'data/other-form',
      params: { file: name, form },
    })
    expect(await isDataDrop([memoryFile(name, utf8(text))], go)).toBe(true)
  })

  it('and lie unread beside a table', async () => {
    const found = await readDrop({ 'a.csv': table, 'a.xlsx': 'PK', 'b.csv': sparse })
    expect(caseAccuracy(found)).toBe(1)
    expect(found.reading.account).toMatchObject({
      read: 1,
      leftOut: [
        { reason: 'otherFormat', examples: ['a.xlsx'] },
        { reason: 'otherTables', examples: ['b.csv'] },
      ],
    })
  })

  it('a model beside a spreadsheet is a model', async () => {
    const files = ['model.json', 'notes.xlsx'].map((path) => memoryFile(path, utf8('{}')))
    expect(await isDataDrop(files, go)).toBe(false)
  })

  it.each([
    ['times of day', '1 12:30\n2 13:45\n'],
    ['lists of names', '0 cat\n1 dog\n'],
    ['numbers', '1 2 3\n4 5 6\n'],
  ])('%s are none', async (_, text) => {
    const found = await readDrop({ 'a.csv': text }, { input: null })
    expect(found.reading.format).toBe('table')
  })
})

describe('ARFF is read', () => {
  const rows = speciesLines((r, y) => `${r},${NAMES[y]}`)

  it.each(['a.arff', 'a.csv', 'a.txt'])('%s', async (name) => {
    const found = await readDrop({
      [name]: arff(attributes, ['% above', '?,1,1,1,setosa', ...rows]),
    })
    expect(found.reading.problem).toBeNull()
    expect(shownRows(found)).toEqual(species.rows.map((row) => [...Float32Array.from(row)]))
    expect(caseAccuracy(found)).toBe(1)
    expect(controlValue(found, 'labelColumns')).toEqual(['class'])
    expect(controlValue(found, 'tableLeftOut')).toEqual([])
    expect(noteOf(found, 'missingRows')).toEqual({ count: 1, lines: '11' })
    expect(found.reading.preview).toMatchObject({
      columns: [{ name: 'sepal length' }, { name: 'width' }, {}, {}, {}],
    })
  })

  it('with texts in quotes, and packed', async () => {
    const quoted = speciesLines((r, y) => `${r},'${NAMES[y]}, the ${y}'`)
    const found = await readDrop({ 'a.arff.gz': gzipSync(utf8(arff(attributes, quoted))) })
    expect(requireSource(found).labels).toMatchObject({
      classNames: NAMES.map((name, y) => `${name}, the ${y}`),
    })
    expect(caseAccuracy(found)).toBe(1)
  })

  it('of names alone has no header among its rows', async () => {
    const text = arff(['a {x,y}', 'b {x,y}', 'class {x,y}'], ['x,y,x', 'y,y,y', 'x,x,x', 'y,x,y'])
    const found = await readDrop({ 'a.arff': text }, { input: null })
    expect(controlValue(found, 'tableHeader')).toEqual(['no'])
    expect(found.reading.preview).toMatchObject({
      columns: [{ name: 'a' }, { name: 'b' }, { name: 'class' }],
    })
  })
})

describe('gzipped tables', () => {
  it.each([
    ['iris.csv.gz', table],
    ['iris.tsv.gz', table.replaceAll(',', '\t')],
    ['IRIS.CSV.GZ', `\uFEFF${table}`],
  ])('%s', async (name, text) => {
    const packed = gzipSync(utf8(text))
    const found = await readDrop({ [name]: packed })
    expect(found.reading.name.toLowerCase()).toBe('iris')
    expect(caseAccuracy(found)).toBe(1)
    expect(await isDataDrop([memoryFile(name, packed)], go)).toBe(true)
  })

  it('of several members, and beside others that are not packed', async () => {
    const [first, second] = [utf8(table.slice(0, 500)), utf8(table.slice(500))]
    const packed = Uint8Array.of(...gzipSync(first), ...gzipSync(second))
    expect(caseAccuracy(await readDrop({ 'a.csv.gz': packed }))).toBe(1)
    const many = await readDrop({ 'train.csv.gz': gzipSync(utf8(table)), 'test.csv': table })
    expect(many.reading.account).toEqual({ read: 2, leftOut: [] })
  })

  it('that are damaged or cut short are refused', async () => {
    const packed = gzipSync(utf8(table))
    const flipped = packed.slice()
    flipped.set([0, 0, 0, 0], packed.length - 8)
    for (const bytes of [flipped, packed.slice(0, -20), utf8(table)])
      await expect(readDrop({ 'a.csv.gz': bytes })).rejects.toMatchObject({ code: 'data/gzip' })
  })
})
