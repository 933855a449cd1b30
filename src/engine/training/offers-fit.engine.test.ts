import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { drained } from '../../../testing/engine/drive-engine'
import { smallEnvironment } from '../../../testing/engine/small-environment'
import {
  attachBars,
  ofType,
  openBuilt,
  settingsWith,
  trainer,
} from '../../../testing/engine/training-ground'
import type { TrainNeed } from '../../protocol/training-messages'
import { defaultRecipe } from '../../techniques/recipe'
import { lastToLearn } from '../../training/learning-layers'
import type { WayThatFits } from '../../training/run-need'
import type { TrainingSettings } from '../../training/training-settings'
import { createEngine } from '../engine'
import type { Engine } from '../engine'

/** Made like VGG16: most of its weights stand where pictures become a row. */
function vgg(): tf.LayersModel {
  const conv = (filters: number, inputShape?: [number, number, number]) =>
    tf.layers.conv2d({
      ...{ filters, kernelSize: 3, padding: 'same', activation: 'relu' },
      ...(inputShape && { inputShape }),
    })
  return tf.sequential({
    layers: [
      conv(16, [8, 8, 1]),
      conv(32),
      tf.layers.flatten(),
      tf.layers.dense({ units: 256, activation: 'relu' }),
      tf.layers.dense({ units: 64, activation: 'relu' }),
      tf.layers.dense({ units: 3, activation: 'softmax' }),
    ],
  })
}

const adam = settingsWith({ optimizer: 'adam', batchSize: 16, epochs: 1 })
const plain: TrainingSettings = { ...adam, optimizer: 'sgd', momentum: 0 }

/** An engine with the model, pictures, and so much memory for training. */
async function opened(trainingBytes: number) {
  const engine = createEngine(smallEnvironment({ trainingBytes }))
  await engine.start({ forced: 'wasm', exclude: [] })
  const { layers } = await openBuilt(engine, vgg())
  await attachBars(engine, 60)
  return { engine, layers }
}

function needOf(engine: Engine, settings: TrainingSettings): Promise<TrainNeed> {
  return engine.train.need({ recipe: defaultRecipe, settings })
}

/** Settings and model as somebody has them who takes an offer. */
async function taken(
  { engine, layers }: Awaited<ReturnType<typeof opened>>,
  way: WayThatFits,
  settings: TrainingSettings,
): Promise<TrainingSettings> {
  if (way.kind === 'plainSgd') return plain
  if (way.kind === 'lastLayers') return { ...settings, layers: lastToLearn(layers, way.count) }
  const target = {
    ...({ criterion: 'l1', of: 'channels', scope: 'perLayer' } as const),
    ...{ share: way.share, protectFirst: false, seed: 1 },
  }
  const { result } = await drained(
    engine.structure.cut({ recipe: defaultRecipe, target, blocks: [], start: 'kept' }),
  )
  const files = result.files.map(({ path, blob }) => new File([blob], path))
  await drained(engine.model.open({ files }))
  await attachBars(engine, 60)
  return settings
}

const { engine: enough } = await opened(2 ** 31)
const [most, least] = [await needOf(enough, adam), await needOf(enough, plain)]
expect([most.fits, least.fits]).toEqual([true, true])

it.each([
  ['what plain SGD takes', least.bytes + 1, adam, ['plainSgd', 'lastLayers', 'fewerFilters']],
  ['less than plain SGD takes with one layer', 0.93 * least.bytes, plain, ['fewerFilters']],
] as const)(
  '%s: each offer fits and learns when it is taken',
  async (_, bytes, settings, kinds) => {
    const ground = await opened(bytes)
    const { engine } = ground
    const told = await needOf(engine, settings)
    expect(told.fits).toBe(false)
    expect(told.instead.map(({ kind }) => kind)).toEqual(kinds)
    // Filters last: they are gone afterwards.
    for (const way of told.instead) {
      const chosen = await taken(ground, way, settings)
      const need = await needOf(engine, chosen)
      expect([way, need.fits]).toEqual([way, true])
      const { events } = await trainer({ current: engine })({ settings: chosen })
      const [started] = ofType(events, 'started')
      expect([way, started?.piece]).toEqual([way, need.piece])
      expect(ofType(events, 'checkpoint').at(-1)?.step).toBeGreaterThan(0)
    }
  },
)
