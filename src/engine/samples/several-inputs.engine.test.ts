import * as tf from '@tensorflow/tfjs'
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
import { distilling, filesOf as filesOfBuilt } from '../../../testing/engine/teaching-ground'
import {
  accuracyOf,
  openBuilt,
  settingsWith,
  trainer,
} from '../../../testing/engine/training-ground'
import {
  SIDE,
  differenceGraph,
  differenceModel,
  differences,
  mixedModel,
  mixedSamples,
  npzOf,
} from '../../../testing/models/several-inputs'
import type { Differences } from '../../../testing/models/several-inputs'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { inputsChoice } from '../../data/reading/input-choices'
import type { ReadingChoices } from '../../data/reading/reading'

const engine = freshEngine()
const train = trainer(engine)

const openGraph = (counts?: readonly number[]): Promise<unknown> => {
  const { json, shards } = differenceGraph(counts)
  const files = new Map([['model.json', new TextEncoder().encode(JSON.stringify(json))], ...shards])
  return drained(engine.current.model.open({ files: filesOf(files) }))
}

const attach = async (files: readonly File[], choices: ReadingChoices = {}) =>
  (await drained(engine.current.data.open({ files, choices, settings: null }))).result

/** Arrays under these names, right before left. */
const arrays = ({ count, left, right, labels }: Differences, names = ['right', 'left']): File =>
  file(
    'pairs.npz',
    npzOf({
      [names[0] ?? '']: ['<f4', [count, SIDE], right],
      [names[1] ?? '']: ['<f4', [count, SIDE], left],
      y: ['<i4', [count], labels],
    }),
  )

const accuracy = async (): Promise<number> => {
  const { events } = await drained(engine.current.measure.original())
  const { correct, measured } = lastOf(events, 'accuracy')
  return correct / measured
}

const swapped = {
  inputsFrom: inputsChoice([
    { input: 'left', from: ['q'] },
    { input: 'right', from: ['p'] },
  ]),
}

describe('a model with two inputs', () => {
  it.each([
    ['of layers', () => openBuilt(engine.current, differenceModel())],
    ['of a graph', () => openGraph()],
  ])('%s is measured on arrays of its own, and others by choice', async (_, open) => {
    await open()
    const samples = differences(200)
    const found = await attach([arrays(samples)])
    expect(found.splits.find(({ name }) => name === 'validation')?.count).toBeGreaterThan(38)
    expect(await accuracy()).toBe(1)
    // In the order of the file: each input gets the array of the other.
    const guessed = await attach([arrays(samples, ['p', 'q'])])
    expect(guessed.own?.reading.mapping?.slots).toMatchObject([
      { input: 'left', from: ['p'], how: 'place', needed: [SIDE], found: [SIDE] },
      { input: 'right', from: ['q'], how: 'place' },
    ])
    expect(await accuracy()).toBeLessThan(0.5)
    await attach([arrays(samples, ['p', 'q'])], swapped)
    expect(await accuracy()).toBe(1)
  })

  it('is measured on columns of a table', async () => {
    await openBuilt(engine.current, differenceModel())
    const { count, left, right, labels } = differences(120)
    const lines = Array.from({ length: count }, (_, row) =>
      [
        ...right.subarray(row * SIDE, (row + 1) * SIDE),
        ...left.subarray(row * SIDE, (row + 1) * SIDE),
        `c${labels[row]}`,
      ].join(),
    )
    const names = ['right', 'left'].flatMap((name) =>
      ['a', 'b', 'c', 'd'].map((n) => `${name}_${n}`),
    )
    await attach([file('pairs.csv', [[...names, 'label'].join(), ...lines].join('\n'))])
    expect(await accuracy()).toBe(1)
  })

  it.each([
    ['of layers', () => openBuilt(engine.current, differenceModel()), 'difference'],
    ['of a graph', () => openGraph([6, 0.4, 0.2]), 'product'],
  ])('%s learns what it lacks from one that has it', async (_, open, layer) => {
    await open()
    await attach([arrays(differences(400))])
    const recipe = recipeWith({
      prune: { value: 0.3 },
      quantize: { bits: 2, granularity: 'perTensor' },
    })
    const { events } = await drained(
      engine.current.recipe.preview({ recipe, focus: [], mode: 'settled' }),
    )
    const worse = lastOf(events, 'accuracy')
    expect(worse.correct).toBeLessThan(worse.measured)
    const { result: table } = await drained(engine.current.sensitivity.table({ recipe }))
    expect(table.layers.map((one) => one.layer)).toContain(layer)
    const teacherFiles = await filesOfBuilt(differenceModel(true))
    const { result: teacher } = await drained(engine.current.teacher.open({ files: teacherFiles }))
    expect(teacher.measure).toMatchObject({ type: 'accuracy', correct: worse.measured })
    // As somebody says: the wrong way round it teaches something else, and has another name.
    const turned = { files: teacherFiles, inputs: teacher.inputs.map(({ student }) => student) }
    const { result: other } = await drained(
      engine.current.teacher.open({ ...turned, inputs: turned.inputs.toReversed() }),
    )
    expect(other).toMatchObject({ inputsBy: 'chosen' })
    expect(other.id).not.toBe(teacher.id)
    expect(other.measure).toMatchObject({ type: 'accuracy', measured: worse.measured })
    expect(other.measure).not.toMatchObject({ correct: worse.measured })
    await drained(engine.current.teacher.open({ files: teacherFiles }))
    const settings = distilling({ teacher: teacher.id }, { epochs: 4, learningRate: 0.05 })
    const { result } = await train({ recipe, settings })
    expect(accuracyOf(result)).toBeGreaterThan(worse.correct / worse.measured)
    await engine.current.model.addTrained(result.trained)
    const { result: download } = await drained(
      engine.current.recipe.export({ recipe: result.recipe, target: exactFile }),
    )
    expect(download.zip.size).toBeGreaterThan(0)
  })
})

