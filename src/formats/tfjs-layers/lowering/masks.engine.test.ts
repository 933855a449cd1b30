import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { answersOf, distance } from '../../../../testing/engine/distance'
import { openNet } from '../../../../testing/engine/open-net'
import { maskedInputs, maskedNets } from '../../../../testing/models/masked-nets'
import { Program } from '../../../engine/program/program'

beforeAll(() => tf.setBackend('cpu'))

it.each(maskedNets)('answers as in stock TensorFlow.js: %s', async (_, build) => {
  const model = build()
  const inputs = maskedInputs(model)
  const wanted = answersOf([model.predict(inputs)].flat())
  const program = new Program(await openNet(model))
  const found = answersOf(program.predict(inputs))
  program.dispose()
  expect(distance(found, wanted)).toBeLessThanOrEqual(1e-6)
})
