import { StudioError } from '../../core/errors'
import { limits } from '../../files/limits'
import { isKind } from './pickle-values'
import type { PickleDict, PickleTensor, PickleValue } from './pickle-values'

/** The tensors of a pickle by their names, in its order. */
export interface StateDict {
  readonly tensors: ReadonlyMap<string, PickleTensor>
  /** Key of the dict that they lie in, where others beside it were left out; null: all of it. */
  readonly part: string | null
}

/** Where training scripts keep the weights beside optimizer and settings, the likeliest first. */
const MODEL_KEYS = [
  ...['state_dict', 'model_state_dict', 'model_state', 'model', 'net', 'network', 'module'],
  ...['weights', 'params', 'ema_state_dict', 'model_ema', 'ema'],
]

/** Values that are looked at: each dict once for every place that it is in. */
const MOST_PLACES = 1_000_000

/**
 * Finds the weights in what was pickled: a dict of tensors, or one within a checkpoint, which may nest.
 * @throws StudioError 'open/too-many', 'open/nested'
 */
export function stateDictOf(file: string, root: PickleValue): StateDict {
  const collector = new Collector(file)
  if (isKind(root, 'dict')) {
    // A loss may lie beside the weights, and in a dict of weights alone anything may be called a model.
    const beside = root.entries.filter(([, value]) => isKind(value, 'tensor')).length
    for (const key of MODEL_KEYS) {
      const part = valueOf(root, key)
      if (!isKind(part, 'dict')) continue
      const tensors = collector.all(part)
      if (tensors.size > beside) return { tensors, part: root.entries.length > 1 ? key : null }
    }
  }
  return { tensors: collector.all(root), part: null }
}

function valueOf({ entries }: PickleDict, key: string): PickleValue | undefined {
  return entries.findLast(([name]) => name === key)?.[1]
}

class Collector {
  private places = 0

  constructor(private readonly file: string) {}

  all(value: PickleValue): ReadonlyMap<string, PickleTensor> {
    const found = new Map<string, PickleTensor>()
    this.collect(value, '', 0, found)
    return found
  }

  private collect(
    value: PickleValue,
    name: string,
    depth: number,
    found: Map<string, PickleTensor>,
  ): void {
    if (++this.places > MOST_PLACES) throw this.tooMany('values', this.places, MOST_PLACES)
    if (depth > limits.jsonDepth) throw this.tooMany('dicts inside dicts', depth, limits.jsonDepth)
    if (isKind(value, 'tensor')) {
      found.set(name === '' ? 'tensor' : name, value)
      if (found.size > limits.tensors) throw this.tooMany('tensors', found.size, limits.tensors)
    } else if (isKind(value, 'dict'))
      for (const [key, item] of value.entries)
        this.collect(item, joined(name, textOf(key)), depth + 1, found)
    else if (isKind(value, 'list', 'tuple'))
      for (const [index, item] of value.items.entries())
        this.collect(item, joined(name, String(index)), depth + 1, found)
  }

  private tooMany(field: string, found: number, limit: number): StudioError {
    return new StudioError('open/too-many', { file: this.file, field, found, limit })
  }
}

function joined(name: string, key: string): string {
  return name === '' ? key : `${name}.${key}`
}

function textOf(key: PickleValue): string {
  return typeof key === 'string' || typeof key === 'number' ? String(key) : '?'
}
