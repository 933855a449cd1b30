import { describe, expect, it } from 'vitest'
import {
  classesOf,
  controlsOf,
  leftOf,
  readPictures as read,
  samplesOf,
} from '../../../testing/files/read-pictures'

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

  it('are a column each, of which every row has one', async () => {
    const marks = 'image,rust,scab,healthy\n000,1,0,0\n001,0,1,0\n002,0,0,1\n003,1.0,0,0\n'
    const found = await read(pictures, { texts: { 'train.csv': marks } })
    expect(samplesOf(found).map(([, label]) => label)).toEqual(['rust', 'scab', 'healthy', 'rust'])
    expect(controlsOf(found)).toMatchObject({ labelTableLabel: ['rust | scab | healthy'] })
    const choices = { labelTableLabel: ['scab'] }
    expect(classesOf(await read(pictures, { texts: { 'train.csv': marks }, choices }))).toEqual([
      '0',
      '1',
    ])
  })

  it('are in the table where folders mix what it calls labels, not where they agree', async () => {
    const hashed = ['0/a/1.png', '0/b/2.png', '1/a/3.png', '1/b/4.png']
    const mixed = 'id,label\n1,x\n2,y\n3,x\n4,y\n'
    expect(classesOf(await read(hashed, { texts: { 't.csv': mixed } }))).toEqual(['x', 'y'])
    const agreed = 'id,label\n1,x\n2,x\n3,y\n4,y\n'
    const found = await read(hashed, { texts: { 't.csv': agreed } })
    expect([classesOf(found), leftOf(found)]).toEqual([['0', '1'], { otherFormat: ['t.csv'] }])
    const other = 'id,sex\n1,x\n2,y\n3,x\n4,y\n'
    expect(classesOf(await read(hashed, { texts: { 't.csv': other } }))).toEqual(['0', '1'])
  })

  it('may be numbers: classes, named by a list, or quantities', async () => {
    const numbers = 'image,target\n000.png,0\n001.png,2\n002.png,0\n003.png,2\n'
    const texts = { 'train.csv': numbers }
    const found = await read(pictures, { texts })
    expect(found.source?.labels).toMatchObject({ classNames: ['0', '2'], numbers: [0, 2] })
    expect(controlsOf(found)).toMatchObject({ labelsAre: ['classes'] })
    const choices = { labelsAre: ['quantities'] }
    expect((await read(pictures, { texts, choices })).source?.labels).toEqual({
      kind: 'numbers',
      names: ['target'],
      values: Float64Array.of(0, 2, 0, 2),
    })
    const named = await read(pictures, { texts: { ...texts, 'classes.txt': 'cat\ndog\nowl\n' } })
    expect(classesOf(named)).toEqual(['cat', 'owl'])
    expect(named.reading.account).toEqual({ read: 6, leftOut: [] })
    const ages = 'id,boneage\n0,12.5\n1,14.25\n2,99\n3,101\n'
    expect((await read(pictures, { texts: { 'a.csv': ages } })).source?.labels).toMatchObject({
      kind: 'numbers',
      names: ['boneage'],
    })
  })

  it('are those of the training pictures where others have the same numbers', async () => {
    const paths = ['train', 'test'].flatMap((split) =>
      [1, 2, 3, 4].map((at) => `${split}/${at}.png`),
    )
    const text = 'id,label\n1,frog\n2,ship\n3,frog\n4,ship\n'
    const found = await read(paths, { texts: { 'trainLabels.csv': text } })
    expect(samplesOf(found)).toEqual([
      ['train/1.png', 'frog'],
      ['train/2.png', 'ship'],
      ['train/3.png', 'frog'],
      ['train/4.png', 'ship'],
    ])
    expect(found.reading.account.leftOut).toMatchObject([{ reason: 'notInLabelTable', count: 4 }])
  })

  it('are found under names in another case, where that leaves no doubt', async () => {
    const paths = ['IMG_A.PNG', 'IMG_B.PNG', 'img_b.png', 'IMG_C.PNG']
    const text = 'file,label\nimg_a.png,x\nIMG_B.PNG,y\nimg_b.png,x\nimg_c.png,y\nImg_B.png,z\n'
    const found = await read(paths, { texts: { 't.csv': text } })
    expect(Object.fromEntries(samplesOf(found))).toEqual({
      'IMG_A.PNG': 'x',
      'IMG_B.PNG': 'y',
      'img_b.png': 'x',
      'IMG_C.PNG': 'y',
    })
    expect(found.reading.notes).toContainEqual({
      id: 'noSuchPicture',
      params: { count: 1, names: 'Img_B.png' },
    })
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

  it.each([
    [
      'an index without a name',
      ',file,label\n0,003.png,a\n1,000.png,b\n2,002.png,a\n3,001.png,b\n',
    ],
    ['ids beside it', ',id,label\n0,003,a\n1,000,b\n2,002,a\n3,001,b\n'],
    [
      'an index of pandas',
      'Unnamed: 0,file,label\n0,003.png,a\n1,000.png,b\n2,002.png,a\n3,001.png,b\n',
    ],
    ['no header', '0,003.png,a\n1,000.png,b\n2,002.png,a\n3,001.png,b\n'],
    ['no header, only ids', '0,003,a\n1,000,b\n2,002,a\n3,001,b\n'],
    ['a count', 'row,image_id,label\n0,3,a\n1,0,b\n2,2,a\n3,1,b\n'],
    ['a quantity', 'age,image_id,label\n2,003,a\n1,000,b\n3,002,a\n0,001,b\n'],
    [
      'a title and a comma at the end',
      'Labels\nfile,label,\n003.png,a,\n000.png,b,\n002.png,a,\n001.png,b,\n',
    ],
  ])('are in a table with %s', async (_, text) => {
    const found = await read(pictures, { texts: { 'labels.csv': text } })
    expect(samplesOf(found)).toEqual([
      ['i/000.png', 'b'],
      ['i/001.png', 'b'],
      ['i/002.png', 'a'],
      ['i/003.png', 'a'],
    ])
    expect(found.reading.notes).toMatchObject([{ id: 'labelsInTable' }])
  })

  it('are not those of rows that contradict each other, which are counted', async () => {
    const text = 'file,label\n000.png,a\n001.png,b\n002.png,a\n003.png,b\n001.png,a\n002.png,a\n'
    const found = await read(pictures, { texts: { 't.csv': text } })
    expect(samplesOf(found)).toEqual([
      ['i/000.png', 'a'],
      ['i/002.png', 'a'],
      ['i/003.png', 'b'],
    ])
    expect(leftOf(found)).toEqual({ contradicted: ['i/001.png'] })
    expect(found.reading.notes).toContainEqual({
      id: 'contradictions',
      params: { count: 1, names: '001.png' },
    })
  })

  it('are none where all rows contradict each other, which is said', async () => {
    const rows = pictures.flatMap((path) => ['a', 'b'].map((label) => `${path},${label}`))
    const found = await read(pictures, { texts: { 't.csv': `file,label\n${rows.join('\n')}\n` } })
    expect(classesOf(found)).toBeNull()
    expect(found.reading.notes).toMatchObject([{ id: 'contradictions', params: { count: 4 } }])
  })

  it('are in a table of which a row lacks cells', async () => {
    const paths = Array.from({ length: 20 }, (_, at) => `${100 + at}.png`)
    const row = (path: string, at: number) =>
      at === 3 ? path : `${path},${at % 2 === 0 ? 'a' : 'b'}`
    const text = `file,label\n${paths.map(row).join('\n')}\n`
    const found = await read(paths, { texts: { 't.csv': text } })
    expect(samplesOf(found)).toHaveLength(19)
    expect(leftOf(found)).toEqual({ notInLabelTable: ['103.png'] })
    expect(found.reading.notes).toContainEqual({
      id: 'shortRows',
      params: { count: 1, file: 't.csv' },
    })
  })

  it('are in several tables of one form together, unless they name the same pictures', async () => {
    const texts = {
      'train.csv': 'file,label\n000.png,a\n001.png,b\n',
      'test.csv': 'file,label\n002.png,a\n003.png,b\n',
    }
    const found = await read(pictures, { texts })
    expect(samplesOf(found).map(([, label]) => label)).toEqual(['a', 'b', 'a', 'b'])
    expect(found.reading.account).toEqual({ read: 6, leftOut: [] })
    expect(found.reading.notes).toEqual([
      { id: 'labelsInTable', params: { file: 'train.csv + test.csv', column: 'label' } },
    ])
    const choices = { labelTableFile: ['test.csv: file'] }
    expect(samplesOf(await read(pictures, { texts, choices }))).toHaveLength(2)
    const handedIn = { ...texts, 'sample_submission.csv': texts['test.csv'], 'test.csv': '' }
    expect(samplesOf(await read(pictures, { texts: handedIn }))).toHaveLength(2)
    const paths = ['train/1.png', 'train/2.png', 'test/1.png', 'test/2.png']
    const split = { 'train.csv': 'id,label\n1,a\n2,b\n', 'test.csv': 'id,label\n1,b\n2,a\n' }
    expect(samplesOf(await read(paths, { texts: split }))).toEqual([
      ['test/1.png', 'b'],
      ['test/2.png', 'a'],
      ['train/1.png', 'a'],
      ['train/2.png', 'b'],
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
