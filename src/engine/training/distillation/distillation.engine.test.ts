import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { drained, freshEngine } from '../../../../testing/engine/drive-engine'
import { eagerClock } from '../../../../testing/engine/small-environment'
import { recipeWith } from '../../../../testing/studio/recipe-with'
import { graphBundle, smallGraph } from '../../../../testing/files/graph-files'
import {
  accuracyOf,
  attachBars,
  attachUnlabelled,
  openBuilt,
  bitsOf,
  floats,
  ofType,
  settingsWith,
  trainer,
} from '../../../../testing/engine/training-ground'
import {
  distilling,
  filesOf,
  smallModel,
  teachingGround,
} from '../../../../testing/engine/teaching-ground'
import { opaqueGraph } from '../../../../testing/files/opaque-graph'
import { openModel } from '../../../formats/importers'
import { defaultDistillation } from '../../../training/training-settings'
import { createGraphModel } from '../../model/graph-model'
import { Teacher } from './teacher'
import { fitted, teacherFit } from './teacher-fit'

const engine = freshEngine(eagerClock())
const train = trainer(engine)
const { openSmall, trainedBars } = teachingGround(engine)

describe('a teacher in the slot', () => {
  it('is measured on the validation split, and a student learns from it alone', async () => {
    const files = await trainedBars()
    await openSmall()
    const { result: teacher } = await drained(engine.current.teacher.open({ files }))
    expect(teacher).toMatchObject({ parameters: 213, resize: null })
    expect(teacher.measure).toMatchObject({ type: 'accuracy', split: 'validation' })
    const { id } = teacher
    // Looked at beside the student: the same numbers as when it is the open model.
    const { result: said } = await drained(engine.current.teacher.outputs({ first: 5 }))
    expect(said).toMatchObject({ samples: 5, classes: 3, kind: 'probabilities' })
    await drained(engine.current.model.open({ files }))
    await attachBars(engine.current)
    await expect(drained(engine.current.teacher.outputs({ first: 5 }))).rejects.toMatchObject({
      code: 'train/no-teacher',
    })
    const { result: itself } = await drained(
      engine.current.measure.outputs({ split: 'validation', recipe: null, first: 5 }),
    )
    // A teacher runs by the graph program, what is measured of the open model by the inference pass.
    const [teachers, own] = [await floats(said.values), await floats(itself.values)]
    expect(teachers).toHaveLength(own.length)
    for (const [at, value] of own.entries()) expect(teachers[at]).toBeCloseTo(value, 5)

    // A student that wants bytes, and a teacher of which nothing says what it wants.
    await openBuilt(engine.current, smallModel(3, 8, true))
    await attachBars(engine.current)
    const { result: untold } = await drained(engine.current.teacher.open({ files }))
    expect(untold).toMatchObject({
      numbers: { scale: 'unit', by: 'tried' },
      measure: teacher.measure,
    })

    await openSmall()
    await drained(engine.current.teacher.open({ files }))
    const soft = await train({ settings: distilling({ teacher: id, alpha: 0 }, { shift: 0 }) })
    const hard = await train({ settings: settingsWith({ epochs: 4, shift: 0 }) })
    expect(accuracyOf(soft.result)).toBeGreaterThan(accuracyOf(hard.result) - 0.1)
    expect(await bitsOf(soft.result)).not.toEqual(await bitsOf(hard.result))
    expect(soft.result.trained.history[0]?.settings.distillation?.teacher).toBe(id)
  })

  it('is shown pictures by the numbers that it asks for', async () => {
    const files = await filesOf(smallModel(3, 8, true))
    await openSmall()
    const { result: teacher } = await drained(engine.current.teacher.open({ files }))
    expect(teacher.numbers).toEqual({ scale: 'bytes', by: 'asked' })
    const { result: said } = await drained(engine.current.teacher.outputs({ first: 5 }))
    const { result: alike } = await drained(
      engine.current.measure.outputs({ split: 'validation', recipe: null, first: 5 }),
    )
    const wanted = await floats(alike.values)
    const apart = (await floats(said.values)).map((answer, at) =>
      Math.abs(answer - (wanted[at] ?? NaN)),
    )
    expect(apart.length).toBe(15)
    expect(Math.max(...apart)).toBeLessThan(1e-6)
  })

  it('may take pictures of another size', async () => {
    await openSmall()
    const { result: teacher } = await drained(
      engine.current.teacher.open({ files: await filesOf(smallModel(3, 16)) }),
    )
    expect(teacher.resize).toEqual([16, 16])
    const settings = distilling({ teacher: teacher.id, alpha: 0 }, { epochs: 8 })
    const steps = ofType((await train({ settings })).events, 'progress')
    const lossOf = (wanted: number): number => {
      const losses = steps.flatMap(({ epoch, loss }) => (epoch === wanted ? [loss] : []))
      return losses.reduce((sum, loss) => sum + loss / losses.length, 0)
    }
    expect(lossOf(7)).toBeLessThan(0.5 * lossOf(0))
  })

  it.each([
    ['8 x 8 x 1, shown 1 x 4 x 6', [8, 8, 1], [1, 4, 6]],
    ['1 x 8 x 8, shown 4 x 6 x 1', [1, 8, 8], [4, 6, 1]],
    ['1 x 8 x 8, shown 1 x 4 x 6', [1, 8, 8], [1, 4, 6]],
    ['8 x 8 x 1, shown 1 x 8 x 8', [8, 8, 1], [1, 8, 8]],
  ] as const)(
    'sees the pictures of its student wherever their channels are: %s',
    (_, own, wanted) => {
      const portsOf = (sides: readonly number[]) => ({
        inputs: [{ name: 'x', shape: [null, ...sides], dtype: 'float32' }],
        outputs: [],
      })
      const fit = teacherFit(portsOf(own), portsOf(wanted), null)
      const numbers = Float32Array.from({ length: 64 }, (__, at) => Math.sin(at))
      const [shown] = tf.tidy(() => fitted([tf.tensor(numbers, [1, ...own])], fit))
      expect(shown?.shape).toEqual([1, ...wanted])
      // One channel has its numbers in the same order first and last.
      const sides = wanted.filter((side) => side !== 1) as [number, number]
      const expected = tf.image.resizeBilinear(tf.tensor4d(numbers, [1, 8, 8, 1]), sides)
      expect(shown?.dataSync()).toEqual(expected.dataSync())
      tf.dispose([shown ?? [], expected])
    },
  )

  it.each([
    ['other classes', () => smallModel(4), { what: 'outputs', expected: '3', found: '4' }],
    [
      'other channels',
      () =>
        tf.sequential({
          layers: [
            tf.layers.flatten({ inputShape: [8, 8, 3] }),
            tf.layers.dense({ units: 3, activation: 'softmax' }),
          ],
        }),
      { what: 'inputs', expected: '8 × 8 × 1', found: '8 × 8 × 3' },
    ],
    [
      'answers of another kind',
      () =>
        tf.sequential({
          layers: [
            tf.layers.flatten({ inputShape: [8, 8, 1] }),
            tf.layers.dense({ units: 3, activation: 'sigmoid' }),
          ],
        }),
      { what: 'kind', expected: 'softmax', found: 'sigmoid' },
    ],
  ] as const)('with %s is refused, and the one before it stays', async (_name, build, params) => {
    await openSmall()
    const { result: teacher } = await drained(
      engine.current.teacher.open({ files: await filesOf(smallModel()) }),
    )
    await expect(
      drained(engine.current.teacher.open({ files: await filesOf(build()) })),
    ).rejects.toMatchObject({ code: 'train/teacher-mismatch', params })
    const settings = distilling({ teacher: teacher.id }, { epochs: 1 })
    expect((await train({ settings })).result.end).toBe('finished')
  })

  it('of weights alone is refused by what it lacks', async () => {
    await openSmall()
    const bytes = readFileSync('testing/models/weights/state.safetensors')
    const files = [new File([Uint8Array.from(bytes)], 'state.safetensors')]
    await expect(drained(engine.current.teacher.open({ files }))).rejects.toMatchObject({
      code: 'open/weights-alone',
    })
  })

  it('belongs to the model that was open', async () => {
    await openSmall()
    const { result } = await drained(
      engine.current.teacher.open({ files: await filesOf(smallModel()) }),
    )
    await openSmall()
    await expect(train({ settings: distilling({ teacher: result.id }) })).rejects.toMatchObject({
      code: 'train/no-teacher',
    })
  })
})

