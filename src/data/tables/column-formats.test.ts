import { describe, expect, it } from 'vitest'
import {
  controlValue,
  lines,
  noteOf,
  readTableText,
  shownRows,
} from '../../../testing/files/own-data-cases'

const AMOUNTS = ['513,900', '482,150', '1,050,400', '120,000']
const WHOLE = [513900, 482150, 1050400, 120000]

/** Four rows of an amount, two numbers and a class, parted by semicolons. */
function read(amounts: readonly string[], other: string, choices = {}) {
  return readTableText(
    lines(
      'price;rooms;size;label',
      amounts.map((amount, at) => `${amount};${at + 2};${other};${at % 2 === 0 ? 'a' : 'b'}`),
    ),
    { input: [3], choices },
  )
}
const prices = async (...wishes: Parameters<typeof read>): Promise<(number | undefined)[]> =>
  shownRows(await read(...wishes)).map(([price]) => price)

describe('amounts of money with three digits after each comma', () => {
  it.each<[string, string]>([
    ['$', ''],
    ['¥', ''],
    ['€ ', ''],
    ['USD ', ''],
    ['', '元'],
    ['', ' GBP'],
  ])('are thousands: %s513,900%s', async (before, after) => {
    const amounts = AMOUNTS.map((amount) => before + amount + after)
    for (const other of ['70', '70,5', '70.5']) {
      const found = await read(amounts, other)
      expect(found.reading.problem).toBeNull()
      const size = Number(other.replace(',', '.'))
      expect(shownRows(found)).toEqual(WHOLE.map((price, at) => [price, at + 2, size]))
      expect(noteOf(found, 'money')).toMatchObject({ written: amounts[0], value: 513900 })
    }
    // Without one above a million as well.
    const few = amounts.filter((_, at) => at !== 2)
    expect(await prices(few, '70')).toEqual(WHOLE.filter((_, at) => at !== 2))
    expect(await prices(few, '70,5')).toEqual(WHOLE.filter((_, at) => at !== 2))
  })

  it('can be read with a decimal comma instead', async () => {
    const amounts = ['$513,900', '$482,150', '$120,000']
    const found = await read(amounts, '70')
    expect(controlValue(found, 'tableThousands')).toEqual([','])
    expect(await prices(amounts, '70', { tableDecimal: [','] })).toEqual(
      [513.9, 482.15, 120].map(Math.fround),
    )
    expect(await prices(amounts, '70,5', { tableDecimal: [','] })).toEqual(
      [513.9, 482.15, 120].map(Math.fround),
    )
  })

  it.each<[string, readonly string[], readonly number[]]>([
    ['a euro behind', ['513,900 €', '482,150 €', '120,000 €'], [513.9, 482.15, 120]],
    ['a dollar behind', ['513,900 $', '482,150 $', '120,000 $'], [513.9, 482.15, 120]],
    ['no sign', ['513,900', '482,150', '120,000'], [513.9, 482.15, 120]],
    ['decimals', ['$513,90', '$482,150', '$120,000'], [513.9, 482.15, 120]],
  ])('with %s follow the file', async (_, amounts, values) => {
    expect(await prices(amounts, '70,5')).toEqual(values.map(Math.fround))
  })
})
