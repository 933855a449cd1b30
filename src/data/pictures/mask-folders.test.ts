import { describe, expect, it } from 'vitest'
import { classesOf, leftOf, readPictures as read } from '../../../testing/files/read-pictures'
import { masksAmong } from './mask-folders'

const inFolders = (folders: readonly string[], names: readonly string[]): string[] =>
  folders.flatMap((folder) => names.map((name) => `${folder}/${name}`))
const numbers = ['0.png', '1.png', '2.png']

describe('masks of pictures', () => {
  it.each([
    ['images', 'masks', numbers],
    ['images', 'labels', numbers],
    ['img', 'gt', numbers],
    ['train/images', 'train/labels', numbers],
    ['JPEGImages', 'SegmentationClass', ['2007_000032.png']],
    ['d/train', 'd/train_masks', ['a_01.png', 'a_02.png']],
    ['pets', 'trimaps', ['beagle_1.png', 'beagle_2.png']],
    ['d/images/cat', 'd/masks/cat', numbers],
  ])('%s are in %s beside them', (pictures, masks, names) => {
    expect([...masksAmong(inFolders([pictures, masks], names))]).toEqual(inFolders([masks], names))
  })

  it('have marks behind their names', () => {
    const city = ['leftImg8bit/a/a_1_leftImg8bit.png', 'gtFine/a/a_1_gtFine_labelIds.png']
    expect([...masksAmong(city)]).toEqual([city[1]])
    const beside = ['benign/benign (1).png', 'benign/benign (1)_mask.png']
    expect([...masksAmong([...beside, 'benign/benign (1)_mask_1.png'])]).toEqual([
      'benign/benign (1)_mask.png',
      'benign/benign (1)_mask_1.png',
    ])
    expect(masksAmong(['a/red_mask.png', 'a/blue_mask.png']).size).toBe(0)
  })

  it.each([
    ['classes of equal numbers', inFolders(['cat', 'dog'], numbers)],
    ['faces with and without', inFolders(['with_mask', 'without_mask'], numbers)],
    ['faces with and without, otherwise called', inFolders(['mask', 'no mask'], numbers)],
    ['one class of several', inFolders(['mask', 'hat', 'shoe'], numbers)],
    ['other pictures', [...inFolders(['images'], numbers), ...inFolders(['masks'], ['x.png'])]],
    ['all there is', inFolders(['labels'], numbers)],
    ['halves of a data set', inFolders(['seg_train/cat', 'seg_test/cat'], numbers)],
  ])('are not %s', (_, paths) => {
    expect(masksAmong(paths).size).toBe(0)
  })

  // So long that who begins anew at every part would be at it for hours.
  it.each([
    ['_', 1_000_000],
    ['_mask', 1_000_000],
    ['. ', 1_000_000],
    ['mask/', 100_000],
  ])('are none of names made to keep us busy, of %j', (part, times) => {
    const long = part.repeat(times)
    expect(masksAmong([`a/${long}!.png`, `b/${long}.png`]).size).toBe(0)
  })

  it('are no class and no samples, and are counted', async () => {
    const found = await read(
      inFolders(['images/cat', 'images/dog', 'masks/cat', 'masks/dog'], numbers),
    )
    expect(classesOf(found)).toEqual(['cat', 'dog'])
    expect(found.reading.account).toMatchObject({
      read: 6,
      leftOut: [{ reason: 'masks', count: 6 }],
    })
    const flat = await read(inFolders(['images', 'masks'], numbers))
    expect(classesOf(flat)).toBeNull()
    expect(leftOf(flat)).toEqual({ masks: ['masks/0.png', 'masks/1.png', 'masks/2.png'] })
  })
})
