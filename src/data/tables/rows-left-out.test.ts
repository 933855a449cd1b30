import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  caseAccuracy,
  cells,
  controlValue,
  lines,
  noteOf,
  readTableText,
  SPECIES as NAMES,
  species,
  speciesClasses as Y,
  speciesLines as row,
} from '../../../testing/files/own-data-cases'
import { requireSource } from '../data-wishes'
import { likelyDialect } from './table-dialect'

const WRITTEN = ['', 'NA', 'N/A', '?', 'nan', 'NaN', 'NULL', 'null', 'None', '-', ' ']

describe('rows that lack a value are left out, and counted', () => {
  it.each(WRITTEN)('a number that is "%s"', async (gap) => {
    const text = lines(
      'a,b,c,d,label',
      row((r, y, i) => {
        const [, ...rest] = r.split(',')
        return `${i % 20 === 3 ? [gap, ...rest].join(',') : r},${y}`
      }),
    )
    const found = await readTableText(text)
    expect(found.reading.problem).toBeNull()
    expect(requireSource(found).samples[0]).toMatchObject({ count: 57, shape: [4] })
    expect(noteOf(found, 'missingRows')).toEqual({ count: 3, lines: '5, 25, 45' })
    expect(caseAccuracy(found)).toBe(1)
    const strict = await readTableText(text, { choices: { missingRows: ['asText'] } })
    expect(strict.reading.problem).toMatchObject({
      code: 'data/table-column',
      params: { column: 'a', line: 5, found: gap.trim() === '' ? 'nothing' : gap },
    })
  })

  it.each(WRITTEN)('a label that is "%s", and is no class', async (gap) => {
    for (const names of [NAMES, ['0', '1', '2']]) {
      const text = lines(
        'a,b,c,d,label',
        row((r, y, i) => `${r},${i % 10 === 0 ? gap : (names[y] ?? '')}`),
      )
      const found = await readTableText(text)
      expect(requireSource(found).labels).toMatchObject({ kind: 'classes', classNames: names })
      expect(noteOf(found, 'missingRows')).toEqual({ count: 6, lines: '2, 12, 22, 32, 42, …' })
      expect(caseAccuracy(found)).toBe(1)
    }
  })

  it('unless a person says that such cells are texts', async () => {
    const text = lines(
      'a,b,c,d,label',
      row((r, y) => `${r},${['None', 'mild', 'severe'][y] ?? ''}`),
    )
    const kept = await readTableText(text, { choices: { missingRows: ['asText'] } })
    expect(requireSource(kept).labels).toMatchObject({ classNames: ['None', 'mild', 'severe'] })
    expect(controlValue(kept, 'missingRows')).toEqual(['asText'])
  })

  it('but beside a single other text a written one is a class', async () => {
    for (const [no, yes] of [
      ['-', '+'],
      ['None', 'Fraud'],
    ] as const) {
      const text = lines(
        'a,b,c,d,label',
        row((r, y) => `${r},${y === 0 ? yes : no}`),
      )
      const found = await readTableText(text)
      expect(requireSource(found).labels).toMatchObject({ kind: 'classes' })
      expect(requireSource(found).samples[0]).toMatchObject({ count: 60 })
      expect(noteOf(found, 'missingRows')).toBeUndefined()
    }
  })

  it('only for columns that are used', async () => {
    const text = lines(
      'a,b,c,d,label,remark,empty',
      row((r, y, i) => `${r},${y},${i % 3 === 0 ? '' : `seen ${i % 4}`},NA`),
    )
    const found = await readTableText(text)
    expect(requireSource(found).samples[0]).toMatchObject({ count: 60, shape: [4] })
    expect(noteOf(found, 'missingRows')).toBeUndefined()
    expect(noteOf(found, 'leftOutEmpty')).toMatchObject({ columns: 'empty' })
  })

  it('a first row without a header may lack one, too', async () => {
    const text = lines(
      null,
      row((r, y, i) => (i === 0 ? `?,1,1,1,${y}` : `${r},${y}`)),
    )
    const found = await readTableText(text)
    expect(controlValue(found, 'tableHeader')).toEqual(['no'])
    expect(requireSource(found).samples[0]).toMatchObject({ count: 59 })
    expect(noteOf(found, 'missingRows')).toEqual({ count: 1, lines: '1' })
  })
})

