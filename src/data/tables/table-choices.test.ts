import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { controlValue, lines, readTableText } from '../../../testing/files/own-data-cases'
import { requireSource } from '../data-wishes'
import type { ReadData } from '../data-wishes'

describe('what was guessed of a table can be put right', () => {
  it('the header, the separator, the marks, the columns', async () => {
    const text = '1;2,5;x\n3;4,5;y\n5;6,5;x\n'
    const found = await readTableText(text, { input: null })
    expect(controlValue(found, 'tableHeader')).toEqual(['no'])
    expect(controlValue(found, 'tableDecimal')).toEqual([','])
    const header = await readTableText(text, { input: null, choices: { tableHeader: ['yes'] } })
    expect(header.reading.preview).toMatchObject({
      columns: [{ name: '1' }, { name: '2,5' }, { name: 'x' }],
    })
    expect(requireSource(header).samples[0]).toMatchObject({ count: 2 })
    const comma = await readTableText(text, { input: null, choices: { tableSeparator: [','] } })
    expect(comma.source).toBeNull()
    expect(comma.reading.problem?.code).toBe('data/table-column')
    expect(comma.reading.preview).toMatchObject({
      rows: [
        ['1;2', '5;x'],
        ['3;4', '5;y'],
        ['5;6', '5;x'],
      ],
    })
    const without = await readTableText(text, {
      input: null,
      choices: { tableLeftOut: ['column 1'] },
    })
    expect(requireSource(without).samples[0]).toMatchObject({ shape: [1] })
  })

  it('a thousands mark that is a decimal one', async () => {
    const text = 'a\tlabel\n7,311\t0\n411\t1\n2,205\t0\n5\t1\n'
    const guessed = await readTableText(text, { input: null })
    const values = (found: ReadData) => {
      const {
        samples: [samples],
      } = requireSource(found)
      return samples.kind === 'numbers' ? samples.values[0] : null
    }
    expect(values(guessed)).toBe(7311)
    const chosen = await readTableText(text, { input: null, choices: { tableDecimal: [','] } })
    expect(values(chosen)).toBeCloseTo(7.311, 5)
    expect(chosen.reading.controls.find(({ id }) => id === 'tableDecimal')).toMatchObject({
      value: [','],
      guessed: false,
    })
  })

  it('a table that cannot be read to its end is still described', async () => {
    const asText = { missingRows: ['asText'] }
    for (const [text, code] of [
      ['a,b,c\n1,2,3\n4,5\n6,7,8\n', 'data/table-ragged'],
      ['a,b\n1,"2\n3,4\n', 'data/table-syntax'],
      ['a,b,c\n1,,0\n2,3,1\n4,5,0\n', 'data/table-column'],
    ] as const) {
      const found = await readTableText(text, { input: null, choices: asText })
      expect(found.reading.problem?.code).toBe(code)
      expect(found.reading.controls.map(({ id }) => id)).toContain('tableSeparator')
      const { preview } = found.reading
      expect(preview.kind === 'rows' ? preview.rows.length : 0).toBeGreaterThan(0)
      expect(() => requireSource(found)).toThrow(code)
    }
    const hole = await readTableText('a,b,c\n1,,0\n2,3,1\n4,5,0\n', {
      input: null,
      choices: { ...asText, tableLeftOut: ['b', 'c'], labelColumns: [] },
    })
    expect(requireSource(hole).samples[0]).toMatchObject({ count: 3, shape: [1] })
  })

  it('other bytes than text are refused as before', async () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 37) % 256)
    expect((await readTableText(bytes)).reading.problem).toMatchObject({
      code: 'data/table-syntax',
    })
  })
})

it('numbers come back in every dialect', async () => {
  const number = fc.tuple(
    fc.integer({ min: -9_999_999, max: 9_999_999 }),
    fc.integer({ min: 0, max: 3 }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(number, number, number), { minLength: 6, maxLength: 20 }),
      fc.constantFrom(',', ';', '\t', '|', ' '),
      fc.constantFrom('.', ','),
      fc.constantFrom('\n', '\r\n'),
      async (rows, separator, decimal, end) => {
        fc.pre(separator !== decimal)
        const values = rows.map((cell) => cell.map(([whole, places]) => whole / 10 ** places))
        const text = values.map((cell) =>
          cell.map((v) => String(v).replace('.', decimal)).join(separator),
        )
        const found = await readTableText(lines(['a', 'b', 'c'].join(separator), text, end), {
          input: null,
          choices: { labelColumns: [], tableDecimal: [decimal], tableThousands: ['none'] },
        })
        const {
          samples: [samples],
        } = requireSource(found)
        expect(samples.kind === 'numbers' && [...samples.values]).toEqual([
          ...Float32Array.from(values.flat()),
        ])
      },
    ),
    { seed: 4, numRuns: 60 },
  )
})
