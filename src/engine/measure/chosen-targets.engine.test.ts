import { describe, expect, it } from 'vitest'
import {
  drained,
  errorOf,
  filesOf,
  freshEngine,
  lastOf,
  quantized,
} from '../../../testing/engine/drive-engine'
import { pairsGround, pairsZip, targetsOf } from '../../../testing/engine/pairs-ground'
import { caseModel } from '../../../testing/files/picture-cases'
import { greyBytes, greyPng, pairFiles, pixelModel } from '../../../testing/files/picture-pairs'
import { chineseSentence, sentence } from '../../../testing/files/refusals'

const engine = freshEngine()
const { attach, open, scores } = pairsGround(engine)

describe('what pictures should become', () => {
  const pairs = pairFiles(
    10,
    (i) => `noisy/${i}.png`,
    (i) => `clean/${i}.png`,
  )

  it('can be nothing: then outputs are compared with those of the original', async () => {
    await open(pixelModel(-1, 1))
    const data = await attach([pairsZip(pairs)], { targetsFrom: [''] })
    expect(data).toMatchObject({ settings: { task: 'unlabelled' }, own: { samples: 10 } })
    expect(data.own?.reading.account).toMatchObject({
      read: 10,
      leftOut: [{ reason: 'targets', count: 10 }],
    })
    const { events } = await drained(
      engine.current.recipe.preview({ recipe: quantized(4), focus: [], mode: 'settled' }),
    )
    expect(lastOf(events, 'agreement')).toMatchObject({ meaning: 'numbers' })
  })

  it('can lie in the other folder', async () => {
    await open(pixelModel(-1, 1))
    const data = await attach([pairsZip(pairs)], { targetsFrom: ['noisy'] })
    expect(data.own?.reading.controls).toContainEqual(
      expect.objectContaining({
        id: 'targetsFrom',
        value: ['noisy'],
        options: ['', 'clean', 'noisy'],
        guessed: false,
      }),
    )
    expect((await scores()).r2).toBeCloseTo(1, 9)
  })

  it('is missing for some, and some belong to nothing', async () => {
    await open(pixelModel(-1, 1))
    const files = new Map(pairs)
    files.delete('clean/3.png')
    files.delete('noisy/5.png')
    files.set('other/7.png', greyPng(greyBytes(99)))
    files.set('clean/broken.png', Uint8Array.of(1, 2, 3))
    files.set('noisy/broken.png', greyPng(greyBytes(98)))
    const data = await attach([pairsZip(files)])
    expect(data.own?.samples).toBe(8)
    expect(data.own?.reading.account).toEqual({
      read: 16,
      leftOut: [
        {
          reason: 'unpaired',
          count: 4,
          examples: [
            'pairs/clean/5.png',
            'pairs/noisy/3.png',
            'pairs/other/7.png',
            'pairs/noisy/broken.png',
          ],
        },
        { reason: 'broken', count: 1, examples: ['broken.png'] },
      ],
    })
    expect((await scores()).r2).toBeCloseTo(1, 9)
  })

  it('is refused by a model that makes no pictures', async () => {
    await open(caseModel(4))
    const masks = pairFiles(
      6,
      (i) => `images/${i}.png`,
      (i) => `masks/${i}.png`,
    )
    const files = [pairsZip(masks)]
    const { result } = await drained(engine.current.data.read({ files, choices: {} }))
    expect(result.reading.account.leftOut).toMatchObject([{ reason: 'masks', count: 6 }])
    expect(targetsOf(result.reading)).toEqual([''])
    const chosen = await errorOf(attach(files, { targetsFrom: ['masks'] }))
    expect(sentence(chosen.toData())).toBe(
      'pairs: the output of the model is 4 for each sample, and what it should make is pictures.',
    )
    expect(chineseSentence(chosen.toData())).toBe(
      'pairs：模型对每个样本的输出为 4，而应当生成的是图片。',
    )
    const all = await attach(files, { targetsFrom: ['*'] })
    expect(all.own).toMatchObject({ samples: 12, reading: { account: { read: 12, leftOut: [] } } })
  })
})

it('loose files are paired as those of a zip', async () => {
  await open(pixelModel(-1, 1))
  const loose = pairFiles(
    8,
    (i) => `${i}-input.png`,
    (i) => `${i}-target.png`,
  )
  const data = await attach(filesOf(loose))
  expect(data.settings.task).toBe('regression')
  expect((await scores()).r2).toBeCloseTo(1, 9)
})