describe('rows that are no samples', () => {
  it('empty ones, at the end and between', async () => {
    const body = row((r, y, i) => `${i === 2 ? ',,,,\n' : ''}${r},${y}`)
    const found = await readTableText(lines('a,b,c,d,label', [...body, ',,,,', ' ,,,,']))
    expect(requireSource(found).samples[0]).toMatchObject({ count: 60 })
    expect(noteOf(found, 'emptyRows')).toEqual({ count: 3, lines: '4, 63, 64' })
    expect(caseAccuracy(found)).toBe(1)
  })

  it('the header again, and no equal rows without one', async () => {
    const head = 'a,b,c,d,label'
    const body = row((r, y, i) => `${i === 30 ? `${head}\n` : ''}${r},${y}`)
    const found = await readTableText(lines(head, body))
    expect(requireSource(found).samples[0]).toMatchObject({ count: 60 })
    expect(noteOf(found, 'headerAgain')).toEqual({ count: 1, lines: '32' })
    const plain = row((r, y) => `${r},${y}`)
    const twice = await readTableText(lines(null, [...plain, plain[0] ?? '']))
    expect(requireSource(twice).samples[0]).toMatchObject({ count: 61 })
  })

  it.each([
    ['a title', 'Iris measurements 2021\n', 1],
    ['a title and an empty line', 'Iris measurements 2021\n\n', 1],
    ['a title in a row of cells', 'Iris measurements 2021,,,,\n', 1],
    ['three lines', 'Iris\nmeasured in 2021\nby a scale\n', 3],
  ])('lines before the header: %s', async (_, above, count) => {
    const text =
      above +
      lines(
        'a,b,c,d,label',
        row((r, y) => `${r},${NAMES[y]}`),
      )
    const found = await readTableText(text)
    expect(controlValue(found, 'tableAbove')).toEqual([String(count)])
    expect(noteOf(found, 'linesAbove')).toEqual({ count })
    expect(caseAccuracy(found)).toBe(1)
    const all = await readTableText(text, { choices: { tableAbove: ['0'] } })
    expect(all.source).toBeNull()
  })

  it('lines before the header that a person has counted', async () => {
    const text = lines(
      'len,wid,len,wid,name\na,b,c,d,label',
      row((r, y) => `${r},${NAMES[y]}`),
    )
    const guessed = await readTableText(text)
    expect(guessed.source).toBeNull()
    const found = await readTableText(text, { choices: { tableAbove: ['1'] } })
    expect(caseAccuracy(found)).toBe(1)
  })

  it('no line is taken for a title where all have as many cells', () => {
    const cell = fc.oneof(
      fc.integer({ min: -99, max: 99 }).map(String),
      fc.constantFrom('', 'NA', 'red', 'Mr. John Doe', '2021-05-01', '0.5'),
    )
    const rows = (width: number) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
        minLength: 3,
        maxLength: 40,
      })
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }).chain((width) => fc.tuple(fc.constant(width), rows(width))),
        fc.constantFrom(',', ';', '\t'),
        ([width, body], separator) => {
          const head = Array.from({ length: width }, (_, at) => `name ${at}`)
          const text = lines(
            head.join(separator),
            body.map((cells) => cells.join(separator)),
          )
          expect(likelyDialect(text, {})).toMatchObject({ separator, linesAbove: 0 })
        },
      ),
      { seed: 3, numRuns: 200 },
    )
  })

  it.each([
    ['the header of R', lines('"x"', ['"1",5', '"2",6', '"3",7', '"4",8'])],
    ['an index without a name', lines(',x', ['0,5', '1,6', '2,7', '3,8'])],
    ['a first row with one number', lines(null, ['5,,', '6,1,2', '7,1,2', '8,1,2'])],
    ['rows that differ', lines('a,b,c', ['1,2,3', '4,5', '6,7,8', '9,1,2', '3,4,5'])],
    ['names with spaces', lines('name,a,b', ['J. R. Doe,1,2', 'A. B. C,3,4', 'D. E. F,5,6'])],
  ])('%s is no title', (_, text) => {
    expect(likelyDialect(text, {})).toMatchObject({ separator: ',', linesAbove: 0 })
  })

  it.each([
    ['\r\n', '\n'],
    ['\n', '\r\n'],
  ])('a header that ends with %j above rows that end with %j', async (one, other) => {
    const body = row((r, y) => `${r},"${NAMES[y]}"`).join(other)
    for (const separator of [',', ' ']) {
      const text = `a,b,c,d,label${one}${body}${other}`.replaceAll(',', separator)
      const found = await readTableText(text)
      expect(requireSource(found).labels).toMatchObject({ classNames: NAMES })
      expect(caseAccuracy(found)).toBe(1)
    }
  })
})

describe('tables whose names do not say that they are', () => {
  it.each([
    [
      'iris.data',
      lines(
        null,
        row((r, y) => `${r},Iris-${NAMES[y]}`),
      ),
    ],
    [
      'x.txt',
      lines(
        null,
        cells(species).map((r, i) =>
          [...r, Y[i] ?? 0].map((v) => Number(v).toExponential(18)).join(' '),
        ),
      ),
    ],
    [
      'x.dat',
      lines(
        'a\tb\tc\td\tlabel',
        row((r, y) => `${r},${y}`.replaceAll(',', '\t')),
      ),
    ],
  ])('%s', async (name, text) => {
    const found = await readTableText(text, { name })
    expect(found.reading.format).toBe('table')
    expect(caseAccuracy(found)).toBe(1)
  })

  it('and what only lists names is none', async () => {
    const listed = readTableText('0 cat\n1 dog\n2 owl\n', { name: 'labels.txt' })
    await expect(listed).rejects.toThrow('data/unknown-kind')
  })
})
