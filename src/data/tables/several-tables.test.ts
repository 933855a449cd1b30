import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { zipOf } from '../../../testing/files/foreign-data'
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
import { memoryFile } from '../../files/file-bundle'
import { requireSource } from '../data-wishes'
import { withChoice } from '../reading/with-choice'
import { likelyRoles } from './table-roles'
import { tableStarts } from './table-start'

const HEAD = 'a,b,c,d'
const R = speciesLines((r) => r)
const label = (at: number): string => NAMES[Y[at] ?? 0] ?? ''
const whole = R.map((r, at) => `${r},${label(at)}`)
const expected = species.rows.map((values) => [...Float32Array.from(values)])
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** That what was read is all rows with their own labels. */
async function expectAll(files: Readonly<Record<string, string | Uint8Array>>) {
  const found = await readDrop(files)
  expect(found.reading.problem).toBeNull()
  expect(shownRows(found)).toEqual(expected)
  expect(caseAccuracy(found)).toBe(1)
  return found
}

describe('tables of one form', () => {
  it.each([
    ['splits', 'train.csv', 'test.csv'],
    ['years', 'data_2019.csv', 'data_2020.csv'],
    ['parts in folders', 'data/one/x.csv', 'data/two/x.csv'],
  ])('are read one after the other: %s', async (_, one, other) => {
    const found = await expectAll({
      [one]: lines(`${HEAD},label`, whole.slice(0, 40)),
      [other]: lines(`${HEAD},label`, whole.slice(40)),
    })
    expect(found.reading.account).toEqual({ read: 2, leftOut: [] })
    expect(noteOf(found, 'tablesJoined')).toMatchObject({ count: 2 })
    expect(controlValue(found, 'tablesRead')).toHaveLength(2)
    expect(noteOf(found, 'headerAgain')).toBeUndefined()
  })

  it('without headers, and with columns in another order', async () => {
    await expectAll({
      'a.csv': lines(null, whole.slice(0, 40)),
      'b.csv': lines(null, whole.slice(40)),
    })
    const turned = whole.slice(40).map((r) => r.split(',').toReversed().join(','))
    await expectAll({
      'a.csv': lines(`${HEAD},label`, whole.slice(0, 40)),
      'b.csv': lines('label,d,c,b,a', turned),
    })
  })

  it('each with its own separator, title, units and footer; lines are those of the file', async () => {
    const second = [
      'measured later',
      `${HEAD},label`,
      'cm,cm,cm,cm,',
      ...whole.slice(40),
      'Sum,,,,',
    ]
    const rows = [...whole.slice(0, 39), `NA,1,1,1,${label(0)}`, whole[39] ?? '']
    const found = await expectAll({
      'a.csv': lines(`${HEAD},label`, ['cm,cm,cm,cm,', ...rows]),
      'b.csv': lines(null, second).replaceAll(',', ';'),
    })
    expect(noteOf(found, 'missingRows')).toEqual({ count: 1, lines: 'a.csv 42' })
    expect(noteOf(found, 'unitRows')).toMatchObject({ count: 2, lines: 'a.csv 2, b.csv 3' })
    expect(noteOf(found, 'linesBelow')).toMatchObject({ count: 1, lines: 'b.csv 24' })
  })

  it('what is wrong is said of the file that it is in', async () => {
    const found = await readDrop({
      'a.csv': lines(`${HEAD},label`, whole),
      'b.csv': lines(`${HEAD},label`, ['1,2,3,4,x', '1,two,3,4,x', '1,2,3,4,x']),
    })
    expect(found.reading.problem).toMatchObject({
      code: 'data/table-column',
      params: { file: 'b.csv', column: 'b', line: 3, found: 'two' },
    })
  })

  it('cut anywhere, are what they were', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 3, max: 57 }), { minLength: 1, maxLength: 4 }),
        async (cuts) => {
          const ends = [...cuts.sort((a, b) => a - b), 60]
          const files = ends.map((end, at): [string, string] => [
            `part_${at}.csv`,
            lines(`${HEAD},label`, whole.slice(ends[at - 1] ?? 0, end)),
          ])
          await expectAll(Object.fromEntries(files))
        },
      ),
      { seed: 6, numRuns: 20 },
    )
  })
})

