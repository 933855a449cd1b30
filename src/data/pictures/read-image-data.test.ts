import { describe, expect, it } from 'vitest'
import { memoryFile } from '../../files/file-bundle'
import type { ReadData } from '../data-wishes'
import { readData } from '../read-data'
import type { ReadingChoices } from '../reading/reading'

type Texts = Readonly<Record<string, string>>

/** Reads pictures at these paths, with texts beside them. */
function read(
  paths: readonly string[],
  { texts = {}, choices = {} }: { texts?: Texts; choices?: ReadingChoices } = {},
): Promise<ReadData> {
  const bundle = [
    ...paths.map((path) => memoryFile(path, Uint8Array.of(1))),
    ...Object.entries(texts).map(([path, text]) =>
      memoryFile(path, new TextEncoder().encode(text)),
    ),
  ]
  return readData(bundle, { choices, input: null }, () => Promise.resolve())
}

/** Path of each sample with its class. */
function samplesOf({ source }: ReadData) {
  if (source?.samples.kind !== 'images') throw new Error('no images')
  const { labels, samples } = source
  return samples.files.map(({ path }, index) => [
    path,
    labels?.kind === 'classes' ? labels.classNames[labels.values[index] ?? -1] : null,
  ])
}

const classesOf = ({ source }: ReadData) =>
  source?.labels?.kind === 'classes' ? source.labels.classNames : null

const leftOf = ({ reading }: ReadData) =>
  Object.fromEntries(reading.account.leftOut.map(({ reason, examples }) => [reason, examples]))

const controlsOf = ({ reading }: ReadData) =>
  Object.fromEntries(reading.controls.map((control) => [control.id, control.value]))

