import { memoryFile } from '../../../files/file-bundle'
import type { Hdf5Dataset } from '../../../files/hdf5/dataset'
import type { Hdf5File, Hdf5Group } from '../../../files/hdf5/hdf5-file'
import { Hdf5Source } from '../../../files/hdf5/hdf5-source'
import { sortedByName } from '../../../files/hdf5/writing/name-tables'
import { writtenBytes } from '../../../files/hdf5/writing/header-fields'
import type { StoredForm } from '../../exporter'
import { readBare } from '../bare-weights'
import { layersOf } from '../config-layers'
import { filedWeights } from '../filed-weights'
import { guessLayers } from '../guess-layers'
import { namedWeights } from '../named-weights'
import type { KerasForm } from './keras-form'
import type { LaidOut } from './laid-out-file'
import type { GroupDraft } from './weight-tree'

/** The forms of a file in the order, and under the names, in which whoever opens it finds them. */
export function heldIn(laid: LaidOut): readonly StoredForm[] {
  const forms = new Map<string, KerasForm>()
  const root = asRead(laid.root, '', forms)
  const h5: Hdf5File = { source: new Hdf5Source(nothing, () => Promise.resolve()), root }
  const { config, isNamed, path: file } = laid
  const guessed = config === null && !isNamed ? guessLayers(root) : null
  const layers = layersOf(config ?? guessed ?? {})
  const { weights } = (isNamed ? namedWeights : filedWeights)(h5, layers)
  const names = new Map<string, string>()
  if (config === null)
    for (const [{ path }, { name }] of readBare({ file, config, guessed, weights }).specs)
      names.set(path, name)
  return weights.flatMap(({ path }) => {
    const form = forms.get(path)
    return form === undefined ? [] : [{ ...form, name: names.get(path) ?? form.name }]
  })
}

const nothing = memoryFile('', new Uint8Array(0))

/** Groups as the reader has them; it is not asked for numbers. */
function asRead(group: GroupDraft, path: string, forms: Map<string, KerasForm>): Hdf5Group {
  const datasets = sortedByName(group.datasets).map(([name, written]): [string, Hdf5Dataset] => {
    const { kind, shape } = written
    const own = `${path}/${name}`
    forms.set(own, written)
    const elements = shape.reduce((product, side) => product * side, 1)
    const type = { kind, bytes: writtenBytes[kind], bigEndian: false }
    const storage = { kind: 'none' } as const
    return [name, { path: own, type, shape, elements, attributes: new Map(), storage }]
  })
  const groups = sortedByName(group.groups).map(([name, inside]): [string, Hdf5Group] => [
    name,
    asRead(inside, `${path}/${name}`, forms),
  ])
  return {
    ...{ path, attributes: group.attributes },
    ...{ groups: new Map(groups), datasets: new Map(datasets) },
  }
}
