import { strToU8 } from 'fflate'
import type { ContainerId } from '../../../core/model-summary'
import { writtenHdf5 } from '../../../files/hdf5/writing/write-hdf5'
import { PiecedFile } from '../../../files/pieced-file'
import type { JsonObject } from '../../../files/read-json'
import type { OpenedModel } from '../../format'
import { copied, filed, named } from './laid-out-weights'
import type { Forms } from './laid-out-weights'
import { plannedFile, unsupported } from './plan-file'
import { storedZip } from './stored-zip'
import { GroupDraft } from './weight-tree'

/** All that a file will hold, with forms of weights in place of numbers. */
export interface LaidOut {
  readonly path: string
  readonly container: ContainerId
  readonly root: GroupDraft
  /** null of weights alone. */
  readonly config: JsonObject | null
  /** Version of Keras that reads it. */
  readonly major: 2 | 3
  readonly version: string
  readonly isNamed: boolean
}

const kinds = { keras: 'keras', kerasH5: 'h5', kerasWeights: 'weights' } as const

/**
 * Where weights go in a file, and what is said of layers.
 * @param forms none where only the question is whether it can be written
 * @throws StudioError 'export/unsupported'
 */
export function laidOut(container: keyof typeof kinds, model: OpenedModel, forms: Forms): LaidOut {
  const kind = kinds[container]
  const { keras: source } = model
  if (source !== undefined && (model.obstacles.run !== null || source.kind === 'weights')) {
    if ((source.kind === 'zip' ? 'keras' : source.kind) !== kind)
      throw unsupported(
        kind,
        'nothing here says which layers it has, so it stays such a file as it was',
      )
    const root = copied(model, forms)
    const isNamed = [root, root.at('model_weights')].some(({ attributes }) =>
      ['layer_names', 'layer_names0'].some((name) => attributes.has(name)),
    )
    const { config, major } = source
    return {
      ...{ container, root, major, config },
      ...pathAnd(kind, isNamed, source.version, major),
    }
  }
  const { config, major, model: parsed, rows } = plannedFile(model, kind)
  const { version } = pathAnd(kind, kind === 'h5', source?.version ?? null, major)
  if (kind !== 'h5') {
    const told = kind === 'keras' ? config : null
    const root = filed(rows, forms)
    return { ...{ container, root, config: told, major }, ...pathAnd(kind, false, version, major) }
  }
  const slashed = parsed.layers.find(({ name }) => name.includes('/'))
  if (slashed !== undefined)
    throw unsupported(kind, `the layer "${slashed.name}" has a slash in its name`)
  const root = new GroupDraft()
  root.groups.set('model_weights', named(parsed, rows, forms, version))
  root.attributes.set('keras_version', version).set('backend', 'tensorflow')
  root.attributes.set('model_config', JSON.stringify(config))
  return { ...{ container, root, config, major }, ...pathAnd(kind, true, version, major) }
}

function pathAnd(
  kind: 'keras' | 'h5' | 'weights',
  isNamed: boolean,
  told: string | null,
  major: 2 | 3,
): Pick<LaidOut, 'path' | 'version' | 'isNamed'> {
  const ownVersion = told?.startsWith(major === 3 ? '3' : '2') === true ? told : null
  const weights = isNamed ? 'weights.h5' : 'model.weights.h5'
  return {
    path: kind === 'weights' ? weights : `model.${kind}`,
    version: ownVersion ?? (major === 3 ? '3.0.0' : '2.15.0'),
    isNamed,
  }
}

/** The file itself, made when it is read. */
export function bytesOf({ config, container, root, version }: LaidOut): PiecedFile {
  const weights = writtenHdf5(root)
  if (container !== 'keras') return weights
  const json = (content: object): PiecedFile => {
    const bytes = strToU8(JSON.stringify(content))
    return new PiecedFile([{ size: bytes.length, content: (from, to) => bytes.subarray(from, to) }])
  }
  return storedZip(
    new Map([
      ['metadata.json', json({ keras_version: version })],
      ['config.json', json(config ?? {})],
      ['model.weights.h5', weights],
    ]),
  )
}
