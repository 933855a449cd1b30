import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { withBothKernelModules } from '../../../../testing/engine/both-kernel-modules'
import { distillationLoss } from './distillation-loss'
import type { OutputReading } from '../network/objective'

const golden = JSON.parse(readFileSync('golden/distillation.json', 'utf8')) as {
  readonly cases: readonly {
    readonly outputs: OutputReading
    readonly loss: 'softened' | 'logits'
    readonly temperature: number
    readonly student: number[][]
    readonly teacher: number[][]
    readonly expected: number
    readonly gradient: number[][]
  }[]
}

function agreesWithNumPy(): void {
  it.each(golden.cases)('$outputs, $loss at T = $temperature', (wanted) => {
    const { expected, gradient, outputs, student, teacher } = wanted
    tf.tidy(() => {
      const teachers = tf.tensor2d(teacher)
      const loss = (x: tf.Tensor): tf.Scalar => distillationLoss(x, teachers, outputs, wanted)
      const { value, grad } = tf.valueAndGrad(loss)(tf.tensor2d(student))
      const close = (found: number, other: number, size: number): void => {
        expect(Math.abs(found - other)).toBeLessThan(2e-5 * size)
      }
      close(value.arraySync(), expected, Math.max(1, expected))
      const largest = Math.max(...gradient.flat().map(Math.abs))
      const found = grad.arraySync() as number[][]
      found.flat().forEach((number, at) => {
        close(number, gradient.flat()[at] ?? NaN, largest)
      })
    })
  })
}

describe('golden losses and gradients on cpu', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  agreesWithNumPy()
})

describe('on wasm', () => {
  withBothKernelModules(agreesWithNumPy)
})

it('is nothing where the student says what the teacher says, up to a constant', async () => {
  await tf.setBackend('cpu')
  tf.tidy(() => {
    const teacher = tf.tensor2d([[3, -1, 40]])
    const student = teacher.add(7)
    for (const loss of ['softened', 'logits'] as const) {
      const value = distillationLoss(student, teacher, 'softmax', { temperature: 3, loss })
      expect(Math.abs(value.arraySync())).toBeLessThan(1e-5)
    }
  })
})
