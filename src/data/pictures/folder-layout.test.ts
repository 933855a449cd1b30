import { describe, expect, it } from 'vitest'
import {
  areParts,
  classLevels,
  guessSplits,
  isSplitName,
  possibleSplits,
  sharedDepth,
  splitCutter,
} from './folder-layout'

function layoutOf(files: readonly string[], chosen?: readonly string[]) {
  const all = files.map((file) => file.split('/').slice(0, -1))
  const depth = sharedDepth(all)
  const paths = all.map((path) => path.slice(depth))
  const splits = chosen ?? guessSplits(paths)
  const cut = paths.map(splitCutter(paths, splits))
  const levels = classLevels(cut.filter((path) => path !== null))
  const [level] = levels
  const labels = level === undefined ? null : cut.map((path) => path?.[level] ?? null)
  return { splits, levels, labels }
}

describe('names of splits', () => {
  it.each([
    'train',
    'Test',
    'training_set',
    'test_set',
    'seg_train',
    'ValidationData',
    'val2017',
    'fold_3',
  ])('%s is one', (name) => {
    expect(isSplitName(name)).toBe(true)
  })

  it.each(['cats', 'trains', 'contest', 'testarossa', 'evaluate', '12', ''])(
    '%s is none',
    (name) => {
      expect(isSplitName(name)).toBe(false)
    },
  )
})

describe('folders of pictures', () => {
  it('are classes', () => {
    expect(layoutOf(['a/cats/1.png', 'a/dogs/2.png'])).toEqual({
      splits: [],
      levels: [0],
      labels: ['cats', 'dogs'],
    })
  })

  it('are none where all pictures lie in one', () => {
    expect(layoutOf(['a/1.png', 'a/2.png'])).toEqual({ splits: [], levels: [], labels: null })
  })

  it('are splits above classes, whatever they are called', () => {
    for (const splits of [
      ['train', 'test'],
      ['training_set', 'test_set'],
      ['seg_train', 'seg_test'],
      ['Train Images', 'Validation Images'],
      ['fold1', 'fold2'],
    ]) {
      const [train, test] = splits
      expect(
        layoutOf([`d/${train}/cats/1.png`, `d/${train}/dogs/2.png`, `d/${test}/cats/3.png`]),
      ).toEqual({ splits, levels: [0], labels: ['cats', 'dogs', 'cats'] })
    }
  })

  it('may be named twice', () => {
    expect(
      layoutOf([
        'seg_train/seg_train/sea/1.png',
        'seg_train/seg_train/ice/2.png',
        'seg_test/seg_test/sea/3.png',
      ]),
    ).toMatchObject({ levels: [0], labels: ['sea', 'ice', 'sea'] })
  })

  it('leave pictures without a class that lie beside classes', () => {
    expect(layoutOf(['f/overview.png', 'f/cats/1.png', 'f/dogs/2.png'])).toMatchObject({
      labels: [null, 'cats', 'dogs'],
    })
    expect(layoutOf(['d/train/cats/1.png', 'd/train/dogs/2.png', 'd/test/3.png'])).toMatchObject({
      splits: ['train', 'test'],
      labels: ['cats', 'dogs', null],
    })
    expect(
      layoutOf(['train/cats/1.png', 'train/dogs/2.png', 'test/cats/3.png', 'preview/4.png']),
    ).toMatchObject({ splits: ['train', 'test'], labels: ['cats', 'dogs', 'cats', null] })
  })

  it('may be classes at several levels, the outermost first', () => {
    expect(
      layoutOf(['pets/cat/tabby/1.png', 'pets/cat/siam/2.png', 'pets/dog/pug/3.png']),
    ).toMatchObject({ levels: [0, 1], labels: ['cat', 'cat', 'dog'] })
  })

  it('are variants where each holds the same, more numerous classes', () => {
    const files = ['color', 'grayscale'].flatMap((variant) =>
      ['rust', 'scab', 'healthy'].map((name) => `${variant}/${name}/1.png`),
    )
    expect(layoutOf(files)).toMatchObject({
      levels: [1, 0],
      labels: [0, 1].flatMap(() => ['rust', 'scab', 'healthy']),
    })
  })

  it('are splits below classes', () => {
    expect(
      layoutOf(['cats/train/1.png', 'cats/test/2.png', 'dogs/train/3.png', 'dogs/test/4.png']),
    ).toEqual({
      splits: ['train', 'test'],
      levels: [0],
      labels: ['cats', 'cats', 'dogs', 'dogs'],
    })
  })

  it('are classes where one of them only sounds like a split', () => {
    const vehicles = ['train', 'bus', 'car']
    expect(layoutOf(vehicles.map((name) => `v/${name}/1.png`))).toEqual({
      splits: [],
      levels: [0],
      labels: vehicles,
    })
    const split = ['train', 'test'].flatMap((top) => vehicles.map((name) => `${top}/${name}/1.png`))
    expect(layoutOf(split).labels).toEqual([...vehicles, ...vehicles])
  })

  it('are what a person says', () => {
    const files = ['a/cats/1.png', 'a/dogs/2.png', 'b/cats/3.png', 'b/dogs/4.png']
    expect(layoutOf(files).labels).toEqual(['a', 'a', 'b', 'b'])
    expect(layoutOf(files, ['a', 'b']).labels).toEqual(['cats', 'dogs', 'cats', 'dogs'])
    expect(layoutOf(['train/cats/1.png', 'test/cats/2.png'], []).labels).toEqual(['train', 'test'])
    expect(possibleSplits(files.map((file) => file.split('/').slice(0, -1)))).toEqual([
      'a',
      'b',
      'cats',
      'dogs',
    ])
  })
})

it('parts of a heap are called alike but for a number', () => {
  expect(areParts(['HAM_images_part_1', 'HAM_images_part_2'])).toBe(true)
  expect(areParts(['images_001', 'images_002', 'images_010'])).toBe(true)
  expect(areParts(['1', '2'])).toBe(false)
  expect(areParts(['cat1', 'dog2'])).toBe(false)
  expect(areParts(['cats', 'dogs'])).toBe(false)
  expect(areParts(['part_1'])).toBe(false)
})
