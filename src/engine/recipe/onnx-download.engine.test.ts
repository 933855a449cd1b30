import { expect, it } from 'vitest'
import { drained, file, freshEngine, lastOf, quantized } from '../../../testing/engine/drive-engine'
import { onnxFiles } from '../../../testing/files/onnx-nets'
import { sampleFiles } from '../../../testing/models/sample-files'

const engine = freshEngine()

it('measures a download of ONNX and its original by ONNX Runtime, and reads it again', async () => {
  const files = await Promise.all(
    onnxFiles('single').map(async (one) => file(one.path, await one.read(0, one.size))),
  )
  const { result: summary } = await drained(engine.current.model.open({ files }))
  const [target] = summary.targets
  expect([target, summary.runtime]).toEqual([{ container: 'onnx', precision: 'exact' }, 'own'])
  if (target === undefined) throw new Error('no target')
  const recipe = quantized(4)
  const { events } = await drained(
    engine.current.recipe.preview({ recipe, focus: [], mode: 'settled' }),
  )
  const { result } = await drained(engine.current.recipe.export({ recipe, target }))
  expect(result.runtime).toBe('onnxRuntime')
  expect(result.tensors.map(({ storedAs }) => storedAs)).toContain('int4')
  const own = lastOf(events, 'agreement')
  expect(result.validation).toMatchObject({ type: 'agreement', measured: own.measured })
  expect(result.validation?.type === 'agreement' && result.validation.relativeError).toBeCloseTo(
    own.relativeError,
    5,
  )
  const again = await drained(
    engine.current.model.open({
      files: [new File([await result.zip.arrayBuffer()], 'again.zip')],
    }),
  )
  expect(again.result.targets[0]).toEqual(target)
  expect(again.result.totals.parameters).toBe(summary.totals.parameters)
})

it('finds ranges of activations before their size is shown, and measures the file that is computed with whole numbers', async () => {
  const files = sampleFiles('lenet-5')
  const { result: summary } = await drained(engine.current.model.open({ files }))
  await drained(engine.current.data.attach({ datasetId: 'mnist', settings: null }))
  const target = summary.targets.find(({ precision }) => precision === 'static8')
  if (target === undefined) throw new Error('no target')
  const recipe = quantized(8)
  const { events } = await drained(
    engine.current.recipe.preview({ recipe, focus: [], mode: 'settled', target }),
  )
  const { alternatives } = lastOf(events, 'size')
  const offer = alternatives.find((one) => one.target.precision === 'static8')
  expect(offer).toMatchObject({ target, refusal: null })
  const { result } = await drained(engine.current.recipe.export({ recipe, target }))
  expect(result.zippedBytes).toBe(offer?.size?.zipped)
  expect(result.runtime).toBe('onnxRuntime')
  expect(result.tensors.map(({ storedAs }) => storedAs)).toEqual([
    ...['int8', 'int32', 'int8', 'int32', 'int8', 'int32', 'int8', 'int32'],
  ])
  const { test } = result
  if (test?.type !== 'accuracy') throw new Error('nothing was measured')
  expect(Math.abs(test.originalCorrect - test.correct)).toBeLessThanOrEqual(test.measured / 100)
})
