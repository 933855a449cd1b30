import { describe, expect, it } from 'vitest'
import {
  drained,
  errorOf,
  exactFile,
  file,
  filesOf,
  freshEngine,
  lastOf,
  quantized,
} from '../../../testing/engine/drive-engine'
import { zipOf } from '../../../testing/files/foreign-data'
import { caseModel } from '../../../testing/files/picture-cases'
import {
  enlargedPairs,
  greyBytes,
  greyPng,
  pairFiles,
  pixelModel,
} from '../../../testing/files/picture-pairs'
import { chineseSentence, sentence } from '../../../testing/files/refusals'
import { againGuessed } from '../../data/data-settings'
import { withScale } from '../../data/preparation'
import type { ReadingChoices } from '../../data/reading/reading'

const engine = freshEngine()
const four = (index: number): string => String(index).padStart(4, '0')

const open = async (model: Promise<File[]>) =>
  drained(engine.current.model.open({ files: await model }))
const attach = async (files: readonly File[], choices: ReadingChoices = {}) =>
  (await drained(engine.current.data.open({ files, choices, settings: null }))).result
const zipFile = (files: ReadonlyMap<string, Uint8Array>): File => file('pairs.zip', zipOf(files))

/** Error and fit of the original. */
async function scores(): Promise<{ mae: number; r2: number | null; total: number }> {
  const { events } = await drained(engine.current.measure.original())
  const { scores: found, measured, total, task } = lastOf(events, 'scores')
  expect(task).toBe('regression')
  expect(measured).toBe(total)
  const [mae, r2] = found
  return { mae: mae?.value ?? NaN, r2: r2?.value ?? null, total }
}

const target = (choices: { controls: readonly { id: string; value: readonly string[] }[] }) =>
  choices.controls.find(({ id }) => id === 'targetsFrom')?.value

describe('pairs of pictures are measured number by number', () => {
  it.each<[string, (index: number) => string, (index: number) => string, string]>([
    ['input and target', (i) => `input/${four(i)}.png`, (i) => `target/${four(i)}.png`, 'target'],
    ['X and y', (i) => `data/X/${i}.png`, (i) => `data/y/${i}.png`, 'y'],
    ['lr and hr', (i) => `lr/${four(i)}x2.png`, (i) => `hr/${four(i)}.png`, 'hr'],
    ['images and masks', (i) => `images/${i}.png`, (i) => `masks/${i}.png`, 'masks'],
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
    const data = await attach([zipFile(pairFiles(10, input, output))])
    expect(data.settings).toMatchObject({ task: 'regression', targetScale: 'unit' })
    expect(data.tasks).toEqual(['regression', 'unlabelled'])
    const { reading, samples } = data.own ?? {}
    expect(samples).toBe(10)
    expect(
      target(reading ?? { controls: [] })?.[0]
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
      zipFile(
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
      zipFile(
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
      zipFile(
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
    const data = await attach([zipFile(enlargedPairs(8))])
    const { preparation } = data.settings
    if (preparation === null) throw new Error('no pictures')
    await engine.current.data.configure({
      ...data.settings,
      preparation: { ...preparation, height: 4, width: 4 },
    })
    expect((await scores()).r2).toBeCloseTo(1, 9)
  })

  it('reads masks that are written in 0 and 1 as they are', async () => {
    await open(pixelModel(1, 0))
    const files = new Map<string, Uint8Array>()
    for (let index = 0; index < 8; index++) {
      const flags = greyBytes(index).map((byte) => byte & 1)
      files.set(`images/${index}.png`, greyPng(flags.map((flag) => 255 * flag)))
      files.set(`masks/${index}.png`, greyPng(flags))
    }
    const data = await attach([zipFile(files)])
    expect(data.settings.targetScale).toBe('bytes')
    expect((await scores()).r2).toBeCloseTo(1, 9)
  })
})

describe('what pictures should become', () => {
  const pairs = pairFiles(
    10,
    (i) => `noisy/${i}.png`,
    (i) => `clean/${i}.png`,
  )

  it('can be nothing: then outputs are compared with those of the original', async () => {
    await open(pixelModel(-1, 1))
    const data = await attach([zipFile(pairs)], { targetsFrom: [''] })
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
    const data = await attach([zipFile(pairs)], { targetsFrom: ['noisy'] })
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
    const data = await attach([zipFile(files)])
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
    const files = [zipFile(masks)]
    const { result } = await drained(engine.current.data.read({ files, choices: {} }))
    expect(result.reading.account.leftOut).toMatchObject([{ reason: 'masks', count: 6 }])
    expect(target(result.reading)).toEqual([''])
    const chosen = await errorOf(attach(files, { targetsFrom: ['masks'] }))
    expect(sentence(chosen.toData())).toBe(
      'pairs: the output of the model is 4 for each sample, and what it should make is pictures.',
    )
    expect(chineseSentence(chosen.toData())).toBe(
      'pairs：模型对每个样本的输出为 4，而应当生成的是 图片。',
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