describe('pictures in folders', () => {
  it('have a class for each sub-folder, numbers in order', async () => {
    const found = await read(['pets/10/a.png', 'pets/2/b.png', 'pets/2/a.png', 'pets/readme.txt'])
    expect(found.reading.name).toBe('pets')
    expect(found.source?.labels).toMatchObject({ classNames: ['2', '10'], numbers: [2, 10] })
    expect(samplesOf(found)).toEqual([
      ['pets/2/a.png', '2'],
      ['pets/2/b.png', '2'],
      ['pets/10/a.png', '10'],
    ])
    expect(found.reading.preview).toEqual({
      kind: 'files',
      classes: [
        { label: '2', count: 2, examples: ['pets/2/a.png', 'pets/2/b.png'] },
        { label: '10', count: 1, examples: ['pets/10/a.png'] },
      ],
    })
  })

  it('lose folders of splits, and say that they are split anew', async () => {
    const found = await read(['d/train/cat/1.jpg', 'd/train/dog/1.jpg', 'd/test/cat/2.jpg'])
    expect(classesOf(found)).toEqual(['cat', 'dog'])
    expect(samplesOf(found)).toContainEqual(['d/test/cat/2.jpg', 'cat'])
    expect(found.reading.notes).toContainEqual({
      id: 'splitsMerged',
      params: { folders: 'test, train' },
    })
  })

  it('without a class are left out and named where others have one', async () => {
    const stray = await read(['f/overview.png', 'f/cats/1.png', 'f/dogs/2.png'])
    expect(samplesOf(stray).map(([path]) => path)).toEqual(['f/cats/1.png', 'f/dogs/2.png'])
    expect(leftOf(stray)).toEqual({ unlabelled: ['f/overview.png'] })
    const tests = ['d/test/1.png', 'd/test/2.png', 'd/test/3.png']
    const competition = await read(['d/train/cats/1.png', 'd/train/dogs/2.png', ...tests])
    expect(classesOf(competition)).toEqual(['cats', 'dogs'])
    expect(leftOf(competition)).toEqual({ unlabelled: tests })
  })

  it('are not labelled by folders that hold few of them, unless a person says so', async () => {
    const many = Array.from({ length: 9 }, (_, at) => `all/${at}.png`)
    const paths = [...many, 'all/old/a.png', 'all/misc/b.png']
    const found = await read(paths)
    expect(classesOf(found)).toBeNull()
    expect(found.reading.account).toEqual({ read: 11, leftOut: [] })
    const chosen = await read(paths, { choices: { labelsFrom: ['folders'] } })
    expect(classesOf(chosen)).toEqual(['misc', 'old'])
    expect(chosen.reading.account).toMatchObject({ read: 2, leftOut: [{ count: 9 }] })
  })

  it('keep the class of pictures that lie deeper', async () => {
    const paths = ['cat/indoor/1.jpg', 'cat/2.jpg', 'dog/3.jpg', 'dog/out/4.jpg']
    const found = await read(paths)
    expect(classesOf(found)).toEqual(['cat', 'dog'])
    expect(controlsOf(found)).toMatchObject({ classLevel: ['1: cat, dog'] })
    const choices = { classLevel: ['2: indoor, out'] }
    expect(classesOf(await read(paths, { choices }))).toEqual(['indoor', 'out'])
  })

  it('have the splits and the level that a person says', async () => {
    const paths = ['a/cats/1.png', 'a/dogs/2.png', 'b/cats/3.png', 'b/dogs/4.png']
    expect(classesOf(await read(paths))).toEqual(['a', 'b'])
    const found = await read(paths, { choices: { splitFolders: ['a', 'b'] } })
    expect(classesOf(found)).toEqual(['cats', 'dogs'])
    expect(found.reading.controls.find(({ id }) => id === 'splitFolders')).toMatchObject({
      options: ['a', 'b', 'cats', 'dogs'],
      many: true,
      verbatim: true,
      guessed: false,
    })
    const split = ['train/cats/1.png', 'test/cats/2.png']
    expect(classesOf(await read(split, { choices: { splitFolders: [] } }))).toEqual([
      'test',
      'train',
    ])
  })

  it('are unlabelled in one folder, or where a person wants no labels', async () => {
    expect(classesOf(await read(['a.png', 'b.png']))).toBeNull()
    expect(classesOf(await read(['x/a.png', 'x/b.png']))).toBeNull()
    expect(classesOf(await read(['x/a.png', 'b.png']))).toBeNull()
    const found = await read(['f/1.png', 'f/cats/1.png', 'f/dogs/2.png'], {
      choices: { labelsFrom: ['noLabels'] },
    })
    expect([classesOf(found), found.reading.account.read]).toEqual([null, 3])
  })

  it('leave out what is no picture, counted and named, and refuse to be none', async () => {
    const found = await read(
      ['x/a.png', '__MACOSX/x/._a.png', 'x/.b.png', 'y/Thumbs.db', 'y/c.gif', 'y/d.tiff'],
      { texts: { 'x/e.svg': '<svg/>', 'y/notes.txt': 'of no picture' } },
    )
    expect(samplesOf(found).map(([path]) => path)).toEqual(['x/a.png', 'y/c.gif'])
    expect(found.reading.account).toEqual({
      read: 2,
      leftOut: [
        { reason: 'hidden', count: 3, examples: ['._a.png', '.b.png', 'Thumbs.db'] },
        { reason: 'otherFormat', count: 3, examples: ['d.tiff', 'e.svg', 'notes.txt'] },
      ],
    })
    await expect(read(['a.txt'])).rejects.toMatchObject({ code: 'data/unknown-kind' })
    await expect(read(['.a.png', '.b.png'])).rejects.toMatchObject({ code: 'data/is-empty' })
  })
})

