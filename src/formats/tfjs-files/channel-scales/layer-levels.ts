import { isObject } from '../config-reader'

/** A layer as a topology describes it. */
export interface LayerEntry {
  readonly class_name: string
  readonly config: Record<string, unknown>
  /** For each call what it reads, as [layer, call, tensor, {}]; a Sequential has none. */
  inbound_nodes?: unknown[]
  readonly name?: string
}

const models: ReadonlySet<unknown> = new Set(['Sequential', 'Model', 'Functional'])

/**
 * The layers of one model, which may be a layer of another itself. What is changed is changed in place, in a copy of
 * the topology that belongs to nobody else.
 */
export class LayerLevel {
  private readonly layers: LayerEntry[]
  private readonly isSequential: boolean

  constructor(
    private readonly config: Record<string, unknown>,
    className: string,
    /** Of the names by which the rest of the studio knows the layers. */
    readonly prefix: string,
  ) {
    this.layers = config['layers'] as LayerEntry[]
    this.isSequential = className === 'Sequential'
  }

  get names(): readonly string[] {
    return this.layers.map(nameOf)
  }

  find(name: string): LayerEntry | null {
    return this.layers.find((layer) => nameOf(layer) === name) ?? null
  }

  /** Whether the layer runs once in a run of this model. */
  isCalledOnce(name: string): boolean {
    return this.isSequential || this.find(name)?.inbound_nodes?.length === 1
  }

  /** The one layer that reads what this one gives, and reads nothing else; null: several do, or somebody outside. */
  onlyReader(name: string): LayerEntry | null {
    if (this.isSequential) return this.layers[this.names.indexOf(name) + 1] ?? null
    const readers = this.layers.flatMap((layer) =>
      placesIn(layer.inbound_nodes).flatMap((place) => (place[0] === name ? [layer] : [])),
    )
    const [reader = null] = readers
    const isGiven = placesIn(this.config['output_layers']).some((place) => place[0] === name)
    if (readers.length !== 1 || isGiven || reader === null) return null
    return placesIn(reader.inbound_nodes).length === 1 ? reader : null
  }

  /** Whoever read `after` reads the new layer, which reads `after`. */
  insert(after: string, className: string, config: Record<string, unknown>): void {
    const at = this.names.indexOf(after) + 1
    const entry: LayerEntry = { class_name: className, config }
    if (!this.isSequential) {
      const name = String(config['name'])
      const calls = this.layers.map((layer) => layer.inbound_nodes)
      for (const place of placesIn([calls, this.config['output_layers']]))
        if (place[0] === after) place[0] = name
      Object.assign(entry, { name, inbound_nodes: [[[after, 0, 0, {}]]] })
    }
    this.layers.splice(at, 0, entry)
  }

  /** The models among the layers. */
  private inner(): LayerLevel[] {
    return this.layers.flatMap((layer) => {
      const { class_name: className, config } = layer
      return models.has(className) && Array.isArray(config['layers'])
        ? new LayerLevel(config, className, `${this.prefix}${nameOf(layer)}/`).andInner()
        : []
    })
  }

  andInner(): LayerLevel[] {
    return [this, ...this.inner()]
  }
}

/** By which other layers and the weights call it. */
export function nameOf({ config, name }: LayerEntry): string {
  const { name: inner } = config
  return typeof inner === 'string' ? inner : (name ?? '')
}

/** The model of a topology and all models in it; none where it has another form. */
export function levelsOf(topology: object): LayerLevel[] {
  const { model_config: wrapped } = topology as { readonly model_config?: unknown }
  const model = isEntry(wrapped) ? wrapped : (topology as Record<string, unknown>)
  const { class_name: className, config } = model
  return typeof className === 'string' && isEntry(config) && Array.isArray(config['layers'])
    ? new LayerLevel(config, className, '').andInner()
    : []
}

function isEntry(value: unknown): value is Record<string, unknown> {
  return isObject(value as never)
}

/** All [layer, call, tensor] that stand in lists of lists. */
function placesIn(value: unknown): unknown[][] {
  if (!Array.isArray(value)) return []
  const [name, call] = value as unknown[]
  return typeof name === 'string' && typeof call === 'number'
    ? [value as unknown[]]
    : value.flatMap(placesIn)
}
