import { describe, expect, it } from 'vitest'
import { guessMeaning } from './output-meaning'
import type { OutputMeaning } from './output-meaning'

type Facts = Parameters<typeof guessMeaning>[0]

const plain: Facts = {
  kind: 'scores',
  name: 'Identity',
  shape: [null, 10],
  input: [null, 224, 224, 3],
  gathered: false,
}

describe('what outputs mean', () => {
  it.each<[string, Partial<Facts>, OutputMeaning]>([
    ['softmax', { kind: 'probabilities' }, 'classes'],
    [
      'softmax over pixels of three colours',
      { kind: 'probabilities', shape: [null, 9, 9, 3] },
      'classes',
    ],
    ['logits', {}, 'classes'],
    ['logits of three classes in one pixel', { shape: [null, 1, 1, 3] }, 'classes'],
    ['logits in one pixel, channels first', { shape: [null, 10, 1, 1] }, 'classes'],
    ['logits in one row', { shape: [null, 1, 10] }, 'classes'],
    ['one price in one pixel', { shape: [null, 1, 1, 1] }, 'numbers'],
    ['a pooled feature in one pixel', { gathered: true, shape: [null, 1, 1, 1280] }, 'vectors'],
    ['a price for each of ten days', { shape: [null, 10, 1] }, 'numbers'],
    ['yes or no', { kind: 'sigmoid', shape: [null, 1] }, 'classes'],
    ['several labels', { kind: 'sigmoid' }, 'classes'],
    ['one price', { shape: [null, 1] }, 'numbers'],
    ['a picture of a picture', { shape: [null, 64, 64, 3] }, 'numbers'],
    ['a picture between 0 and 1', { kind: 'sigmoid', shape: [null, 64, 64, 3] }, 'numbers'],
    ['logits of 21 classes for each pixel', { shape: [null, 65, 65, 21] }, 'classes'],
    ['heat maps of a pose', { name: 'heatmap_2', shape: [null, 14, 14, 17] }, 'numbers'],
    ['boxes of anchors', { name: 'raw_outputs/box_encodings', shape: [null, 1917, 4] }, 'numbers'],
    ['rows of a detector without a name', { shape: [null, 25200, 85] }, 'numbers'],
    ['landmarks of a face in a row', { name: 'landmarks', shape: [null, 136] }, 'numbers'],
    ['logits of words', { shape: [null, 20, 5000], input: [null, 20] }, 'classes'],
    ['pooled features', { gathered: true, shape: [null, 1280] }, 'vectors'],
    ['a picture that was put together', { gathered: true, shape: [null, 9, 9, 21] }, 'classes'],
    [
      'an output that is called an embedding',
      { name: 'embeddings', shape: [null, 512] },
      'vectors',
    ],
  ])('of %s', (_, facts, meaning) => {
    expect(guessMeaning({ ...plain, ...facts })).toBe(meaning)
  })
})
