import { expect, it } from 'vitest'
import {
  drained,
  exactFile,
  file,
  freshEngine,
  quantized,
} from '../../../testing/engine/drive-engine'
import { converted, recordedCase } from '../../../testing/files/converted-keras'

const engine = freshEngine()

it.each(['cropped.tfkeras', 'placed_ops.keras3'])(
  'a model.json that means what Keras means is measured, compressed and saved: %s',
  async (name) => {
    const bundle = await converted(recordedCase(name))
    const files = await Promise.all(
      bundle.map(async (one) => file(one.path, await one.read(0, one.size))),
    )
    const { model, recipe } = engine.current
    const { result } = await drained(model.open({ files }))
    expect(result).toMatchObject({ format: 'keras', obstacles: { run: null } })
    const { events } = await drained(
      recipe.preview({ recipe: quantized(8), focus: [], mode: 'settled' }),
    )
    expect(events.map(({ type }) => type)).toContain('agreement')
    const saved = await drained(recipe.export({ recipe: quantized(8), target: exactFile }))
    expect(saved.result.validation).not.toBeNull()
  },
)
