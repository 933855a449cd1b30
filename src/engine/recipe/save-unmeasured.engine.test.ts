import { strFromU8, unzipSync } from 'fflate'
import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { drain } from '../../protocol/drain'
import { exactFile, freshEngine, drained } from '../../../testing/engine/drive-engine'
import { smallEnvironment } from '../../../testing/engine/small-environment'
import { smallCounts } from '../../../testing/files/small-data'
import { sampleFiles } from '../../../testing/models/sample-files'
import { recipeWith } from '../../../testing/studio/recipe-with'
import type { ExportProgress, ExportResult } from '../../protocol/recipe-messages'
import { createEngine } from '../engine'
import type { Engine } from '../engine'

const engine: { current: Engine } = freshEngine()
const recipe = recipeWith({ prune: { value: 0.5 }, quantize: { bits: 8 } })

async function openDigits(): Promise<void> {
  await drained(engine.current.model.open({ files: sampleFiles('lenet-300-100') }))
}

/** A download that is left as soon as progress says so. */
async function leftWhen(wants: (progress: ExportProgress) => boolean): Promise<ExportResult> {
  let asked = false
  const { export: save, saveUnmeasured } = engine.current.recipe
  const result = await drain(save({ recipe, target: exactFile }), (progress) => {
    if (asked || !wants(progress)) return
    asked = true
    void saveUnmeasured()
  })
  expect(asked).toBe(true)
  return result
}

async function textsOf(zip: Blob) {
  const files = unzipSync(new Uint8Array(await zip.arrayBuffer()))
  const text = (path: string): string => strFromU8(files[path] ?? new Uint8Array())
  const report = JSON.parse(text('report.json')) as { accuracy: readonly object[] }
  return { report, card: text('README.md'), files }
}

const isMeasuring = ({ phase }: ExportProgress): boolean => phase === 'measuring'

it('a download that nobody waits for says so, at the size that was promised, and the next one measures', async () => {
  await openDigits()
  await drained(engine.current.data.attach({ datasetId: 'mnist', settings: null }))
  const { numTensors } = tf.memory()
  const left = await leftWhen(isMeasuring)
  expect(left).toMatchObject({ validation: null, test: null, unmeasured: 'test' })
  const { card, report, files } = await textsOf(left.zip)
  expect(report.accuracy).toMatchObject([
    { split: 'validation', samples: null, correct: null, measured: false },
    { split: 'test', samples: null, correct: null, originalCorrect: null, measured: false },
  ])
  expect(card).toMatch(/\| mnist \| test \| not measured on the test split +\|/)
  expect(card).not.toMatch(/\| \d+\.\d\d % \|/)

  const { events, result: whole } = await drained(
    engine.current.recipe.export({ recipe, target: exactFile }),
  )
  expect(whole).toMatchObject({ unmeasured: null, test: { measured: smallCounts.test } })
  // The same file but for its figures.
  expect(whole.zip.size).toBe(left.zip.size)
  const again = await textsOf(whole.zip)
  for (const [path, bytes] of Object.entries(again.files))
    if (path !== 'report.json' && path !== 'README.md') expect(bytes).toEqual(files[path])
  expect(again.report.accuracy[1]).not.toHaveProperty('measured')
  const told = events.filter(isMeasuring)
  expect(told[0]).toMatchObject({ done: 0, time: { isLong: false } })
  expect(told[0]?.time?.msLeft).toBeGreaterThan(0)
  expect(tf.memory().numTensors).toBe(numTensors)
})

it('what was measured to its end before is kept, as what it is', async () => {
  // Every look at the clock takes a while, so that progress is told often.
  let time = 0
  const slow = createEngine(smallEnvironment({ now: () => (time += 40) }))
  engine.current = slow
  await slow.start({ forced: 'wasm', exclude: [] })
  await openDigits()
  await drained(slow.data.attach({ datasetId: 'mnist', settings: null }))
  // Both models are shown the validation split, then both the test split.
  const { validation, test } = smallCounts
  const left = await leftWhen(
    ({ done, phase, total }) =>
      phase === 'measuring' &&
      done > 2 * validation &&
      done < total &&
      total === 2 * (validation + test),
  )
  expect(left).toMatchObject({ unmeasured: 'test', test: null })
  expect(left.validation).toMatchObject({ split: 'validation', measured: validation })
  const { card, report } = await textsOf(left.zip)
  expect(report.accuracy).toMatchObject([
    { split: 'validation', samples: validation },
    { split: 'test', samples: null, measured: false },
  ])
  expect(card).toMatch(/\| mnist \| validation \| +\d+ \| +\d+\.\d\d % \|/)
  expect(card).toMatch(/\| mnist \| test \| not measured on the test split +\|/)
})

it('without data it is the comparison with the original that is left out', async () => {
  await openDigits()
  const left = await leftWhen(isMeasuring)
  expect(left).toMatchObject({ validation: null, test: null, unmeasured: 'outputs' })
})

it('a cancel is still a cancel, and nobody has to be saving', async () => {
  await openDigits()
  await engine.current.recipe.saveUnmeasured()
  const controller = new AbortController()
  const cancelled = drain(
    engine.current.recipe.export({ recipe, target: exactFile }, controller.signal),
    (progress) => {
      if (!isMeasuring(progress)) return
      controller.abort()
      void engine.current.recipe.saveUnmeasured()
    },
  )
  await expect(cancelled).rejects.toMatchObject({ code: 'engine/cancelled' })
})