describe('inputs of several kinds', () => {
  const TOKENS = 20
  const mixed = (change: Partial<ReturnType<typeof mixedSamples>> = {}): File => {
    const { labels, words, pictures } = { ...mixedSamples(120, TOKENS), ...change }
    return file(
      'mixed.npz',
      npzOf({
        words: ['<i4', [120, 4], words],
        picture: ['|u1', [120, 8, 8], pictures],
        labels: ['<i4', [120], labels],
      }),
    )
  }

  it('are pictures and tokens, each prepared and shown as its own', async () => {
    await openBuilt(engine.current, mixedModel(TOKENS))
    const before = tf.memory().numTensors
    const { settings } = await attach([mixed()])
    expect(settings).toMatchObject({
      preparation: { height: 8, color: 'grey' },
      morePreparations: [null],
    })
    expect(await accuracy()).toBe(1)
    const { inputs } = await engine.current.data.sample({ index: 2 })
    expect(inputs).toMatchObject([
      { name: 'picture', picture: { width: 8, height: 8 }, shape: [8, 8, 1] },
      { name: 'words', picture: null, shape: [4] },
    ])
    expect(inputs[1]?.values).toHaveLength(4)
    expect(tf.memory().numTensors).toBe(before)
    // Without the classes that only the words tell apart.
    const { events } = await drained(
      engine.current.recipe.preview({ recipe: quantized(2), focus: [], mode: 'settled' }),
    )
    expect(lastOf(events, 'accuracy').measured).toBe(24)
    const { result } = await train({ settings: settingsWith({ epochs: 1, shift: 1 }) })
    expect(accuracyOf(result)).toBeGreaterThan(0.9)
  })

  it('say which of them does not fit', async () => {
    await openBuilt(engine.current, mixedModel(TOKENS))
    const { words, labels } = mixedSamples(120, TOKENS)
    const beyond = Int32Array.from(words, (word, at) => (at === 5 ? TOKENS : word))
    expect(await errorOf(attach([mixed({ words: beyond })]))).toMatchObject({
      code: 'data/token-range',
      params: { row: 2, column: 2, found: TOKENS },
    })
    const flat = file(
      'flat.npz',
      npzOf({
        picture: ['<f4', [120, 9], new Float32Array(120 * 9)],
        words: ['<i4', [120, 4], words],
        y: ['<i4', [120], labels],
      }),
    )
    expect(await errorOf(attach([flat]))).toMatchObject({
      code: 'data/input-shape',
      params: { file: 'picture.npy', input: 'picture', expected: '8 × 8 × 1', found: '9' },
    })
  })
})
