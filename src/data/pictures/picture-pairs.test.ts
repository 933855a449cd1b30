import { describe, expect, it } from 'vitest'
import { pairName } from './pair-words'
import { pairWays } from './picture-pairs'

const go = () => Promise.resolve()

describe('names that say what is shown and what should be made', () => {
  it.each([
    ['input', 'input', ''],
    ['targets', 'target', ''],
    ['train_HR', 'target', 'train'],
    ['DIV2K_train_LR_bicubic', 'input', 'div 2 k train'],
    ['DIV2K_train_HR', 'target', 'div 2 k train'],
    ['trainB', 'target', 'train'],
    ['X', 'input', ''],
    ['clean_images', 'target', ''],
    ['noisy images', 'input', ''],
    ['ground truth', 'target', ''],
    ['输入', 'input', ''],
    ['目标', 'target', ''],
    ['with_mask', null, 'with mask'],
    ['without_mask', null, 'without mask'],
    ['input_output', null, ''],
    ['cats', null, 'cats'],
  ])('%s', (name, side, rest) => {
    expect(pairName(name, false)).toMatchObject({ side, rest })
  })

  it('an original is made of something spoiled, and shown beside all else', () => {
    expect(pairName('original', true).side).toBe('target')
    expect(pairName('original', false).side).toBe('input')
  })
})

/** Pairs by name of the likeliest way. */
async function likely(paths: readonly string[]): Promise<{ name: string; pairs: string[] } | null> {
  const [way] = await pairWays(paths, go)
  if (way?.isLikely !== true) return null
  const pairs = way.pairs.map(({ input, target }) => `${paths[input]} ${paths[target]}`)
  return { name: way.name, pairs: pairs.sort() }
}