describe('tables of several forms', () => {
  const files = {
    'notes.csv': lines('name,meaning', ['a,length', 'b,width', 'c,height']),
    'test.csv': lines(
      `id,${HEAD}`,
      R.slice(0, 20).map((r, at) => `${900 + at},${r}`),
    ),
    'train.csv': lines(
      `id,${HEAD},species`,
      whole.map((r, at) => `${at},${r}`),
    ),
    'sample_submission.csv': lines(
      'id,species',
      R.slice(0, 20).map((_, at) => `${900 + at},setosa`),
    ),
  }

  it('that one is read which fits and has labels; the others are named', async () => {
    const found = await expectAll(files)
    expect(found.reading.name).toBe('train')
    expect(controlValue(found, 'tablesRead')).toEqual(['train.csv'])
    expect(controlValue(found, 'labelTables')).toEqual([])
    expect(found.reading.account).toEqual({
      read: 1,
      leftOut: [
        {
          reason: 'otherTables',
          count: 3,
          examples: ['notes.csv', 'test.csv', 'sample_submission.csv'],
        },
      ],
    })
  })

  it('another one can be chosen, with labels of its own', async () => {
    const choices = { tablesRead: ['test.csv'] }
    const test = await readDrop(files, { choices })
    expect(requireSource(test)).toMatchObject({
      name: 'test',
      labels: null,
      samples: [{ count: 20 }],
    })
    const answers = await readDrop(files, {
      choices: { ...choices, labelTables: ['sample_submission.csv'] },
    })
    expect(classOfRows(answers)).toEqual(Array.from({ length: 20 }, () => 'setosa'))
    expect(noteOf(answers, 'labelsByColumn')).toEqual({
      file: 'sample_submission.csv',
      column: 'id',
    })
    // Choosing other tables takes back what was chosen of their columns and labels.
    expect(withChoice({ labelTables: ['x'], labelColumns: ['y'] }, 'tablesRead', ['z'])).toEqual({
      tablesRead: ['z'],
    })
  })

  it('two that differ, and none, give no samples, and stay open', async () => {
    const both = await readDrop(files, { choices: { tablesRead: ['test.csv', 'train.csv'] } })
    expect(both.reading.problem).toEqual({
      code: 'data/tables-differ',
      params: { file: 'test.csv', other: 'train.csv' },
    })
    const none = await readDrop(files, { choices: { tablesRead: [] } })
    expect(none.reading.problem?.code).toBe('data/is-empty')
    for (const { reading } of [both, none])
      expect(reading.controls.map(({ id }) => id)).toContain('tablesRead')
    const gone = await readDrop(files, { choices: { tablesRead: ['gone.csv'] } })
    expect(controlValue(gone, 'tablesRead')).toEqual(['train.csv'])
  })

  it('without a model the one with labels', async () => {
    const found = await readDrop(files, { input: null })
    expect(controlValue(found, 'tablesRead')).toEqual(['train.csv'])
  })

  it('in a zip, in two, and hidden ones beside', async () => {
    const bytes = new Map(Object.entries(files).map(([path, text]) => [path, utf8(text)]))
    await expectAll({ 'kaggle.zip': zipOf(bytes) })
    const [train, test] = [whole.slice(0, 30), whole.slice(30)].map((rows) =>
      utf8(lines(`${HEAD},label`, rows)),
    )
    await expectAll({
      'train.csv.zip': zipOf(new Map([['train.csv', train ?? utf8('')]])),
      'test.csv.zip': zipOf(new Map([['test.csv', test ?? utf8('')]])),
    })
    const hidden = await readDrop({
      'd/a.csv': lines(`${HEAD},label`, whole),
      'd/._a.csv': '\u0000',
    })
    expect(hidden.reading.account.leftOut).toMatchObject([{ reason: 'hidden', count: 1 }])
    expect(caseAccuracy(hidden)).toBe(1)
  })

  it('of more than can be read together the smaller ones', async () => {
    const bundle = ['large.csv', 'small.csv'].map((path, at) =>
      memoryFile(path, utf8(lines(`${HEAD},label`, whole.slice(0, at === 0 ? 60 : 20)))),
    )
    const { starts } = await tableStarts(bundle, () => Promise.resolve())
    const model = { features: 4, output: null }
    const samples = (cells: readonly number[]): readonly string[] =>
      likelyRoles(
        starts.map((start, at) => ({ ...start, cells: cells[at] ?? 0 })),
        model,
        null,
      ).samples.map(({ title }) => title)
    expect(samples([47e6, 7e6])).toEqual(['small.csv'])
    expect(samples([30e6, 7e6])).toEqual(['large.csv', 'small.csv'])
    expect(samples([80e6, 70e6])).toEqual(['small.csv'])
    expect(starts.map(({ cells }) => cells)).toEqual([300, 100])
  })
})
