import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { Program } from '../../engine/program/program'
import { memoryFile } from '../../files/file-bundle'
import { openModel } from '../importers'

/** By scripts/writers/tfmot_annotated.py. */
const path = (end: string) => `testing/models/tfmot/annotated.${end}`

it('layers that tfmot was told to quantize, and has not yet, are what they hold', async () => {
  const bytes = new Uint8Array(readFileSync(path('h5')))
  const opened = await openModel([memoryFile('annotated.h5', bytes)], () => Promise.resolve())
  expect(opened.notes).toContainEqual({
    code: 'note/unwrapped-layers',
    params: { count: 2, names: 'QuantizeAnnotate' },
  })
  const { x, y } = JSON.parse(readFileSync(path('json'), 'utf8')) as { x: number[]; y: number[] }
  const program = new Program(opened)
  const found = tf.tidy(() => program.predict([tf.tensor(x, [3, 8, 8, 1])])[0]?.dataSync())
  expect(found).toHaveLength(15)
  for (const [at, wanted] of y.entries())
    expect(Math.abs((found?.[at] ?? NaN) - wanted)).toBeLessThan(1e-6)
  program.dispose()
})
