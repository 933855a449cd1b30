import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  caseAccuracy,
  cells,
  controlValue,
  lines,
  noteOf,
  readTableText,
  shownRows,
  SPECIES as NAMES,
  species,
  speciesLines as row,
} from '../../../testing/files/own-data-cases'
import { requireSource } from '../data-wishes'

const HEAD = 'a,b,c,d,label'
const body = row((r, y) => `${r},${NAMES[y]}`)
const numbered = row((r, y) => `${r},${y}`)
const expected = species.rows.map((values) => [...Float32Array.from(values)])

describe('lines after the last row', () => {
  it.each([
    ['a remark', ['Total: 60 rows']],
    ['a remark in a row of cells', ['Source: a scale,,,,']],
    ['a sum without sums', ['Sum,,,,']],
    ['means', ['mean,1.1,1.2,1.3,']],
    ['sums under a label that is a number', ['Total:,9.5,8.25,7,60']],
    ['a line of dashes and what a database says', ['-----', '(60 rows affected)']],
    ['several, with an empty line between', ['Mean,1.1,1.2,1.3,', '', 'Max,3,3,3,', 'by J. Doe']],
    ['in Chinese', ['合计,1.1,1.2,1.3,']],
    ['a remark that holds commas', ['Source: a scale, 2021']],
  ])('are no rows: %s', async (_, below) => {
    for (const rows of [body, numbered]) {
      const found = await readTableText(lines(HEAD, [...rows, ...below]))
      const written = below.filter((line) => line !== '')
      expect(found.reading.problem).toBeNull()
      expect(shownRows(found)).toEqual(expected)
      expect(caseAccuracy(found)).toBe(1)
      expect(controlValue(found, 'tableBelow')).toEqual([String(written.length)])
      expect(noteOf(found, 'linesBelow')).toMatchObject({ count: written.length })
    }
  })

  it('are named with the first of them, and can be said to be rows', async () => {
    const text = lines(HEAD, [...numbered, 'Total: 60 rows'])
    const found = await readTableText(text)
    expect(noteOf(found, 'linesBelow')).toEqual({ count: 1, lines: '62', text: 'Total: 60 rows' })
    const all = await readTableText(text, { choices: { tableBelow: ['0'] } })
    expect(all.reading.problem).toEqual({
      code: 'data/table-ragged',
      params: { file: 't.csv', line: 62, expected: 5, found: 1 },
    })
    const less = await readTableText(lines(HEAD, numbered), { choices: { tableBelow: ['3'] } })
    expect(requireSource(less).samples[0]).toMatchObject({ count: 57 })
    expect(noteOf(less, 'linesBelow')).toMatchObject({ count: 3, lines: '59, 60, 61' })
  })

  it('of a table with more rows than are looked at first', async () => {
    const many = Array.from({ length: 1500 }, (_, at) => numbered[at % 60] ?? '')
    for (const [below, count] of [
      [['Sum,,,,'], 1],
      [['-----', 'mean,1,1,1,', '(1500 rows)'], 3],
      [[], 0],
    ] as const) {
      const found = await readTableText(lines(HEAD, [...many, ...below]))
      expect(requireSource(found).samples[0]).toMatchObject({ count: 1500 })
      expect(controlValue(found, 'tableBelow')).toEqual([String(count)])
    }
  })

  it('and no row is taken for one', async () => {
    for (const last of ['1,2,3,4,setosa', '1,2,3,4,', '1,NA,3,4,setosa', '?,,,,', ',,,,setosa'])
      expect(controlValue(await readTableText(lines(HEAD, [...body, last])), 'tableBelow')).toEqual(
        ['0'],
      )
    // Classes and people may be called like sums.
    const called = row((r, y) => `${['mean', 'max', 'total'][y]},${r}`)
    const classes = await readTableText(lines('kind,a,b,c,d', called))
    expect(requireSource(classes).samples[0]).toMatchObject({ count: 60 })
    expect(caseAccuracy(classes)).toBeGreaterThan(0)
    const people = row((r, y, i) => `${i === 59 ? 'Max' : `Anna ${i}`},${r},${y}`)
    const named = await readTableText(lines('name,a,b,c,d,label', people))
    expect(requireSource(named).samples[0]).toMatchObject({ count: 60 })
    // A file that was cut short ends in numbers.
    const cut = await readTableText(lines(HEAD, [...body, '1.5,2']))
    expect(cut.reading.problem?.code).toBe('data/table-ragged')
    const first = row((r, y) => `${NAMES[y]},${r}`)
    const word = await readTableText(lines('kind,a,b,c,d', [...first, 'seto']))
    expect(word.reading.problem?.code).toBe('data/table-ragged')
    const remark = await readTableText(lines('kind,a,b,c,d', [...first, '(60 rows)']))
    expect(requireSource(remark).samples[0]).toMatchObject({ count: 60 })
  })

  it('no table of numbers loses a row', async () => {
    const number = fc.integer({ min: -99, max: 99 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(number, { minLength: 3, maxLength: 3 }), { minLength: 3, maxLength: 30 }),
        async (rows) => {
          const found = await readTableText(
            lines(
              'a,b,c',
              rows.map((cells) => cells.join(',')),
            ),
            { input: null, choices: { labelColumns: [] } },
          )
          expect(shownRows(found)).toEqual(rows)
        },
      ),
      { seed: 5, numRuns: 100 },
    )
  })
})

