import { StudioError } from '../../core/errors'
import { cannotRun } from '../../core/model-summary'
import type { TensorSpec } from '../../core/tensor-spec'
import type { OpenedModel } from '../format'
import { bareGraph } from '../tfjs-files/bare-graph'
import { looseLayers } from '../tfjs-layers/loose-layers'
import type { KerasWeight } from './keras-file'
import type { OpenKeras } from './open-keras'

/** What is made of a file of Keras before its weights are read. */
export interface ReadKeras extends Pick<
  OpenedModel,
  'topology' | 'layers' | 'graph' | 'notes' | 'obstacles'
> {
  /** What the model calls itself. */
  readonly name: string
  /** Weights without one are none of the model. */
  readonly specs: ReadonlyMap<KerasWeight, TensorSpec>
}

type BareKeras = Pick<OpenKeras, 'file' | 'config' | 'guessed' | 'weights'>

/** Weights alone: what they belong to is told by their names, or by the folders that they lie in. */
export function readBare(keras: BareKeras): ReadKeras {
  const names = new Set<string>()
  const entries = keras.weights.map((weight) => {
    let { name } = weight
    for (let copy = 2; names.has(name); copy++) name = `${weight.name} (${copy})`
    names.add(name)
    const dtype = typeOf(weight)
    return { name, shape: weight.shape, dtype, optimizer: false, weight }
  })
  const { layers, specs } = looseLayers(keras.config ?? keras.guessed ?? undefined, entries)
  const { file } = keras
  return {
    name: 'weights',
    topology: {},
    layers,
    graph: bareGraph(layers, specs),
    specs: new Map([...specs].map(([{ weight }, spec]) => [weight, spec])),
    notes: [],
    obstacles: cannotRun(new StudioError('open/no-topology', { file }).toData()),
  }
}

/** As a model computes with them. */
export function typeOf({ dtype }: KerasWeight): TensorSpec['dtype'] {
  if (dtype === 'bool') return 'bool'
  return dtype.includes('float') ? 'float32' : 'int32'
}
