import { describe, expect, it } from 'vitest'
import type { TextColumn } from '../tables/text-columns'
import { guessLabelTable, labelsByTable } from './label-table'
import { PictureIndex } from './picture-index'

const column = (name: string, cells: readonly string[]): TextColumn => ({ name, cells })
const guess = (paths: readonly string[], columns: readonly TextColumn[]) => {
  const found = guessLabelTable(new PictureIndex(paths), columns)
  return found === null
    ? null
    : {
        fileColumns: found.fileColumns.map(({ name }) => name),
        labelColumns: found.labelColumns.map(({ name }) => name),
      }
}
const paths = ['images/000.png', 'images/001.png', 'images/002.png', 'images/003.png']
const breeds = column('breed', ['cats', 'dogs', 'cats', 'dogs'])

describe('a table beside pictures', () => {
  it.each([
    ['names without ending', ['000', '001', '002', '003']],
    ['names', ['000.png', '001.png', '002.png', '003.png']],
    ['paths', ['images/000.png', './images/001.png', 'images\\002.png', '/images/003.png']],
    ['numbers', ['0', '1', '2', '3']],
    ['numbers with a point', ['0.0', '1.0', '2.0', '3.0']],
    ['names with another ending', ['000.jpg', '001.jpg', '002.jpg', '003.jpg']],
    ['paths from elsewhere', ['train/000.png', 'train/001.png', 'train/002.png', 'train/003.png']],
  ])('names them by %s', (_, cells) => {
    const files = column('id', cells)
    expect(guess(paths, [files, breeds])).toEqual({
      fileColumns: ['id'],
      labelColumns: ['breed'],
    })
    expect(labelsByTable(new PictureIndex(paths), files, breeds)).toEqual({
      labels: ['cats', 'dogs', 'cats', 'dogs'],
      unknown: [],
      contradicted: new Set(),
    })
  })

  it('takes the column called a label before others', () => {
    const width = column('width', ['10', '10', '20', '20'])
    const files = column('filename', ['000.png', '001.png', '002.png', '003.png'])
    const labels = column('class', ['a', 'b', 'c', 'd'])
    expect(guess(paths, [files, width, labels])?.labelColumns).toEqual(['class', 'width'])
  })

  it('is none where no column names pictures, or none has classes', () => {
    expect(guess(paths, [column('id', ['7', '8', '9', '10']), breeds])).toBeNull()
    const files = column('id', ['000', '001', '002', '003'])
    expect(guess(paths, [files])).toBeNull()
    expect(guess(paths, [files, column('all', ['x', 'x', 'x', 'x'])])).toBeNull()
    expect(guess(paths, [files, column('note', ['p', 'q', 'r', 's'])])).toBeNull()
  })

  it('leaves pictures that it does not name, and names those that are not there', () => {
    const files = column('id', ['000', '001', '999'])
    const labels = column('label', ['a', 'b', 'a'])
    expect(labelsByTable(new PictureIndex(paths), files, labels)).toEqual({
      labels: ['a', 'b', null, null],
      unknown: ['999'],
      contradicted: new Set(),
    })
  })

  it('knows no picture by a name that two have', () => {
    const twice = ['a/1.png', 'b/1.png']
    const labels = column('label', ['x', 'y'])
    expect(
      labelsByTable(new PictureIndex(twice), column('file', ['1.png', '1']), labels).labels,
    ).toEqual([null, null])
    expect(
      labelsByTable(new PictureIndex(twice), column('file', ['a/1.png', 'b/1.png']), labels).labels,
    ).toEqual(['x', 'y'])
  })
  it('knows pictures by the end of their path', () => {
    const deep = ['x/train/a/1.png', 'x/train/b/1.png', 'x/train/a/2.png', 'x/train/b/2.png']
    const files = column('filepaths', [
      'train/a/1.png',
      'train/b/1.png',
      'train/a/2.png',
      'b/2.png',
    ])
    expect(labelsByTable(new PictureIndex(deep), files, breeds).labels).toEqual(breeds.cells)
  })

  it('may name the training pictures alone, or be of more pictures than there are', () => {
    const test = Array.from({ length: 20 }, (_, at) => `test/${100 + at}.png`)
    const files = column('id', ['000', '001', '002', '003'])
    expect(guess([...paths, ...test], [files, breeds])).not.toBeNull()
    const rows = Array.from({ length: 40 }, (_, at) => String(at).padStart(3, '0'))
    const many = column(
      'breed',
      rows.map((_, at) => (at % 2 === 0 ? 'cats' : 'dogs')),
    )
    expect(guess(paths, [column('id', rows), many])).not.toBeNull()
  })

  it('knows object identifiers, whose last number is no ending', () => {
    const uids = ['1.2.826.1', '1.2.826.2', '1.2.826.3', '1.2.826.4']
    const files = column('uid', uids)
    const index = new PictureIndex(uids.map((uid) => `a/${uid}.png`))
    expect(labelsByTable(index, files, breeds).labels).toEqual(breeds.cells)
  })

  const shuffled = ['002', '000', '003', '001']
  const named = shuffled.map((id) => `${id}.png`)
  const counted = ['0', '1', '2', '3']
  it.each([
    [
      'names before an index without a name',
      [column('column 1', counted), column('x', named)],
      'x',
    ],
    ['names before a column called file', [column('file', counted), column('x', named)], 'x'],
    [
      'texts before numbers',
      [column('age', ['3', '1', '0', '2']), column('scan', shuffled)],
      'scan',
    ],
    ['texts before an index', [column('Unnamed: 0', counted), column('id', shuffled)], 'id'],
    [
      'a column called after pictures before others, which come first',
      [column('age', ['3', '1', '0', '2']), column('image_id', ['2', '0', '3', '1'])],
      'image_id',
    ],
    [
      'any numbers before those that count the rows',
      [column('row', counted), column('key', ['2', '0', '3', '1'])],
      'key',
    ],
    [
      'an id that names more pictures than a quantity does',
      [column('score', ['3', '1', '9', '2']), column('id', counted)],
      'id',
    ],
    ['an index where nothing else hits', [column('column 1', counted)], 'column 1'],
  ])('takes %s', (_, columns, expected) => {
    const found = guessLabelTable(new PictureIndex(paths), [...columns, breeds])
    expect(found?.fileColumns[0]?.name).toBe(expected)
    expect(found?.rival).toBeNull()
  })

  it('says which other column could name the pictures, where none is likelier', () => {
    const columns = [column('a', ['3', '1', '0', '2']), column('b', ['2', '0', '3', '1']), breeds]
    expect(guessLabelTable(new PictureIndex(paths), columns)).toMatchObject({
      fileColumns: [{ name: 'a' }, { name: 'b' }],
      rival: { name: 'b' },
    })
    const same = [column('a', ['3', '1', '0', '2']), column('b', ['3', '1', '0', '2']), breeds]
    expect(guessLabelTable(new PictureIndex(paths), same)?.rival).toBeNull()
  })

  it('knows no picture by what counts rows from 1 where pictures count from 0', () => {
    const many = Array.from({ length: 20 }, (_, at) => `${String(at).padStart(3, '0')}.png`)
    const files = column(
      'id',
      many.map((_, at) => String(at + 1)),
    )
    const kinds = column(
      'label',
      many.map((_, at) => (at % 2 === 0 ? 'a' : 'b')),
    )
    expect(guess(many, [files, kinds])).toBeNull()
  })

  it('gives no label to a picture whose rows contradict each other', () => {
    const files = column('file', ['000', '001', '000', '001', '000', '002'])
    const labels = column('label', ['a', 'b', 'c', 'b', 'a', 'NaN'])
    expect(labelsByTable(new PictureIndex(paths), files, labels)).toEqual({
      labels: ['', 'b', '', null],
      unknown: [],
      contradicted: new Set([0]),
    })
  })
})
