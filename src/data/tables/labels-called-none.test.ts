import { describe, expect, it } from 'vitest'
import {
  caseAccuracy,
  classOfRows,
  controlValue,
  lines,
  noteOf,
  readTableText,
  speciesClasses as Y,
  speciesLines as row,
} from '../../../testing/files/own-data-cases'
import { requireSource } from '../data-wishes'

const labelled = (names: readonly string[]): string =>
  lines(
    'a,b,c,d,label',
    row((r, y) => `${r},${names[y] ?? ''}`),
  )

describe('labels that say None', () => {
  it.each([
    ['None', ['None', 'mild', 'severe']],
    ['NA', ['NA', 'NB', 'NC']],
    ['null', ['full', 'half', 'null']],
    ['n/a', ['absent', 'n/a', 'present']],
  ])('%s is a class where it comes as often as the others', async (none, names) => {
    const found = await readTableText(labelled(names))
    expect(found.reading.problem).toBeNull()
    expect(classOfRows(found)).toEqual(Y.map((y) => names[y]))
    expect(noteOf(found, 'missingRows')).toBeUndefined()
    expect(noteOf(found, 'nothingIsClass')).toEqual({ text: none, count: 20, column: 'label' })
    expect(controlValue(found, 'nothingLabels')).toEqual(['aClass'])
  })

  it('is a class where they come in that order, and measured so', async () => {
    expect(caseAccuracy(await readTableText(labelled(['NA', 'NB', 'NC'])))).toBe(1)
  })

  it('can be said to be no label', async () => {
    for (const names of [
      ['None', 'mild', 'severe'],
      ['None', 'mild', 'mild'],
    ]) {
      const found = await readTableText(labelled(names), {
        choices: { nothingLabels: ['noLabel'] },
      })
      expect(requireSource(found).samples[0]).toMatchObject({ count: 40 })
      expect(noteOf(found, 'missingRows')).toMatchObject({ count: 20 })
      expect(noteOf(found, 'nothingIsClass')).toBeUndefined()
    }
  })

  it.each(['None', 'NA', 'null'])('%s is no label where it is rare, unless said', async (none) => {
    const text = lines(
      'a,b,c,d,label',
      row((r, y, i) => `${r},${i % 10 === 0 ? none : ['x', 'y', 'z'][y]}`),
    )
    const found = await readTableText(text)
    expect(requireSource(found).labels).toMatchObject({ classNames: ['x', 'y', 'z'] })
    expect(noteOf(found, 'missingRows')).toMatchObject({ count: 6 })
    expect(controlValue(found, 'nothingLabels')).toEqual(['noLabel'])
    const said = await readTableText(text, { choices: { nothingLabels: ['aClass'] } })
    expect(classOfRows(said).filter((name) => name === none)).toHaveLength(6)
    expect(noteOf(said, 'nothingIsClass')).toMatchObject({ text: none, count: 6 })
  })

  it('is nothing that is asked about where labels are numbers, or true or false, or are all there', async () => {
    for (const names of [
      ['None', '1', '2'],
      ['None', 'True', 'False'],
      ['x', 'y', 'z'],
    ]) {
      const found = await readTableText(labelled(names))
      expect(noteOf(found, 'nothingIsClass')).toBeUndefined()
      expect(requireSource(found).samples[0].kind === 'numbers').toBe(true)
    }
    const numbers = await readTableText(labelled(['None', '1', '2']))
    expect(controlValue(numbers, 'nothingLabels')).toBeUndefined()
    expect(requireSource(numbers).samples[0]).toMatchObject({ count: 40 })
  })

  it('written in two ways are two classes where both are frequent, and one where one is', async () => {
    const both = await readTableText(labelled(['None', 'none', 'x']))
    expect(requireSource(both).labels).toMatchObject({ classNames: ['None', 'none', 'x'] })
    const text = lines(
      'a,b,c,d,label',
      row((r, y, i) => `${r},${i === 4 ? 'NA' : ['None', 'mild', 'severe'][y]}`),
    )
    const one = await readTableText(text)
    expect(requireSource(one).labels).toMatchObject({ classNames: ['None', 'mild', 'severe'] })
    expect(noteOf(one, 'missingRows')).toEqual({ count: 1, lines: '6' })
  })

  it('an empty cell beside it is still missing', async () => {
    const text = lines(
      'a,b,c,d,label',
      row((r, y, i) => `${r},${i < 3 ? '' : ['None', 'mild', 'severe'][y]}`),
    )
    const found = await readTableText(text)
    expect(requireSource(found).labels).toMatchObject({ classNames: ['None', 'mild', 'severe'] })
    expect(noteOf(found, 'missingRows')).toEqual({ count: 3, lines: '2, 3, 4' })
  })
})
