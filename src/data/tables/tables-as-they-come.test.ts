import { describe, expect, it } from 'vitest'
import {
  caseAccuracy,
  caseRows,
  cells,
  leftOutColumns,
  lines,
  readTableText,
  SPECIES as NAMES,
  speciesClasses as Y,
  speciesLines as row,
} from '../../../testing/files/own-data-cases'
import { requireSource } from '../data-wishes'

const two = caseRows(60, 2, 8)

describe('tables that are read rightly as they come', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'the index of pandas beside texts',
      lines(
        ',a,b,c,d,species',
        row((r, y, i) => `${i},${r},${NAMES[y]}`),
      ),
      ['column 1'],
    ],
    [
      'the index of pandas beside numbers',
      lines(
        ',a,b,c,d,label',
        row((r, y, i) => `${i},${r},${y}`),
      ),
      ['column 1'],
    ],
    [
      'an index read and written twice',
      lines(
        'Unnamed: 0,a,b,c,d,label',
        row((r, y, i) => `${i},${r},${y}`),
      ),
      ['Unnamed: 0'],
    ],
    [
      'the ids of Kaggle',
      lines(
        'Id,a,b,c,d,Species',
        row((r, y, i) => `${i + 1},${r},Iris-${NAMES[y]}`),
      ),
      ['Id'],
    ],
    [
      'ids that are texts',
      lines(
        'sample_id,a,b,c,d,label',
        row((r, y, i) => `x${i},${r},${y}`),
      ),
      ['sample_id'],
    ],
    [
      'row names of R',
      lines(
        '"a","b","c","d","Species"',
        row((r, y, i) => `"${i + 1}",${r},"${NAMES[y]}"`),
      ),
      ['row names'],
    ],
    [
      'row names of R that are texts, parted by spaces',
      lines(
        '"a" "b" "c" "d" "Species"',
        row((r, y, i) => `"car ${i}" ${r.replaceAll(',', ' ')} "${NAMES[y]}"`),
      ),
      ['row names'],
    ],
    [
      'a comma at the end',
      lines(
        'a,b,c,d,label,',
        row((r, y) => `${r},${y},`),
      ),
      ['column 6'],
    ],
    [
      'a comma at the end of the header',
      lines(
        'a,b,c,d,label,',
        row((r, y) => `${r},${y}`),
      ),
      [],
    ],
    [
      'a comma at the end of all but the header',
      lines(
        'a,b,c,d,label',
        row((r, y) => `${r},${y},`),
      ),
      ['column 6'],
    ],
    [
      'the separator line of Excel',
      `\uFEFF${lines(
        'sep=;\r\na;b;c;d;label',
        row((r, y) => `${r.replaceAll(',', ';').replaceAll('.', ',')};${y}`),
        '\r\n',
      )}`,
      [],
    ],
    [
      'numbers as names',
      lines(
        '0,1,2,3,4',
        row((r, y) => `${r},${y}`),
      ),
      [],
    ],
    [
      'numbers as names and a label',
      lines(
        '0,1,2,3,label',
        row((r, y) => `${r},${y}`),
      ),
      [],
    ],
    [
      'no header, the label first',
      lines(
        null,
        row((r, y) => `${y},${r}`),
      ),
      [],
    ],
    [
      'no header, the label last',
      lines(
        null,
        row((r, y) => `${r},${y}`),
      ),
      [],
    ],
    [
      'no header, a text first',
      lines(
        null,
        row((r, y) => `${NAMES[y]},${r}`),
      ),
      [],
    ],
    [
      'comment lines',
      lines(
        '# made by a scale\n# units: cm\na,b,c,d,label',
        row((r, y) => `${r},${y}`),
      ),
      [],
    ],
    [
      'comment lines of MATLAB, and one further down',
      lines(
        '% made\na,b,c,d,label',
        row((r, y, i) => `${i === 3 ? '% again\n' : ''}${r},${y}`),
      ),
      [],
    ],
    [
      'comments with two slashes',
      lines(
        '// made\na,b,c,d,label',
        row((r, y) => `${r},${y}`),
      ),
      [],
    ],
    [
      'spaces',
      lines(
        'a b c d label',
        row((r, y) => `${r.replaceAll(',', ' ')} ${y}`),
      ),
      [],
    ],
    [
      'runs of spaces',
      lines(
        '   a  b   c d label',
        row((r, y) => `  ${r.replaceAll(',', '   ')}  ${y}`),
      ),
      [],
    ],
    [
      'bars',
      lines(
        'a|b|c|d|label',
        row((r, y) => `${r.replaceAll(',', '|')}|${y}`),
      ),
      [],
    ],
    [
      'a column of remarks',
      lines(
        'a,b,c,d,label,remark',
        row((r, y, i) => `${r},${y},seen by ${i % 4}`),
      ),
      ['remark'],
    ],
  ])('%s', async (_, text, left) => {
    const found = await readTableText(text)
    expect(found.reading.problem).toBeNull()
    expect(leftOutColumns(found)).toEqual(left)
    expect(requireSource(found).samples[0]).toMatchObject({ count: 60, shape: [4] })
    expect(caseAccuracy(found)).toBe(1)
  })

  it('an index beside two outputs', async () => {
    const text = cells(two).map((r, i) => `${i},${r.join(',')},${two.classes[i] ?? 0}`)
    const found = await readTableText(lines(',a,b,c,d,label', text))
    expect(caseAccuracy(found, 2)).toBe(1)
  })

  it('an index that the model was trained with stays', async () => {
    const text = row((r, y, i) => `${i},${r},${y}`)
    const found = await readTableText(lines('index,a,b,c,d,label', text), { input: [5] })
    expect(leftOutColumns(found)).toEqual([])
    expect(requireSource(found).samples[0]).toMatchObject({ shape: [5] })
  })

  it.each<[string, string, (value: number) => string]>([
    ['commas', '\t', (value) => `"${value.toLocaleString('en-US')}"`],
    ['points, beside decimal commas', ';', (value) => `${value.toLocaleString('de-DE')},5`],
    ['narrow spaces', ';', (value) => value.toLocaleString('en-US').replaceAll(',', '\u202f')],
    ['apostrophes', '\t', (value) => value.toLocaleString('en-US').replaceAll(',', "'")],
  ])('thousands with %s', async (_, separator, write) => {
    const text = Y.map((label, i) =>
      [0, 1, 2, 3]
        .map((place) => write(place === label ? 1100 + 97 * i : 100 + 7 * ((3 * i + place) % 100)))
        .concat(String(label))
        .join(separator),
    )
    const found = await readTableText(lines(['a', 'b', 'c', 'd', 'label'].join(separator), text), {
      name: 't.tsv',
    })
    expect(found.reading.notes.map(({ id }) => id)).toContain('thousands')
    expect(caseAccuracy(found)).toBe(1)
  })

  it('pixels of a picture are given its sides', async () => {
    const count = 40
    const pixels = Array.from({ length: count }, (_, i) =>
      Array.from({ length: 64 }, (_, p) => (p === i % 4 ? 200 + i : (i * p) % 40)),
    )
    const header = `label,${pixels[0]?.map((_, p) => `pixel${p}`).join(',') ?? ''}`
    for (const head of [header, null]) {
      const text = lines(
        head,
        pixels.map((values, i) => [i % 4, ...values].join(',')),
      )
      for (const input of [[8, 8, 1], [1, 8, 8], [64]]) {
        const found = await readTableText(text, { input })
        const {
          samples: [samples],
        } = requireSource(found)
        expect(samples).toMatchObject({ shape: [8, 8, 1], count })
        expect(samples.kind === 'numbers' && samples.values).toBeInstanceOf(Uint8Array)
        expect(caseAccuracy(found, 4)).toBe(1)
      }
      const plain = await readTableText(text, { input: [2, 2, 16] })
      expect(requireSource(plain).samples[0]).toMatchObject({ shape: [2, 2, 16] })
    }
  })
})
