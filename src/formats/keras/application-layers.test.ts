import { expect, it } from 'vitest'
import { openedKeras, recordedFile } from '../../../testing/files/recorded-keras'
import { refusalOf } from '../exporters'

const path = 'testing/files/keras-cases/published.keras3.json'

it('layers of keras.applications are told by where they are defined, and not by their names', async () => {
  const model = await openedKeras(recordedFile(path))
  expect(model.obstacles.run).toBeNull()
  const classes = new Map(model.layers.map(({ className, name }) => [name, className]))
  expect(classes.get('scaled')).toBe('keras.applications.LayerScale')
  const own = await openedKeras(
    recordedFile(path, (text) => text.replaceAll('keras.src.applications.convnext', 'my.layers')),
  )
  expect(own.obstacles.run).toMatchObject({
    code: 'open/keras-layer',
    params: { layer: 'scaled', className: 'LayerScale' },
  })
})

it('they are written as .keras, which says where they are defined, and not as .h5, which does not', async () => {
  const model = await openedKeras(recordedFile(path))
  const refusal = (container: 'keras' | 'kerasH5' | 'tfjs') =>
    refusalOf(model, model.weights, { container, precision: 'exact' })?.code
  expect(refusal('keras')).toBeUndefined()
  expect(refusal('tfjs')).toBeUndefined()
  expect(refusal('kerasH5')).toBe('export/unsupported')
})
