import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { withBothKernelModules } from '../../../../testing/engine/both-kernel-modules'
import { HintHook } from './hint-hook'

const { hints } = JSON.parse(readFileSync('golden/distillation.json', 'utf8')) as {
  readonly hints: readonly {
    readonly shape: number[]
    readonly to: number
    readonly student: number[]
    readonly adapter: number[]
    readonly teacher: number[]
    readonly expected: number
    readonly byStudent: number[]
    readonly byAdapter: number[]
  }[]
}

function hookFor(from: number, to: number, weight: number): HintHook {
  const layers = { studentLayer: 'a', teacherLayer: 'b' }
  return new HintHook({ ...layers, studentChannels: from, teacherChannels: to, weight }, 1)
}

function expectClose(found: ArrayLike<number>, wanted: readonly number[]): void {
  const largest = Math.max(...wanted.map(Math.abs))
  expect(found).toHaveLength(wanted.length)
  wanted.forEach((value, at) => {
    expect(Math.abs((found[at] ?? NaN) - value)).toBeLessThan(2e-5 * largest)
  })
}

function agreesWithNumPy(): void {
  it.each(hints)('features of shape $shape against $to channels', async (wanted) => {
    const { adapter, byAdapter, byStudent, expected, shape, student, teacher, to } = wanted
    const hook = hookFor(student.length / (teacher.length / to), to, 3)
    hook.restore(new Map([['hint/adapter', Float32Array.from(adapter)]]))
    const [variable] = [...hook.variables.values()]
    const x = tf.variable(tf.tensor(student, shape))
    const t = tf.tensor(teacher, [...shape.slice(0, -1), to])
    if (variable === undefined) throw new Error('no adapter')
    const { grads, value } = tf.variableGrads(() => hook.loss(x, t), [x, variable])
    expectClose([(await value.data<'float32'>())[0] ?? NaN], [3 * expected])
    const found = (name: string): Float32Array =>
      grads[name]?.dataSync<'float32'>() ?? new Float32Array(0)
    expectClose(
      found(x.name),
      byStudent.map((part) => 3 * part),
    )
    expectClose(
      found(variable.name),
      byAdapter.map((part) => 3 * part),
    )
    tf.dispose([x, t, value, grads])
    hook.dispose()
  })
}

describe('golden hints on cpu', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  agreesWithNumPy()

  it('begin with the same channel where there are as many, and resize pictures to the student', async () => {
    const hook = hookFor(4, 4, 1)
    await hook.prepare()
    const student = tf.randomNormal([2, 4, 4, 4], 0, 1, 'float32', 5)
    const same = hook.loss(student, student)
    expect((await same.data())[0]).toBe(0)
    const larger = tf.ones([2, 8, 8, 4])
    const ones = tf.ones([2, 4, 4, 4])
    const resized = hook.loss(ones, larger)
    expect((await resized.data())[0]).toBe(0)
    tf.dispose([student, same, larger, ones, resized])
    hook.dispose()
  })
})

describe('on wasm', () => {
  withBothKernelModules(agreesWithNumPy)
})