describe('a row of units under the header', () => {
  it.each([
    ['cm,cm,cm,cm,-', body],
    ['cm,cm,cm,cm,', numbered],
    ['(cm),(cm),(mm),(kg),(-)', numbered],
    ['[cm],[cm],[m/s²],%,class', body],
    ['numeric,numeric,numeric,numeric,nominal', body],
  ])('is no row: %s', async (units, rows) => {
    const found = await readTableText(lines(HEAD, [units, ...rows]))
    expect(found.reading.problem).toBeNull()
    expect(shownRows(found)).toEqual(expected)
    expect(caseAccuracy(found)).toBe(1)
    expect(noteOf(found, 'unitRows')).toMatchObject({ count: 1, lines: '2' })
    expect(noteOf(found, 'unitRows')?.['units']).toMatch(/^\(?\[?(?:cm|numeric)/)
  })

  it('with what columns are for under it, as Orange writes both', async () => {
    const text = lines(HEAD, ['c,c,c,c,d', ',,,,class', ...body]).replaceAll(',', '\t')
    const found = await readTableText(text, { name: 'iris.tab' })
    expect(requireSource(found).labels).toMatchObject({ classNames: NAMES })
    expect(caseAccuracy(found)).toBe(1)
    expect(noteOf(found, 'unitRows')).toMatchObject({ count: 2, lines: '2, 3' })
    const sample = await readTableText(lines(HEAD, ['cm,cm,cm,cm,-', ',,,,setosa', ...body]))
    expect(noteOf(sample, 'unitRows')).toMatchObject({ count: 1 })
    expect(noteOf(sample, 'missingRows')).toEqual({ count: 1, lines: '3' })
  })

  it('and no first row is taken for one', async () => {
    for (const text of [
      lines(HEAD, body),
      lines(HEAD, ['NA,NA,NA,NA,setosa', ...body]),
      lines('len,,wid,,', ['a,b,c,d,label', ...body]),
      lines(null, numbered),
    ])
      expect(noteOf(await readTableText(text), 'unitRows')).toBeUndefined()
  })
})

describe('numbers with a sign', () => {
  const percent = cells(species).map((r, i) => [
    ...r.map((v) => `${(100 * Number(v)).toFixed(2)}%`),
    String(species.classes[i]),
  ])

  it('percents are hundredths, or as they are written', async () => {
    const text = lines(
      HEAD,
      percent.map((r) => r.join(',')),
    )
    const found = await readTableText(text)
    expect(shownRows(found)).toEqual(expected)
    expect(controlValue(found, 'tablePercent')).toEqual(['hundredths'])
    const [first = ''] = percent[0] ?? []
    expect(noteOf(found, 'percent')).toEqual({
      count: 4,
      columns: 'a, b, c, d',
      written: first,
      value: expect.closeTo(Number.parseFloat(first) / 100, 10) as unknown,
    })
    const plain = await readTableText(text, { choices: { tablePercent: ['asWritten'] } })
    expect(shownRows(plain)[0]?.[0]).toBe(Math.fround(Number.parseFloat(first)))
    expect(controlValue(plain, 'tablePercent')).toEqual(['asWritten'])
  })

  it.each<[string, string, (value: number) => string]>([
    ['dollars', ',', (v) => `"$${v.toLocaleString('en-US', { minimumFractionDigits: 2 })}"`],
    ['euros', ';', (v) => `${v.toLocaleString('de-DE', { minimumFractionDigits: 2 })} €`],
    [
      'euros in letters',
      ';',
      (v) => `${v.toLocaleString('de-DE', { minimumFractionDigits: 1 })} EUR`,
    ],
    ['yen', '\t', (v) => `¥${v}`],
    ['losses', '\t', (v) => `-£${v.toFixed(2)}`],
  ])('amounts of money: %s', async (_, separator, write) => {
    const amounts = species.rows.map((values) => values.map((v) => Math.round(1e6 * v) / 100))
    const text = amounts.map((values, i) =>
      [...values.map(write), String(species.classes[i])].join(separator),
    )
    const found = await readTableText(lines(HEAD.replaceAll(',', separator), text))
    const sign = write(1).includes('-') ? -1 : 1
    expect(shownRows(found)).toEqual(
      amounts.map((values) => values.map((v) => Math.fround(sign * v))),
    )
    expect(noteOf(found, 'money')).toMatchObject({ count: 4, columns: 'a, b, c, d' })
  })

  it('labels that are percents are classes called so, where they are few', async () => {
    const text = lines(
      HEAD,
      row((r, y) => `${r},${['5%', '20%', '100%'][y]}`),
    )
    const found = await readTableText(text)
    expect(requireSource(found).labels).toMatchObject({ classNames: ['5%', '20%', '100%'] })
    expect(caseAccuracy(found)).toBe(1)
    expect(noteOf(found, 'classNumbers')).toEqual({ count: 3, first: '5%, 20%, 100%' })
    const said = await readTableText(text, { choices: { labelsAre: ['quantities'] } })
    const { labels } = requireSource(said)
    expect(labels?.kind === 'numbers' && [...labels.values.slice(0, 3)]).toEqual([0.05, 0.2, 1])
  })

  it('but percents beside plain numbers, and money of two kinds, are not guessed at', async () => {
    for (const [one, other, found] of [
      ['5%', '7', '5%'],
      ['$5', '7 €', '7 €'],
      ['$5', '7%', '7%'],
    ] as const) {
      const text = lines('a,b', [`${one},1`, `${other},2`, `${one},3`])
      const read = await readTableText(text, { input: null, choices: { labelColumns: ['b'] } })
      expect(read.reading.problem).toMatchObject({ code: 'data/table-column', params: { found } })
      expect(noteOf(read, 'percent') ?? noteOf(read, 'money')).toBeUndefined()
      expect(controlValue(read, 'tablePercent')).toBeUndefined()
    }
  })
})
