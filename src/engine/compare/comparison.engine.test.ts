import { encode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import { drained, errorOf, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { sampleFiles } from '../../../testing/models/sample-files'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { openBars } from '../../../testing/engine/training-ground'
import { defaultRecipe } from '../../techniques/recipe'

const engine = freshEngine()
const rough = recipeWith({ quantize: { bits: 2, range: 'minMax' }, prune: { value: 0.6 } })

async function openDigits(): Promise<void> {
  await drained(engine.current.model.open({ files: sampleFiles('lenet-300-100') }))
  await drained(engine.current.data.attach({ datasetId: 'mnist', settings: null }))
}

describe('original and compressed model, sample by sample', () => {
  it('agree with what the measure counts', async () => {
    await openDigits()
    const { result: comparison } = await drained(
      engine.current.measure.compare({ recipe: rough, most: 5 }),
    )
    const { events } = await drained(
      engine.current.recipe.preview({ recipe: rough, focus: [], mode: 'settled' }),
    )
    const { correct, originalCorrect, paired, total } = lastOf(events, 'accuracy')
    const { counts, flips, samples } = comparison
    expect(samples).toBe(total)
    expect(counts).toMatchObject({ lost: paired.onlyOriginal, won: paired.onlyCompressed })
    expect(counts.lost).toBeGreaterThan(5)
    expect(originalCorrect - counts.lost + counts.won).toBe(correct)
    expect(flips.filter(({ kind }) => kind === 'lost')).toHaveLength(5)
    for (const { after, before, kind, label, picture } of flips) {
      expect(before.output).not.toBe(after.output)
      expect(before.output === label).toBe(kind === 'lost')
      expect(after.output === label).toBe(kind === 'won')
      expect(before.probability).toBeGreaterThan(0.1)
      expect(before.probability).toBeLessThanOrEqual(1)
      expect(picture).toMatchObject({ width: 28, height: 28 })
    }
  })

  it('do not differ where no step is on', async () => {
    await openDigits()
    const request = { recipe: defaultRecipe, most: 5 }
    const { result } = await drained(engine.current.measure.compare(request))
    expect(result).toMatchObject({ counts: { lost: 0, won: 0, otherMistake: 0 }, flips: [] })
  })

  it('need a model and labelled data', async () => {
    const compare = () => drained(engine.current.measure.compare({ recipe: rough, most: 5 }))
    expect(await errorOf(compare())).toMatchObject({ code: 'engine/no-model' })
    await drained(engine.current.model.open({ files: sampleFiles('lenet-300-100') }))
    expect(await errorOf(compare())).toMatchObject({ code: 'engine/no-data' })
  })
})

describe('settings beside those of the controls', () => {
  it('are measured as a preview measures them, and end none', async () => {
    await openBars(engine.current)
    const preview = engine.current.recipe.preview({
      recipe: defaultRecipe,
      focus: [],
      mode: 'settled',
    })
    await preview.next()
    const tried = await engine.current.recipe.try({ recipe: rough })
    const own = await drained(preview)
    expect(lastOf(own.events, 'accuracy').measured).toBe(lastOf(own.events, 'accuracy').total)
    const { events } = await drained(
      engine.current.recipe.preview({ recipe: rough, focus: [], mode: 'settled' }),
    )
    const { reportBytes, zipped } = lastOf(events, 'size').sizes
    expect(tried.size).toEqual({ zipped, reportBytes })
    expect(tried.measure).toEqual(lastOf(events, 'accuracy'))
  })

  it('can be cancelled', async () => {
    await openBars(engine.current)
    const abort = new AbortController()
    abort.abort()
    expect(await errorOf(engine.current.recipe.try({ recipe: rough }, abort.signal))).toMatchObject(
      {
        code: 'engine/cancelled',
      },
    )
  })
})

describe('a drawn picture', () => {
  it('is answered by both models as a picture of the data is', async () => {
    await openDigits()
    const {
      inputs: [shown],
      answers,
    } = await engine.current.data.sample({ index: 3 })
    const picture = shown?.picture
    const pixels = Uint8Array.from({ length: 784 }, (_, place) => picture?.rgba[4 * place] ?? 0)
    const { compressed, original } = await engine.current.measure.drawn({ recipe: rough, pixels })
    expect(original[answers[0]?.output ?? -1]).toBeCloseTo(answers[0]?.value ?? NaN, 5)
    expect(original.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4)
    expect(compressed).toHaveLength(10)
    expect(compressed).not.toEqual(original)
    const { compressed: same } = await engine.current.measure.drawn({
      recipe: defaultRecipe,
      pixels,
    })
    expect(same).toEqual(original)
  })

  it('of another size is refused, and one without built-in data too', async () => {
    await openDigits()
    const small = { recipe: rough, pixels: new Uint8Array(10) }
    expect(await errorOf(engine.current.measure.drawn(small))).toMatchObject({
      code: 'data/shape-mismatch',
    })
    await openBars(engine.current)
    const pixels = new Uint8Array(784)
    expect(await errorOf(engine.current.measure.drawn({ recipe: rough, pixels }))).toMatchObject({
      code: 'engine/no-data',
    })
  })
})

describe('a picture file', () => {
  /** The fourth digit of the data as a file, and what is said to it there. */
  async function digit() {
    await openDigits()
    const {
      inputs: [shown],
      answers,
    } = await engine.current.data.sample({ index: 3 })
    const picture = shown?.picture
    const data = Uint8Array.from({ length: 784 }, (_, place) => picture?.rgba[4 * place] ?? 0)
    const file = new File(
      [new Uint8Array(encode({ width: 28, height: 28, data, channels: 1 }))],
      'seven.png',
    )
    return { answers, data, file }
  }

  it('is answered by both models as the data would be, and takes the place of nothing', async () => {
    const { answers, data, file } = await digit()
    const asked = await engine.current.measure.asked({ recipe: rough, file })
    expect(asked.picture).toMatchObject({ width: 28, height: 28 })
    expect(asked.original[answers[0]?.output ?? -1]).toBeCloseTo(answers[0]?.value ?? NaN, 5)
    const drawn = await engine.current.measure.drawn({ recipe: rough, pixels: data })
    expect(asked.original).toEqual(drawn.original)
    expect(asked.compressed).toEqual(drawn.compressed)
    expect(asked.compressed).not.toEqual(asked.original)
    expect(await engine.current.data.sample({ index: 3 })).toMatchObject({ index: 3, answers })
  })

  it('is answered without any data, at any size', async () => {
    const { file } = await digit()
    await drained(engine.current.model.open({ files: sampleFiles('lenet-5') }))
    const { original } = await engine.current.measure.asked({ recipe: defaultRecipe, file })
    const grown = encode({
      width: 56,
      height: 40,
      data: new Uint8Array(56 * 40).fill(9),
      channels: 1,
    })
    const other = new File([new Uint8Array(grown)], 'other.png')
    const { original: unlike, picture } = await engine.current.measure.asked({
      recipe: defaultRecipe,
      file: other,
    })
    expect(original).toHaveLength(10)
    expect(original.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4)
    expect(picture).toMatchObject({ width: 28, height: 28 })
    expect(unlike).not.toEqual(original)
  })

  it('that is none is refused by name', async () => {
    await openDigits()
    const file = new File(['no picture'], 'cat.png')
    expect(await errorOf(engine.current.measure.asked({ recipe: rough, file }))).toMatchObject({
      code: 'data/image-broken',
    })
  })
})
