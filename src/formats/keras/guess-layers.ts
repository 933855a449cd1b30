import type { Hdf5Group } from '../../files/hdf5/hdf5-file'
import type { JsonObject } from '../../files/read-json'
import { classOfFolder } from '../tfjs-layers/keras-folders'

/**
 * What the folders of a file of weights say of the layers that they belong to, in the form of a config: the class by the
 * name of the folder, and the name of the layer where Keras 3 wrote it down. Their order is that of classes.
 */
export function guessLayers(root: Hdf5Group): JsonObject {
  const folders = root.groups.get('layers') ?? root.groups.get('_layer_checkpoint_dependencies')
  const numbers = new Map<string, Map<number, Hdf5Group>>()
  for (const [name, folder] of folders?.groups ?? []) {
    const [, word = name, number = '0'] = /^(.*?)(?:_(\d{1,5}))?$/.exec(name) ?? []
    const known = numbers.get(word) ?? new Map<number, Hdf5Group>()
    numbers.set(word, known.set(Number(number), folder))
  }
  const layers: JsonObject[] = []
  for (const [word, own] of numbers) {
    const last = Math.max(...own.keys())
    // Layers without weights may have left no folder; the number of the next one counts them all the same.
    for (let number = 0; number <= last && layers.length < MOST; number++) {
      const folder = own.get(number)
      const name = folder?.groups.get('vars')?.attributes.get('name')
      const plain = number === 0 ? word : `${word}_${number}`
      layers.push({
        class_name: classOfFolder(word),
        config: {
          ...{ name: typeof name === 'string' && name !== '' ? name : plain },
          ...(folder?.groups.has('layers') === true ? layersIn(folder) : {}),
        },
      })
    }
  }
  return { class_name: 'Model', config: { layers } }
}

const MOST = 20_000

function layersIn(folder: Hdf5Group): JsonObject {
  const { config } = guessLayers(folder)
  return typeof config === 'object' && config !== null && !Array.isArray(config) ? config : {}
}
