import * as tf from '@tensorflow/tfjs'
import { describe, expect, it, vi } from 'vitest'
import { drained, errorOf, freshEngine } from '../../../../testing/engine/drive-engine'
import { distilling, smallModel, teachingGround } from '../../../../testing/engine/teaching-ground'
import { barModel } from '../../../../testing/models/bar-model'
import {
  attachUnlabelled,
  bitsOf,
  ofType,
  openBars,
  trainer,
} from '../../../../testing/engine/training-ground'
import { createRandom } from '../../../core/random'
import { defaultRecipe } from '../../../techniques/recipe'

const engine = freshEngine()
const train = trainer(engine)
const { openSmall, trainedBars } = teachingGround(engine)

describe('a teacher', () => {
  it('hints from inside another layer, bit for bit the same after a break, and leaves nothing of it in the model', async () => {
    const files = await trainedBars()
    await openBars(engine.current)
    const { result: teacher } = await drained(engine.current.teacher.open({ files }))
    const inner = teacher.features.find(({ name }) => name === 'relu')
    expect(inner?.shape).toEqual([null, 8, 8, 6])
    const hint = { studentLayer: 'relu', teacherLayer: 'relu', weight: 2 }
    const settings = distilling({ teacher: teacher.id, hint }, { epochs: 3 })
    const whole = await train({ settings })
    expect(whole.result.trained.weights.size).toBe(4 * 213)
    const without = await train({ settings: distilling({ teacher: teacher.id }, { epochs: 3 }) })
    expect(await bitsOf(without.result)).not.toEqual(await bitsOf(whole.result))
    const checkpoint = ofType(whole.events, 'checkpoint').find(({ epoch }) => epoch === 1)
    const rest = await train({ settings, resume: checkpoint?.file ?? null })
    const ends = [whole, rest].map(({ events }) => ofType(events, 'validation').slice(-1)[0])
    expect(ends[1]?.trained.id).toBe(ends[0]?.trained.id)

    const before = tf.memory().numTensors
    await train({ settings: distilling({ teacher: teacher.id, hint }, { epochs: 1, shift: 0 }) })
    expect(tf.memory().numTensors).toBe(before)
    const wrong = { ...hint, teacherLayer: 'classes' }
    await expect(
      train({ settings: distilling({ teacher: teacher.id, hint: wrong }) }),
    ).rejects.toMatchObject({ code: 'train/hint-layer' })
    const nowhere = { ...hint, studentLayer: 'nowhere' }
    await expect(
      train({ settings: distilling({ teacher: teacher.id, hint: nowhere }) }),
    ).rejects.toMatchObject({ code: 'train/hint-layer' })
  })

  it('asked first teaches the same, and is gone before the student comes', async () => {
    const files = await trainedBars()
    await openSmall()
    const { result: teacher } = await drained(engine.current.teacher.open({ files }))
    const live = distilling({ teacher: teacher.id, alpha: 0 }, { shift: 0 })
    const first = distilling({ teacher: teacher.id, alpha: 0, askFirst: true }, { shift: 1 })
    const before = tf.memory().numTensors
    const [one, other] = [await train({ settings: live }), await train({ settings: first })]
    expect(tf.memory().numTensors).toBe(before)
    expect(other.result.trained.id).toBe(one.result.trained.id)
    // The record says what was really done.
    expect(other.result.trained.history[0]?.settings).toMatchObject({ shift: 0, flip: false })
    const hint = { studentLayer: 'flat', teacherLayer: 'flat', weight: 1 }
    await expect(
      train({ settings: distilling({ teacher: teacher.id, askFirst: true, hint }) }),
    ).rejects.toMatchObject({ code: 'train/hint-layer' })
  })

  it('too large beside the student says what it needs, and can be asked first', async () => {
    const files = await trainedBars()
    await openSmall()
    const { result: teacher } = await drained(engine.current.teacher.open({ files }))
    // Memory for one of them at a time: a second model while the first is there does not fit.
    const engineOfTensors = tf.engine()
    const variables = (): number => Object.keys(engineOfTensors.registeredVariables).length
    const [weights = 0] = [barModel(), smallModel()]
      .map((model) => {
        const { length } = model.weights
        model.dispose()
        return length
      })
      .sort((a, b) => b - a)
    const room = variables() + weights
    const make = engineOfTensors.makeVariable.bind(engineOfTensors)
    const spy = vi.spyOn(engineOfTensors, 'makeVariable').mockImplementation((...how) => {
      if (variables() >= room) throw new RangeError('Array buffer allocation failed')
      return make(...how)
    })
    const before = tf.memory().numTensors
    const settings = distilling({ teacher: teacher.id, alpha: 0 }, { epochs: 1 })
    const error = await errorOf(train({ settings }))
    expect(error.code).toBe('train/teacher-memory')
    expect(error.params['bytes']).toBeGreaterThan(4 * 213)
    expect(tf.memory().numTensors).toBe(before)
    const asked = distilling({ teacher: teacher.id, alpha: 0, askFirst: true }, { epochs: 1 })
    const { result } = await train({ settings: asked })
    expect(result.end).toBe('finished')
    spy.mockRestore()
    const failing = vi.spyOn(tf.engine(), 'gradients').mockImplementation(() => {
      throw new RangeError('Array buffer allocation failed')
    })
    expect((await errorOf(train({ settings }))).code).toBe('train/teacher-memory')
    expect((await errorOf(train({ settings: asked }))).code).toBe('train/out-of-memory')
    failing.mockRestore()
  })

  it('alone says what is right where there are no labels, and epochs are compared by it', async () => {
    const files = await trainedBars()
    await openSmall()
    await attachUnlabelled(engine.current)
    const { result: teacher } = await drained(engine.current.teacher.open({ files }))
    const before = tf.memory().numTensors
    const settings = distilling({ teacher: teacher.id }, { epochs: 6 })
    const { events, result } = await train({ settings })
    expect(tf.memory().numTensors).toBe(before)
    const [start] = ofType(events, 'validation')
    const errorTo = (measure: typeof result.measure | undefined): number => {
      expect(measure).toMatchObject({ type: 'agreement', against: 'teacher' })
      return measure?.type === 'agreement' ? measure.relativeError : NaN
    }
    // Of the student as it was, which is no better than any other untrained model.
    expect(errorTo(start?.measure)).toBeGreaterThan(0.8)
    expect(errorTo(result.measure)).toBeLessThan(0.85 * errorTo(start?.measure))
  })

  it('and everything that belongs to it is gone when the run is cancelled, wherever that is', async () => {
    const files = await trainedBars()
    await openBars(engine.current)
    const { result: teacher } = await drained(engine.current.teacher.open({ files }))
    const hint = { studentLayer: 'relu', teacherLayer: 'relu', weight: 1 }
    const random = createRandom(3)
    const before = tf.memory().numTensors
    for (const part of [{ hint }, { askFirst: true }, {}])
      for (let trial = 0; trial < 3; trial++) {
        const controller = new AbortController()
        setTimeout(() => {
          controller.abort()
        }, random.below(250))
        const request = {
          recipe: defaultRecipe,
          settings: distilling({ teacher: teacher.id, ...part }, { epochs: 100 }),
          resume: null,
          largestPiece: null,
        }
        const run = drained(engine.current.train.start(request, controller.signal))
        expect((await errorOf(run)).code).toBe('engine/cancelled')
        expect(tf.memory().numTensors).toBe(before)
      }
  })
})
