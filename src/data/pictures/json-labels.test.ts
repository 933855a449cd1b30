import { describe, expect, it } from 'vitest'
import {
  classesOf,
  controlsOf,
  leftOf,
  readPictures as read,
  samplesOf,
} from '../../../testing/files/read-pictures'

const pictures = ['i/a.png', 'i/b.png', 'i/c.png', 'i/d.png']
const labels = ['cat', 'dog', 'cat', 'dog']
const lines = (rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join('\n')
const rows = labels.map((label, at) => ({ file_name: `${'abcd'[at]}.png`, label }))

describe('labels of pictures in JSON', () => {
  it.each<[string, string, string]>([
    ['lines of Hugging Face', 'metadata.jsonl', `${lines(rows)}\n`],
    [
      'lines with other values',
      'm.jsonl',
      lines(rows.map((row, at) => ({ at, ...row, tags: [] }))),
    ],
    [
      'lines with an id and a class in a list',
      'm.ndjson',
      lines(labels.map((label, at) => ({ image_id: 'abcd'[at], category: [label] }))),
    ],
    ['a list of objects', 'labels.json', JSON.stringify(rows, null, 2)],
    ['lines in a file called JSON', 'labels.json', lines(rows)],
    [
      'a map by file',
      'labels.json',
      '{"a.png": "cat", "b.png": "dog", "c.png": "cat", "d.png": "dog"}',
    ],
    [
      'a map by file to objects',
      'meta.json',
      '{"a": {"label": "cat", "n": 1}, "b": {"label": "dog", "n": 2}, "c": {"label": "cat", "n": 3}, "d": {"label": "dog", "n": 4}}',
    ],
    ['a map by class', 'classes.json', '{"cat": ["a.png", "c.png"], "dog": ["b.png", "i/d.png"]}'],
    [
      'columns of pandas',
      'df.json',
      '{"path":{"0":"i/a.png","1":"i/b.png","2":"i/c.png","3":"i/d.png"},"y":{"0":"cat","1":"dog","2":"cat","3":"dog"}}',
    ],
    [
      'columns as lists',
      'df.json',
      '{"path": ["a.png", "b.png", "c.png", "d.png"], "y": ["cat", "dog", "cat", "dog"]}',
    ],
    [
      'pandas, split',
      'df.json',
      '{"columns":["id","y"],"index":[0,1,2,3],"data":[["a","cat"],["b","dog"],["c","cat"],["d","dog"]]}',
    ],
    [
      'the list of StyleGAN',
      'dataset.json',
      '{"labels": [["i/a.png", "cat"], ["i/b.png", "dog"], ["i/c.png", "cat"], ["i/d.png", "dog"]]}',
    ],
    [
      'a map within an object, beside other things',
      'labels.json',
      '{"version": 2, "labels": {"a.png": "cat", "b.png": "dog", "c.png": "cat", "d.png": "dog"}}',
    ],
    [
      'lines of Vertex AI',
      'import.jsonl',
      lines(
        labels.map((displayName, at) => ({
          imageGcsUri: `gs://bucket/pets/i/${'abcd'[at]}.png`,
          classificationAnnotation: { displayName },
        })),
      ),
    ],
    [
      'the index of pandas',
      'df.json',
      '{"0": {"file": "a.png", "y": "cat"}, "1": {"file": "b.png", "y": "dog"}, "2": {"file": "c.png", "y": "cat"}, "3": {"file": "d.png", "y": "dog"}}',
    ],
  ])('are read from %s', async (_, path, text) => {
    const found = await read(pictures, { texts: { [path]: text } })
    expect(samplesOf(found)).toEqual(pictures.map((picture, at) => [picture, labels[at]]))
    expect(controlsOf(found)).toMatchObject({ labelsFrom: ['labelTable'] })
    expect(found.reading.account).toEqual({ read: 5, leftOut: [] })
  })

  it.each<[string, number]>([
    ['in the middle', 40],
    ['at the end', 80],
  ])('lack one line of eighty that is cut %s', async (_, cut) => {
    const many = Array.from({ length: 80 }, (_line, at) => ({
      file_name: `${100 + at}.png`,
      label: at % 2 === 0 ? 'cat' : 'dog',
    }))
    const written = lines(many).split('\n')
    written[cut - 1] = '{"file_name": "1'
    const paths = many.map(({ file_name }) => file_name)
    const found = await read(paths, { texts: { 'metadata.jsonl': `\n${written.join('\n')}` } })
    const kept = many.filter((_line, at) => at !== cut - 1)
    expect(samplesOf(found)).toEqual(kept.map(({ file_name, label }) => [file_name, label]))
    expect(leftOf(found)).toEqual({ notInLabelTable: [`${99 + cut}.png`] })
    expect(found.reading.notes).toEqual([
      { id: 'labelsInTable', params: { file: 'metadata.jsonl', column: 'label' } },
      // The first line is empty.
      { id: 'brokenLines', params: { count: 1, file: 'metadata.jsonl', lines: String(cut + 1) } },
    ])
  })

  it('name the first of many lines that are cut', async () => {
    const more = Array.from({ length: 9 }, () => rows).flat()
    const text = `${lines(more)}\n${'{"file_name"\n'.repeat(7)}`
    const { reading } = await read(pictures, { texts: { 'm.jsonl': text } })
    expect(reading.notes).toContainEqual({
      id: 'brokenLines',
      params: { count: 7, file: 'm.jsonl', lines: '37, 38, 39, 40, 41, …' },
    })
  })

  it.each<[string, string]>([
    ['m.jsonl', lines(rows)],
    ['m.json', JSON.stringify(rows)],
    ['m.csv', 'file,label\na.png,cat\nb.png,dog\n'],
  ])('in %s may be those of other pictures, which is said', async (path, text) => {
    const found = await read(['000.png', '001.png'], { texts: { [path]: text, 'x.md': 'x' } })
    expect(classesOf(found)).toBeNull()
    expect(leftOf(found)).toEqual({ otherFormat: ['x.md'], otherPictures: [path] })
  })

  it('may be numbers that a list names, and lack pictures', async () => {
    const numbers = lines(
      rows.slice(0, 3).map(({ file_name }, at) => ({ file_name, label: at % 2 })),
    )
    const texts = { 'metadata.jsonl': numbers, 'data.yaml': 'nc: 2\nnames: [cat, dog]\n' }
    const found = await read(pictures, { texts })
    expect(samplesOf(found).map(([, label]) => label)).toEqual(['cat', 'dog', 'cat'])
    expect(leftOf(found)).toEqual({ notInLabelTable: ['i/d.png'] })
  })

  it('in the folder of a split are those of its pictures', async () => {
    const split = ['train', 'test'].flatMap((name) => ['a', 'b'].map((at) => `${name}/${at}.png`))
    const texts = {
      'train/metadata.jsonl': lines([
        { file_name: 'a.png', label: 'cat' },
        { file_name: 'b.png', label: 'dog' },
      ]),
      'test/metadata.jsonl': lines([
        { file_name: 'a.png', label: 'dog' },
        { file_name: 'b.png', label: 'cat' },
      ]),
    }
    expect(samplesOf(await read(split, { texts }))).toEqual([
      ['test/a.png', 'dog'],
      ['test/b.png', 'cat'],
      ['train/a.png', 'cat'],
      ['train/b.png', 'dog'],
    ])
  })

  it.each<[string, string]>([
    ['names of classes by number', '{"0": "cat", "1": "dog"}'],
    ['broken JSON', '{"a.png": "cat", "b.png": '],
    ['a list of names', '["a.png", "b.png", "c.png", "d.png"]'],
    ['no pictures', '[{"file": "x.txt", "label": "p"}, {"file": "y.txt", "label": "q"}]'],
    ['lists over several lines that are cut', JSON.stringify(rows, null, 2).slice(0, -20)],
    [
      'rows with commas behind them, cut',
      `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n`,
    ],
    ['lines of which most are broken', '{"file": "000.png", "y": "a"}\n{"file"\n{"file": "001'],
    ['columns without end', `[${Array.from({ length: 4000 }, (_, at) => `{"k${at}": 1}`).join()}]`],
    ['objects in objects without end', `${'{"data": '.repeat(20_000)}1${'}'.repeat(20_000)}`],
    ['names of every object', '{"__proto__": "cat", "constructor": "dog"}'],
  ])('are not made up from %s', async (_, text) => {
    const found = await read(['000.png', '001.png', '002.png'], { texts: { 'x.json': text } })
    expect([classesOf(found), leftOf(found)]).toEqual([null, { otherFormat: ['x.json'] }])
  })

  it.each<[string, string, string]>([
    [
      'COCO',
      '_train.json',
      '{"images": [{"id": 1, "file_name": "a.png", "width": 8}, {"id": 2, "file_name": "b.png", "width": 9}], "annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}], "categories": [{"id": 1, "name": "cat"}]}',
    ],
    [
      'Hugging Face for detection',
      'metadata.jsonl',
      lines(
        labels.map((_, at) => ({
          file_name: `${'abcd'[at]}.png`,
          width: at % 2,
          objects: { bbox: [[1, 2, 3, 4]], categories: [0] },
        })),
      ),
    ],
    ['LabelMe', 'a.json', '{"version": "5.0", "shapes": [{"label": "cat", "points": []}]}'],
    ['the annotator of VGG', 'via.json', '{"a.png1": {"filename": "a.png", "regions": []}}'],
  ])('are not the annotations of %s, which are named', async (_, path, text) => {
    const found = await read(pictures, { texts: { [path]: text } })
    expect(classesOf(found)).toBeNull()
    expect(found.reading.notes).toEqual([
      { id: 'annotationsUnread', params: { count: 1, names: path } },
    ])
    expect(leftOf(found)).toEqual({ otherFormat: [path] })
  })
})