describe('a graph as teacher', () => {
  it.each([
    ['by its graph', smallGraph, (logits: tf.Tensor) => tf.softmax(logits)],
    ['by TensorFlow.js alone', opaqueGraph, (logits: tf.Tensor) => logits],
  ])('answers %s with logits, and keeps those of samples that repeat', async (_, files, said) => {
    const opened = await openModel(graphBundle(files()), () => Promise.resolve())
    const graph = await createGraphModel(opened)
    const teacher = await Teacher.build({
      opened,
      weights: null,
      fit: { order: null, resize: null, channels: null, numbers: null },
      settings: defaultDistillation,
      reading: 'softmax',
      hintLayer: null,
      samples: 4,
      repeats: true,
    })
    const x = tf.randomNormal([4, 8, 8, 3], 0, 1, 'float32', 2)
    const batch = { inputs: [x], samples: Uint32Array.of(2, 0, 3, 1) }
    const within = <Result>(work: () => Result): Result => work()
    const { logits } = await teacher.teach(batch, within)
    const [wanted] = graph.predict([x])
    const difference = tf.tidy(() =>
      tf.div(
        said(logits)
          .sub(wanted ?? 0)
          .abs()
          .max(),
        tf.max(tf.abs(wanted ?? 0)),
      ),
    )
    expect((await difference.data())[0]).toBeLessThan(1e-6)
    // From what is kept the input is not needed any more, and the order is that of the samples.
    const inputs = [tf.zeros([2, 8, 8, 3])]
    const { logits: kept } = await teacher.teach({ inputs, samples: Uint32Array.of(1, 2) }, within)
    const rows = await logits.array()
    expect(await kept.array()).toEqual([3, 0].map((row) => (rows as number[][])[row]))
    tf.dispose([x, logits, wanted, difference, inputs, kept])
    teacher.dispose()
    graph.dispose()
  })
})