describe('pictures are paired', () => {
  it.each<[string, string[], string, string[]]>([
    [
      'with other endings and factors of size',
      ['lr/0001x4.jpg', 'hr/0001.png', 'lr/0002x4.jpg', 'hr/0002.png'],
      'hr',
      ['lr/0001x4.jpg hr/0001.png', 'lr/0002x4.jpg hr/0002.png'],
    ],
    [
      'as DIV2K has them',
      ['DIV2K_train_HR/0001.png', 'DIV2K_train_LR_bicubic/X2/0001x2.png'],
      'DIV2K_train_HR',
      ['DIV2K_train_LR_bicubic/X2/0001x2.png DIV2K_train_HR/0001.png'],
    ],
    [
      'within their folders',
      ['a1/in/1.png', 'a1/out/1.png', 'a2/in/1.png', 'a2/out/1.png'],
      'out',
      ['a1/in/1.png a1/out/1.png', 'a2/in/1.png a2/out/1.png'],
    ],
    [
      'across a folder below',
      ['input/train/1.png', 'target/train/1.png', 'input/test/1.png', 'target/test/1.png'],
      'target',
      ['input/test/1.png target/test/1.png', 'input/train/1.png target/train/1.png'],
    ],
    [
      'with a folder that is called after the set',
      ['street/1.png', 'street_masks/1.png', 'street/2.png', 'street_masks/2.png'],
      'street_masks',
      ['street/1.png street_masks/1.png', 'street/2.png street_masks/2.png'],
    ],
    [
      'by words in front',
      ['input_1.png', 'target_1.png', 'input_2.png', 'target_2.png'],
      'target_*',
      ['input_1.png target_1.png', 'input_2.png target_2.png'],
    ],
    [
      'with a mask beside a picture that is called a picture',
      ['a/img_1.png', 'a/img_1_mask.png', 'a/img_2.png', 'a/img_2_mask.png'],
      '*_mask',
      ['a/img_1.png a/img_1_mask.png', 'a/img_2.png a/img_2_mask.png'],
    ],
    [
      'with what is shown, not with a third',
      ['depth/1.png', 'images/1.png', 'masks/1.png', 'masks/2.png', 'images/2.png'],
      'masks',
      ['images/1.png masks/1.png', 'images/2.png masks/2.png'],
    ],
    [
      'as Carvana has them',
      [
        'train/0cd_01.jpg',
        'train/0cd_02.jpg',
        'train_masks/0cd_01_mask.gif',
        'train_masks/0cd_02_mask.gif',
      ],
      'train_masks',
      [
        'train/0cd_01.jpg train_masks/0cd_01_mask.gif',
        'train/0cd_02.jpg train_masks/0cd_02_mask.gif',
      ],
    ],
    [
      'of which there is one',
      ['images/x.png', 'masks/x_mask.png'],
      'masks',
      ['images/x.png masks/x_mask.png'],
    ],
    [
      'as ISIC 2016 has them',
      ['Training_Data/ISIC_01.jpg', 'Training_GroundTruth/ISIC_01_Segmentation.png'],
      'Training_GroundTruth',
      ['Training_Data/ISIC_01.jpg Training_GroundTruth/ISIC_01_Segmentation.png'],
    ],
    [
      'as ISIC 2017 has them, with another split',
      [
        'ISIC-2017_Training_Data/ISIC_01.jpg',
        'ISIC-2017_Training_Part1_GroundTruth/ISIC_01_segmentation.png',
        'ISIC-2017_Test_Data/ISIC_01.jpg',
        'ISIC-2017_Test_Part1_GroundTruth/ISIC_01_segmentation.png',
      ],
      'ISIC-2017_Training_Part1_GroundTruth, ISIC-2017_Test_Part1_GroundTruth',
      [
        'ISIC-2017_Test_Data/ISIC_01.jpg ISIC-2017_Test_Part1_GroundTruth/ISIC_01_segmentation.png',
        'ISIC-2017_Training_Data/ISIC_01.jpg ISIC-2017_Training_Part1_GroundTruth/ISIC_01_segmentation.png',
      ],
    ],
    [
      'as ISIC 2018 has them',
      [
        'ISIC2018_Task1-2_Training_Input/ISIC_01.jpg',
        'ISIC2018_Task1_Training_GroundTruth/ISIC_01_segmentation.png',
      ],
      'ISIC2018_Task1_Training_GroundTruth',
      [
        'ISIC2018_Task1-2_Training_Input/ISIC_01.jpg ISIC2018_Task1_Training_GroundTruth/ISIC_01_segmentation.png',
      ],
    ],
    [
      'as CamVid has them',
      ['train/1.png', 'train_labels/1_L.png', 'val/1.png', 'val_labels/1_L.png'],
      'train_labels, val_labels',
      ['train/1.png train_labels/1_L.png', 'val/1.png val_labels/1_L.png'],
    ],
    [
      'as Cityscapes has them',
      [1, 2].flatMap((i) => [
        `leftImg8bit/a/a_${i}_leftImg8bit.png`,
        `gtFine/a/a_${i}_gtFine_labelIds.png`,
      ]),
      'gtFine',
      [1, 2].map((i) => `leftImg8bit/a/a_${i}_leftImg8bit.png gtFine/a/a_${i}_gtFine_labelIds.png`),
    ],
    [
      'with a word before each name',
      ['images/img_1.png', 'images/img_2.png', 'masks/mask_1.png', 'masks/mask_2.png'],
      'masks',
      ['images/img_1.png masks/mask_1.png', 'images/img_2.png masks/mask_2.png'],
    ],
    [
      'where one of ten has no ending',
      Array.from({ length: 10 }, (_, i) => [
        `images/${i}.png`,
        `masks/${i}${i > 0 ? '_mask' : ''}.png`,
      ]).flat(),
      'masks',
      Array.from({ length: 10 }, (_, i) => `images/${i}.png masks/${i}${i > 0 ? '_mask' : ''}.png`),
    ],
    [
      'by the whole name where it is one',
      ['images/1_mask.png', 'images/1.png', 'masks/1_mask.png'],
      'masks',
      ['images/1_mask.png masks/1_mask.png'],
    ],
  ])('%s', async (_, paths, name, pairs) => {
    expect(await likely(paths)).toEqual({ name, pairs })
  })

  it.each<[string, string[]]>([
    ['classes', ['cat/1.png', 'dog/1.png', 'cat/2.png', 'dog/2.png']],
    ['faces', ['with_mask/1.png', 'without_mask/1.png']],
    ['a folder alone', ['input/1.png', 'input/2.png']],
    ['other names', ['input/a1.png', 'target/b1.png']],
    ['other numbers', ['images/1.png', 'images/2.png', 'masks/3_mask.png', 'masks/4_mask.png']],
    [
      'endings for few',
      ['images/1.png', 'masks/1_mask.png', 'masks/2_mask.png', 'masks/3_mask.png'],
    ],
    ['other splits', ['train_images/1.png', 'test_masks/1_mask.png']],
    ['several for each', ['images/1.png', 'masks/1_left.png', 'masks/1_right.png']],
    ['too few', ['input/1.png', 'target/1.png', 'target/2.png', 'target/3.png']],
  ])('not in %s', async (_, paths) => {
    expect(await likely(paths)).toBeNull()
  })

  it('are offered the other way round, and by names that say nothing', async () => {
    const names = async (paths: string[]): Promise<string[]> =>
      (await pairWays(paths, go)).map(({ name }) => name)
    expect(await names(['noisy/1.png', 'clean/1.png'])).toEqual(['clean', 'noisy'])
    expect(await names(['one/1.png', 'two/1.png'])).toEqual(['one', 'two'])
  })

  it('takes no time over hostile names', async () => {
    const long = '_-. '.repeat(5_000)
    const paths = [`${long}x/1.png`, `${long}y/1.png`, `${long}a.png`, `${'a'.repeat(20_000)}1.png`]
    expect(await pairWays(paths, go)).toBeInstanceOf(Array)
    const many = Array.from({ length: 200 }, (_, at) => `${'d/'.repeat(400)}${at}.png`)
    expect(await pairWays(many, go)).toEqual([])
  })
})