describe('classes of pictures that folders do not say', () => {
  it('are in their names', async () => {
    const names = ['cat', 'dog'].flatMap((word) => [1, 2, 3].map((at) => `train/${word}.${at}.png`))
    const found = await read([...names, 'test/1.png', 'test/2.png'])
    expect(classesOf(found)).toEqual(['cat', 'dog'])
    expect(controlsOf(found)).toEqual({ labelsFrom: ['fileNames'] })
    expect(leftOf(found)).toEqual({ unlabelled: ['test/1.png', 'test/2.png'] })
    expect(found.reading.notes).toEqual([{ id: 'labelsInNames', params: { names: 'cat, dog' } }])
  })

  const pictures = ['i/000.png', 'i/001.png', 'i/002.png', 'i/003.png']
  const table = 'id,size,breed\n000,8,cats\n001,8,dogs\n002,9,cats\n999,9,dogs\n'

  it('are in a table beside them', async () => {
    const found = await read(pictures, { texts: { 'labels.csv': table } })
    expect(samplesOf(found)).toEqual([
      ['i/000.png', 'cats'],
      ['i/001.png', 'dogs'],
      ['i/002.png', 'cats'],
    ])
    expect(controlsOf(found)).toMatchObject({
      labelsFrom: ['labelTable'],
      labelTableFile: ['id'],
      labelTableLabel: ['breed'],
    })
    expect(found.reading.notes).toEqual([
      { id: 'labelsInTable', params: { file: 'labels.csv', column: 'breed' } },
      { id: 'noSuchPicture', params: { count: 1, names: '999' } },
    ])
    expect(found.reading.account).toEqual({
      read: 4,
      leftOut: [{ reason: 'notInLabelTable', count: 1, examples: ['i/003.png'] }],
    })
  })

  it('are in the column that a person says; rows without a label are counted', async () => {
    const other = 'id,size,breed\n000,8,cats\n001,8,dogs\n002,9,\n003,9,dogs\n'
    const choices = { labelTableLabel: ['size'] }
    expect(classesOf(await read(pictures, { texts: { 'a.csv': other }, choices }))).toEqual([
      '8',
      '9',
    ])
    const found = await read(pictures, { texts: { 'a.csv': other } })
    expect(leftOf(found)).toEqual({ unlabelled: ['i/002.png'] })
  })

  it('are in one of several tables, each named; tables of other things are left out', async () => {
    const texts = {
      'train.csv': 'image,label\n000.png,a\n001.png,b\n002.png,a\n003.png,b\n',
      'more.csv': 'image,kind\n000.png,x\n001.png,x\n002.png,y\n003.png,y\n',
      'prices.csv': 'a,b\n1,2\n3,4\n',
    }
    const found = await read(pictures, { texts })
    expect(controlsOf(found)).toMatchObject({
      labelTableFile: ['train.csv: image'],
      labelTableLabel: ['label'],
    })
    expect(leftOf(found)).toEqual({ otherFormat: ['more.csv', 'prices.csv'] })
    const choices = { labelTableFile: ['more.csv: image'] }
    expect(classesOf(await read(pictures, { texts, choices }))).toEqual(['x', 'y'])
  })

  it('are in a table without a header, or in a list', async () => {
    for (const [name, text] of [
      ['labels.csv', '000.png,cats\n001.png,dogs\n002.png,cats\n003.png,dogs\n'],
      ['train.txt', '000.png cats\n001.png dogs\n002.png cats\n003.png dogs\n'],
      [
        'l.tsv',
        '﻿image\tlabel\r\n000.png\tcats\r\n001.png\tdogs\r\n002.png\tcats\r\n003.png\tdogs\r\n',
      ],
    ] as const)
      expect(samplesOf(await read(pictures, { texts: { [name]: text } }))).toEqual([
        ['i/000.png', 'cats'],
        ['i/001.png', 'dogs'],
        ['i/002.png', 'cats'],
        ['i/003.png', 'dogs'],
      ])
  })

  it('are no table where a file is damaged or of something else', async () => {
    const texts = { 'a.csv': 'id,label\n"000,cats\n', 'b.csv': '\u0001\u0002', 'c.txt': 'hello' }
    expect(classesOf(await read(pictures, { texts }))).toBeNull()
  })
})

describe('a list of classes beside the pictures', () => {
  it('says their order, and which have no picture', async () => {
    const paths = ['dogs/1.png', 'cats/2.png', 'dogs/3.png']
    const found = await read(paths, { texts: { 'labels.txt': 'dogs\nbirds\ncats\n' } })
    expect(classesOf(found)).toEqual(['dogs', 'birds', 'cats'])
    expect(samplesOf(found)).toContainEqual(['cats/2.png', 'cats'])
    expect(found.reading.account).toEqual({ read: 4, leftOut: [] })
    const other = await read(paths, { texts: { 'labels.txt': 'dogs\nbirds\n' } })
    expect(classesOf(other)).toEqual(['cats', 'dogs'])
    expect(leftOf(other)).toEqual({ otherFormat: ['labels.txt'] })
  })
})