describe('the original as teacher', () => {
  it('in one step with pruning and quantization, bit for bit the same again and after a break', async () => {
    const files = await trainedBars()
    await drained(engine.current.model.open({ files }))
    await attachBars(engine.current)
    const recipe = recipeWith({ prune: { value: 0.5 }, quantize: { bits: 4 } })
    for (const shift of [0, 1]) {
      const settings = distilling({}, { epochs: 3, shift })
      const whole = await train({ recipe, settings })
      const again = await train({ recipe, settings })
      expect(await bitsOf(again.result)).toEqual(await bitsOf(whole.result))
      const checkpoint = ofType(whole.events, 'checkpoint').find(({ epoch }) => epoch === 1)
      const rest = await train({ recipe, settings, resume: checkpoint?.file ?? null })
      const ends = [whole, rest].map(({ events }) => ofType(events, 'validation').slice(-1)[0])
      expect(ends[1]?.trained.id).toBe(ends[0]?.trained.id)
    }
  })

  it('brings a damaged model back without any label', async () => {
    const files = await trainedBars()
    await drained(engine.current.model.open({ files }))
    await attachUnlabelled(engine.current)
    const recipe = recipeWith({ quantize: { bits: 2, granularity: 'perTensor' } })
    const { events, result } = await train({ recipe, settings: distilling({}, { epochs: 6 }) })
    const [before] = ofType(events, 'validation')
    const error = (measure: typeof result.measure | undefined): number =>
      measure?.type === 'agreement' ? measure.relativeError : NaN
    expect(error(result.measure)).toBeLessThan(0.7 * error(before?.measure))
  })

  it('nothing to learn from without labels and without a teacher', async () => {
    await openSmall()
    await attachUnlabelled(engine.current)
    await expect(train({ settings: settingsWith() })).rejects.toMatchObject({
      code: 'train/no-labels',
    })
  })

  it('leaves no tensor behind', async () => {
    await openSmall()
    await train({ settings: distilling({}, { epochs: 1, shift: 0 }) })
    const before = tf.memory().numTensors
    await train({ settings: distilling({}, { epochs: 1, shift: 0 }) })
    await train({ settings: distilling({ loss: 'logits' }, { epochs: 1 }) })
    expect(tf.memory().numTensors).toBe(before)
  })
})
