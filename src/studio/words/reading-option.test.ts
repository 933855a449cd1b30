import { describe, expect, it } from 'vitest'
import { axisOrders } from '../../data/arrays/axis-order'
import { arrayMeanings } from '../../data/arrays/class-arrays'
import { meanings } from '../../data/label-meaning'
import { alikeChoices } from '../../data/pictures/alike-classes'
import { withoutTargets } from '../../data/pictures/pairing'
import { labelSources } from '../../data/pictures/picture-labels'
import { joinChoices } from '../../data/tables/choose-tables'
import { missingRowChoices, nothingChoices } from '../../data/tables/missing-cells'
import { decimalMarks, thousandsMarks } from '../../data/tables/number-format'
import { percentChoices } from '../../data/tables/number-signs'
import { headerChoices } from '../../data/tables/table'
import { commentMarks, separators } from '../../data/tables/table-dialect'
import { textEncodings } from '../../files/likely-encoding'
import { nameEncodings } from '../../files/name-encoding'
import page from '../i18n/en/page.json'
import { readingOption } from './reading-option'

const words = page.reading

/** All that the readers offer and that is no name of the person's own. */
const offered = {
  alikeClasses: alikeChoices,
  arraysAre: arrayMeanings,
  axisOrder: axisOrders,
  labelJoin: joinChoices,
  labelsAre: meanings,
  labelsFrom: labelSources,
  missingRows: missingRowChoices,
  nameEncoding: nameEncodings,
  nothingLabels: nothingChoices,
  tableComment: commentMarks,
  tableDecimal: decimalMarks,
  tableEncoding: textEncodings,
  tableHeader: headerChoices,
  tablePercent: percentChoices,
  tableSeparator: separators,
  tableThousands: thousandsMarks,
}

describe('options of a reading', () => {
  it.each(Object.entries(offered))('of %s have a word each, and no two the same', (_, options) => {
    const found = options.map((option) => readingOption({ verbatim: false }, option, words))
    expect(found).not.toContain(null)
    expect(new Set(found).size).toBe(options.length)
  })

  it('are all that there are words for', () => {
    const found = Object.values(offered).flatMap((options: readonly string[]) =>
      options.map((option) => readingOption({ verbatim: false }, option, words)),
    )
    const all = [
      ...Object.keys(words.options).map((word) => `options.${word}`),
      ...Object.keys(words.encodings).map((word) => `encodings.${word}`),
    ]
    const targets = withoutTargets.map((option) =>
      readingOption({ id: 'targetsFrom', verbatim: true }, option, words),
    )
    // Where an array of labels can be chosen, none can be.
    expect(new Set([...found, ...targets, 'options.noArray'])).toEqual(new Set(all))
  })

  it('that are names of columns or arrays stay as they are', () => {
    for (const name of ['none', 'yes', ',', 'utf-8', 'x_test'])
      expect(readingOption({ verbatim: true }, name, words)).toBeNull()
    expect(readingOption({ verbatim: true }, '', words)).toBe('options.noArray')
    expect(readingOption({ verbatim: true }, '*', words)).toBeNull()
    expect(readingOption({ verbatim: false }, 'toString', words)).toBeNull()
  })
})
