import { describe, expect, it } from 'vitest'
import {
  drained,
  exactFile,
  freshEngine,
  lastOf,
  quantized,
} from '../../../testing/engine/drive-engine'
import { pairsGround, pairsZip, targetsOf } from '../../../testing/engine/pairs-ground'
import {
  enlargedPairs,
  greyBytes,
  greyPng,
  negativeGraph,
  pairFiles,
  pixelModel,
} from '../../../testing/files/picture-pairs'
import { againGuessed } from '../../data/data-settings'
import { withScale } from '../../data/preparation'

const engine = freshEngine()
const { attach, open, scores } = pairsGround(engine)
const four = (index: number): string => String(index).padStart(4, '0')

describe('pairs of pictures are measured number by number', () => {
  it.each<[string, (index: number) => string, (index: number) => string, string]>([
    ['input and target', (i) => `input/${four(i)}.png`, (i) => `target/${four(i)}.png`, 'target'],
    ['X and y', (i) => `data/X/${i}.png`, (i) => `data/y/${i}.png`, 'y'],
    ['lr and hr', (i) => `lr/${four(i)}x2.png`, (i) => `hr/${four(i)}.png`, 'hr'],
    ['images and masks', (i) => `images/${i}.png`, (i) => `masks/${i}.png`, 'masks'],
    ['masks with an ending', (i) => `images/${i}.png`, (i) => `masks/${i}_mask.png`, 'masks'],
    ['as Carvana', (i) => `train/${i}.png`, (i) => `train_masks/${i}_mask.png`, 'train_masks'],
    [
      'as ISIC',
      (i) => `ISIC_Training_Data/ISIC_${four(i)}.png`,
      (i) => `ISIC_Training_Part1_GroundTruth/ISIC_${four(i)}_segmentation.png`,
      'ISIC_Training_Part1_GroundTruth',
    ],
    ['as CamVid', (i) => `train/${i}.png`, (i) => `train_labels/${i}_L.png`, 'train_labels'],
    ['noisy and clean', (i) => `set/noisy/${i}.png`, (i) => `set/clean/${i}.png`, 'clean'],
    ['noisy and original', (i) => `noisy/${i}.png`, (i) => `original/${i}.png`, 'original'],
    ['endings of names', (i) => `${four(i)}_in.png`, (i) => `${four(i)}_out.png`, '*_out'],
    ['a mask beside', (i) => `all/${i}.png`, (i) => `all/${i}_mask.png`, '*_mask'],
    [
      'splits above',
      (i) => `${i % 2 === 0 ? 'train' : 'test'}/input/${i}.png`,
      (i) => `${i % 2 === 0 ? 'train' : 'test'}/target/${i}.png`,
      'target',
    ],
    [
      'splits in the names of folders',
      (i) => `${i % 2 === 0 ? 'train' : 'test'}A/${i}.png`,
      (i) => `${i % 2 === 0 ? 'train' : 'test'}B/${i}.png`,
      'trainB, testB',
    ],
  ])('%s', async (_, input, output, folder) => {
    await open(pixelModel(-1, 1))
    const data = await attach([pairsZip(pairFiles(10, input, output))])
    expect(data.settings).toMatchObject({ task: 'regression', targetScale: 'unit' })
    expect(data.tasks).toEqual(['regression', 'unlabelled'])
    const { reading, samples } = data.own ?? {}
    expect(samples).toBe(10)
    expect(
      targetsOf(reading ?? { controls: [] })?.[0]
        ?.split(', ')
        .sort(),
    ).toEqual(folder.split(', ').sort())
    expect(reading?.account).toEqual({ read: 20, leftOut: [] })
    const { mae, r2, total } = await scores()
    expect(total).toBe(5)
    expect(mae).toBeLessThan(1e-6)
    expect(r2).toBeCloseTo(1, 9)
  })

  it.each([
    ['0 to 1', -1, 1, 'unit'],
    ['-1 to 1', -2, 1, 'signed'],
    ['0 to 255', -255, 255, 'bytes'],
  ] as const)('of outputs from %s', async (_, factor, shift, scale) => {
    await open(pixelModel(factor, shift))
    const data = await attach([
      pairsZip(
        pairFiles(
          8,
          (i) => `in/${i}.png`,
          (i) => `out/${i}.png`,
        ),
      ),
    ])
    expect(data.settings.targetScale).toBe(scale)
    expect(data.scaleGuess?.scale).toBe(scale)
    const right = await scores()
    expect(right.r2).toBeCloseTo(1, 9)
    const other = scale === 'bytes' ? 'unit' : 'bytes'
    const wrong = await engine.current.data.configure({ ...data.settings, targetScale: other })
    expect(wrong.settings.targetScale).toBe(other)
    expect((await scores()).r2).toBeLessThan(0.5)
    const again = await engine.current.data.configure(againGuessed(wrong.settings, other))
    expect(again.settings.targetScale).toBe(scale)
  })

  it('is scaled anew where the model is shown other numbers', async () => {
    await open(pixelModel(1, 0))
    const data = await attach([
      pairsZip(
        pairFiles(
          8,
          (i) => `in/${i}.png`,
          (i) => `out/${i}.png`,
        ),
      ),
    ])
    const { preparation } = data.settings
    if (preparation === null) throw new Error('no pictures')
    const shown = { ...data.settings, preparation: withScale(preparation, 'bytes') }
    const next = await engine.current.data.configure(againGuessed(shown, data.scaleGuess?.scale))
    expect([data.settings.targetScale, next.settings.targetScale]).toEqual(['unit', 'bytes'])
  })

  it('compares a compressed model with the original on the same pictures', async () => {
    await open(pixelModel(-0.5, 0.75))
    await attach([
      pairsZip(
        pairFiles(
          8,
          (i) => `in/${i}.png`,
          (i) => `out/${i}.png`,
        ),
      ),
    ])
    const { events } = await drained(
      engine.current.recipe.preview({ recipe: quantized(2), focus: [], mode: 'settled' }),
    )
    const [mae, r2] = lastOf(events, 'scores').scores
    const original = await scores()
    expect(mae?.original).toBeCloseTo(original.mae, 9)
    expect(r2?.original).toBeCloseTo(original.r2 ?? NaN, 9)
    // 0.75 - 0.5 x beside 1 - x leaves (0.5 x - 0.25): half of the error of a constant, a quarter of its square.
    expect(original.r2).toBeGreaterThan(0.6)
    expect(original.r2).toBeLessThan(0.8)
    const { result } = await drained(
      engine.current.recipe.export({ recipe: quantized(2), target: exactFile }),
    )
    expect(result.test).toMatchObject({
      type: 'scores',
      task: 'regression',
      split: 'test',
      total: 4,
    })
  })

  it.each([
    ['known', [4, 4, 1]],
    ['of its input', [null, null, 1]],
  ])('brings targets to the size of what is made: %s', async (_, sides) => {
    await open(pixelModel(-1, 1, { sides, enlarge: 2 }))
    const data = await attach([pairsZip(enlargedPairs(8))])
    const { preparation } = data.settings
    if (preparation === null) throw new Error('no pictures')
    await engine.current.data.configure({
      ...data.settings,
      preparation: { ...preparation, height: 4, width: 4 },
    })
    expect((await scores()).r2).toBeCloseTo(1, 9)
  })

  it('follows a graph of any size, which only knows the sides of its first run', async () => {
    await open(Promise.resolve(negativeGraph()))
    const data = await attach([
      pairsZip(
        pairFiles(
          8,
          (i) => `in/${i}.png`,
          (i) => `out/${i}.png`,
        ),
      ),
    ])
    const { preparation } = data.settings
    if (preparation === null) throw new Error('no pictures')
    for (const side of [8, 5]) {
      await engine.current.data.configure({
        ...data.settings,
        preparation: { ...preparation, height: side, width: side },
      })
      // Both are made smaller, each rounded to bytes.
      expect((await scores()).r2).toBeCloseTo(1, side === 8 ? 9 : 3)
    }
  })

  it('reads masks that are written in 0 and 1 as they are', async () => {
    await open(pixelModel(1, 0))
    const files = new Map<string, Uint8Array>()
    for (let index = 0; index < 8; index++) {
      const flags = greyBytes(index).map((byte) => byte & 1)
      files.set(`images/${index}.png`, greyPng(flags.map((flag) => 255 * flag)))
      files.set(`masks/${index}.png`, greyPng(flags))
    }
    const data = await attach([pairsZip(files)])
    expect(data.settings.targetScale).toBe('bytes')
    expect((await scores()).r2).toBeCloseTo(1, 9)
  })
})
