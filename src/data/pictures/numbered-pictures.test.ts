import { describe, expect, it } from 'vitest'
import {
  classesOf,
  controlsOf,
  leftOf,
  readPictures as read,
  samplesOf,
} from '../../../testing/files/read-pictures'

const numbered = (cells: readonly string[]): string =>
  cells.map((cell, at) => `${at + 1} ${cell}\n`).join('')
const birds = ['Albatross_1', 'Auklet_2', 'Albatross_3', 'Auklet_4'].map((name) => `${name}.jpg`)
const lists = {
  'CUB/classes.txt': numbered(['001.Black_footed_Albatross', '002.Crested_Auklet']),
  'CUB/image_class_labels.txt': numbered(['1', '2', '1', '2']),
  'CUB/train_test_split.txt': numbered(['0', '1', '1', '0']),
}
const names = ['001.Black_footed_Albatross', '002.Crested_Auklet']

describe('pictures and classes that are numbered in lists of their own', () => {
  it('are joined by the number, in the order of the list of classes', async () => {
    const texts = { ...lists, 'CUB/images.txt': numbered(birds) }
    const found = await read(
      birds.map((bird) => `CUB/images/${bird}`),
      { texts },
    )
    expect(samplesOf(found).map(([, label]) => label)).toEqual([
      names[0],
      names[0],
      names[1],
      names[1],
    ])
    expect(controlsOf(found)).toMatchObject({ labelTableLabel: ['class'] })
    expect(leftOf(found)).toEqual({ otherFormat: ['train_test_split.txt'] })
  })

  it('agree with folders where these are the classes', async () => {
    const paths = birds.map((bird, at) => `${names[at % 2] ?? ''}/${bird}`)
    const texts = { ...lists, 'CUB/images.txt': numbered(paths) }
    const found = await read(
      paths.map((path) => `CUB/images/${path}`),
      { texts },
    )
    expect(classesOf(found)).toEqual(names)
    expect(controlsOf(found)).toMatchObject({ labelsFrom: ['folders'] })
  })

  it.each([
    ['one list is missing', { 'CUB/images.txt': numbered(birds) }],
    [
      'they know other numbers',
      { 'CUB/images.txt': numbered(birds), 'CUB/image_class_labels.txt': '71 1\n72 2\n' },
    ],
    ['the pictures are others', { ...lists, 'CUB/images.txt': numbered(['x.jpg', 'y.jpg']) }],
  ])('are not joined where %s', async (_, texts) => {
    const plain = ['p.jpg', 'q.jpg', 'r.jpg', 's.jpg'].map((name) => `CUB/images/${name}`)
    const own = 'CUB/classes.txt' in texts ? plain : birds.map((bird) => `CUB/images/${bird}`)
    const found = await read(own, { texts, choices: { labelsFrom: ['labelTable'] } })
    expect(Object.keys(controlsOf(found))).not.toContain('labelTableLabel')
  })
})
