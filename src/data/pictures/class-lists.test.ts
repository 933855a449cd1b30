import { describe, expect, it } from 'vitest'
import {
  classesOf,
  leftOf,
  readPictures as read,
  samplesOf,
} from '../../../testing/files/read-pictures'

const folders = ['d/cat/1.png', 'd/dog/2.png', 'd/cat/3.png']
const flat = ['d/1.png', 'd/2.png', 'd/3.png', 'd/4.png']
const numbered = (labels: readonly number[]): string =>
  `file,target\n${labels.map((label, at) => `${at + 1}.png,${label}\n`).join('')}`
const map = "item { id: 1 name: 'cat' }\nitem { id: 2 name: 'dog' }\nitem { id: 3 name: 'owl' }\n"

describe('a list of classes beside pictures', () => {
  it.each([
    ['data.yaml', 'train: ../train\nnc: 3\nnames: [dog, cat, owl]\n'],
    ['data.yaml', 'names:\n  0: dog\n  1: cat\n  2: owl\n'],
    ['classes.json', '{"dog": 0, "cat": 1, "owl": 2}'],
    [
      'labels.json',
      '[{"id": 1, "name": "dog"}, {"id": 2, "name": "cat"}, {"id": 3, "name": "owl"}]',
    ],
  ])('%s gives them their order, and those without pictures their place', async (name, text) => {
    const found = await read(folders, { texts: { [`d/${name}`]: text } })
    expect(classesOf(found)).toEqual(['dog', 'cat', 'owl'])
    expect(found.reading.notes).toContainEqual({
      id: 'classesInList',
      params: { file: name, count: 3 },
    })
    expect(leftOf(found)).toEqual({})
  })

  it('that counts from 1 names labels from 1 by their number, and labels from 0 by their place', async () => {
    const texts = { 'd/label_map.pbtxt': map, 'd/train.csv': numbered([1, 3, 1, 3]) }
    expect(samplesOf(await read(flat, { texts })).map(([, label]) => label)).toEqual([
      ...['cat', 'owl', 'cat', 'owl'],
    ])
    const zero = { ...texts, 'd/train.csv': numbered([0, 2, 0, 2]) }
    expect(classesOf(await read(flat, { texts: zero }))).toEqual(['cat', 'owl'])
    const plain = { 'd/classes.txt': '1 cat\n2 dog\n', 'd/train.csv': numbered([0, 1, 0, 1]) }
    expect(classesOf(await read(flat, { texts: plain }))).toEqual(['cat', 'dog'])
    const whole = { ...texts, 'd/train.csv': numbered([0, 3, 0, 3]) }
    expect(classesOf(await read(flat, { texts: whole }))).toEqual(['background', 'owl'])
  })

  it.each([
    ['other names', 'data.yaml', 'names: [fox, owl]\n'],
    ['no names', 'data.yaml', 'nc: 2\n'],
    ['one name twice', 'data.yaml', 'names: [cat, dog, cat]\n'],
    ['another name of its own', 'hyp.yaml', 'names: [cat, dog]\n'],
  ])('with %s is none', async (_, name, text) => {
    const found = await read(folders, { texts: { [`d/${name}`]: text } })
    expect([classesOf(found), leftOf(found)]).toEqual([['cat', 'dog'], { otherFormat: [name] }])
  })
})
