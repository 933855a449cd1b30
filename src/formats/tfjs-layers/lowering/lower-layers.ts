import { StudioError, isStudioError } from '../../../core/errors'
import type { TensorSpec } from '../../../core/tensor-spec'
import { limits } from '../../../files/limits'
import type { GraphInput, GraphLayer, ModelGraph } from '../../../graph/graph'
import type { GraphNode } from '../../../graph/operators'
import { shapesOf } from '../../../graph/shapes-of'
import type { Constant, DType, Shape, ValueName } from '../../../graph/values'
import type { ConfigReader } from '../../tfjs-files/config-reader'
import type { FlatLayer } from '../flatten-layers'
import { modelClasses } from '../layer-catalog'
import type { TopologyLayer, TopologyModel } from '../topology'
import { LoweredCall, NotExact } from './lowered-call'
import type { CalledLayer, Flowing, Mask } from './lowered-call'
import { stockMeaning } from './meaning'
import type { Meaning } from './meaning'
import { askedOutputs, callKey, callsAsTheyRun, orderedCalls } from './ordered-calls'
import type { Step } from './ordered-calls'

/**
 * Writes a checked topology as one graph of operators: nested models opened up, a shared layer as often as it is
 * called, what a TimeDistributed holds with one more axis before its own.
 * @param specs of all weights, by name
 * @throws StudioError 'open/too-many' where models in models are called more often than anything could run
 */
export function lowerLayers(
  model: TopologyModel,
  specs: ReadonlyMap<string, TensorSpec>,
  meaning: Meaning = stockMeaning,
): ModelGraph {
  return new LayersLowering(model, specs, meaning).run()
}

/** Where a model is called. */
interface Place {
  /** Of the names of its layers. */
  readonly prefix: string
  /** Axes before the first side of a sample. */
  readonly lead: number
  /**
   * What TensorFlow.js hands to layers that read no mask of their own: the mask that was read last. It is one with that of
   * a model inside, once there is one; null: nobody has read a mask.
   */
  readonly told: { mask: Mask | null } | null
}

interface Given {
  readonly value: Flowing
  readonly mask: Mask | null
}

interface Read {
  readonly values: readonly Flowing[]
  readonly masks: readonly (Mask | null)[]
}

interface Results {
  readonly values: readonly Flowing[]
  /** null: as the class says. */
  readonly masks: readonly (Mask | null)[] | null
}

/** The way through a model, the same at each of its calls. */
interface Walk {
  readonly steps: readonly Step[]
  readonly asked: ReadonlyMap<string, number>
}

class LayersLowering {
  private readonly rows: ReadonlyMap<string, FlatLayer>
  private readonly nodes: GraphNode[] = []
  private readonly constants = new Map<ValueName, Constant>()
  private readonly nodesOf = new Map<string, string[]>()
  private readonly outputsOf = new Map<string, readonly ValueName[]>()
  private readonly nested = new Set<string>()
  /** How often a name has been asked for. */
  private readonly taken = new Map<string, number>()
  private readonly walks = new Map<TopologyModel, Walk>()
  private readonly masked: boolean
  private calls = 0
  private inputs: readonly GraphInput[] = []

  constructor(
    private readonly model: TopologyModel,
    private readonly specs: ReadonlyMap<string, TensorSpec>,
    private readonly meaning: Meaning,
  ) {
    this.rows = new Map(meaning.rows(model).map((layer) => [layer.name, layer]))
    this.masked = meaning.masks.areToldOn && meaning.masks.isMasked(model)
  }

  run(): ModelGraph {
    const given = inputLayers(this.model).map((layer) => this.given(layer))
    this.inputs = given.map(({ input }) => input)
    const { values: results } = this.through(
      this.model,
      given.map(({ flowing }) => ({ value: flowing, mask: null })),
      { prefix: '', lead: 1, told: null },
    )
    return this.graph(results)
  }

  private graph(results: readonly Flowing[]): ModelGraph {
    return {
      inputs: this.inputs,
      outputs: results.map(({ name }) => name),
      nodes: this.nodes,
      layers: [...this.rows.values()].map((row) => this.layer(row)),
      parameters: this.specs,
      constants: this.constants,
    }
  }

  private given({ name, className, config }: NamedInput): {
    input: GraphInput
    flowing: Flowing
  } {
    const shape = inputShape(config)
    const dtype = inputType(config)
    const id = this.freeName(className === 'InputLayer' ? name : `${name}_input`, null)
    const value = `${id}:0`
    return {
      input: { value, shape, dtype },
      flowing: { name: value, rank: shape.length, dtype },
    }
  }

  private layer({ name, className, kind, slots }: FlatLayer): GraphLayer {
    return {
      name,
      className,
      kind,
      parameters: slots.map(({ fullName }) => fullName),
      nodes: this.nodesOf.get(name) ?? [],
      outputs: this.outputsOf.get(name) ?? [],
      nested: this.nested.has(name),
    }
  }

  /** What a model makes of values. */
  private through(model: TopologyModel, given: readonly Given[], place: Place): Results {
    const { prefix, lead } = place
    let { told } = place
    const values = new Map<string, readonly Flowing[]>()
    const masks = new Map<string, Mask | null>()
    const inputs = new Map(model.inputs.map(({ layer }, at) => [layer, given[at]]))
    const { areToldOn, behind } = this.meaning.masks
    const { steps, asked } = this.walk(model)
    for (const step of steps) {
      const { layer, call } = step
      this.count(layer.config)
      const key = callKey(layer.name, call)
      // A Sequential has no list of inputs: its first layer reads what it is given.
      const first = step.inputs.length === 0 ? given : []
      const read = step.inputs.flatMap((ref) => {
        const value = values.get(callKey(ref.layer, ref.call))?.[ref.tensor]
        return value === undefined ? [] : [value]
      })
      const reads = [...first.map(({ value }) => value), ...read]
      const own = [
        ...first.map(({ mask }) => mask),
        ...step.inputs.map((ref) => masks.get(callKey(ref.layer, ref.call)) ?? null),
      ]
      if (areToldOn && own.some((mask) => mask !== null)) {
        told ??= { mask: null }
        told.mask = own[0] ?? null
      }
      const input = inputs.get(layer.name) ?? given[0]
      if (layer.className === 'InputLayer' && input !== undefined) {
        values.set(key, this.handedOn(prefix + layer.name, input.value, prefix !== ''))
        masks.set(key, input.mask)
        continue
      }
      const around = { prefix, lead, told }
      const result = this.called(step, { values: reads, masks: own }, around, asked.get(key) ?? 1)
      values.set(key, result.values)
      const { className, config } = layer
      const inner = layer.wrapped[0]?.config ?? null
      const spoken = { className, config, inner, lead, inputs: reads, masks: own }
      masks.set(key, result.masks === null ? behind(spoken) : (result.masks[0] ?? null))
    }
    const outputs = model.outputs.flatMap((ref): Given[] => {
      const key = callKey(ref.layer, ref.call)
      const value = values.get(key)?.[ref.tensor]
      return value === undefined ? [] : [{ value, mask: masks.get(key) ?? null }]
    })
    return {
      values: outputs.map(({ value }) => value),
      masks: areToldOn ? null : outputs.map(({ mask }) => mask),
    }
  }

  private walk(model: TopologyModel): Walk {
    const known = this.walks.get(model)
    if (known !== undefined) return known
    const steps = this.masked ? callsAsTheyRun(model) : orderedCalls(model)
    const walk = { steps, asked: askedOutputs(model) }
    this.walks.set(model, walk)
    return walk
  }

  private handedOn(row: string, input: Flowing, nested: boolean): readonly Flowing[] {
    this.keepOutputs(row, [input], nested)
    return [input]
  }

  private called(
    { call, layer }: Step,
    { values: inputs, masks }: Read,
    { prefix, lead, told }: Place,
    outputs: number,
  ): Results {
    const row = prefix + layer.name
    const isModel = modelClasses.has(layer.className)
    const { areToldOn, isMasked } = this.meaning.masks
    if (layer.model !== null) {
      const inside = { prefix: `${row}/`, lead: isModel ? lead : lead + 1, told }
      // Of TensorFlow.js what a model is given comes without masks, and so does what is given over time.
      const given = inputs.map((value, at): Given => {
        const mask = areToldOn || !isModel ? null : (masks[at] ?? null)
        return { value, mask }
      })
      if (isModel) return this.through(layer.model, given, inside)
      if (!areToldOn || !isMasked(layer.model))
        return { ...this.through(layer.model, given, inside), masks: null }
      // What one step leaves behind the next one finds.
      const left = told ?? { mask: null }
      left.mask = 'unknown'
      return this.through(layer.model, given, { ...inside, told: left })
    }
    const [inner] = layer.className === 'TimeDistributed' ? layer.wrapped : []
    const called: CalledLayer = {
      layer: row,
      config: inner?.config ?? layer.config,
      inputs,
      slots: this.rows.get(row)?.slots ?? [],
      wrapped: layer.wrapped,
      lead: inner === undefined ? lead : lead + 1,
      mask: (areToldOn ? told?.mask : masks[0]) ?? null,
      masks,
      given: layer.given?.[call] ?? null,
      shapeOf: (value) => shapesOf(this.graph([value])).get(value.name) ?? null,
    }
    const lowered = this.lowered(inner?.className ?? layer.className, called, outputs)
    this.nodes.push(...lowered.call.nodes)
    for (const [name, constant] of lowered.call.constants) this.constants.set(name, constant)
    const ids = lowered.call.nodes.map(({ id }) => id)
    const known = this.nodesOf.get(row)
    if (known === undefined) this.nodesOf.set(row, ids)
    else known.push(...ids)
    this.keepOutputs(row, lowered.values, prefix !== '')
    return { values: lowered.values, masks: null }
  }

  private lowered(
    className: string,
    called: CalledLayer,
    outputs: number,
  ): { readonly call: LoweredCall; readonly values: readonly Flowing[] } {
    const call = new LoweredCall(called, this.freeName)
    try {
      const lowering = this.meaning.lowering(className)
      if (lowering === null) throw new NotExact('class_name')
      const values = lowering(call)
      return { call, values: 'name' in values ? [values] : values }
    } catch (error) {
      // Where a setting is not one that tfjs takes, building the model says so.
      if (!(error instanceof NotExact) && !isStudioError(error)) throw error
      return opaque(new LoweredCall(called, this.freeName), outputs)
    }
  }

  private keepOutputs(row: string, values: readonly Flowing[], nested: boolean): void {
    if (nested) this.nested.add(row)
    if (!this.outputsOf.has(row))
      this.outputsOf.set(
        row,
        values.map(({ name }) => name),
      )
  }

  private readonly freeName = (layer: string, part: string | null): string => {
    const base = part === null ? layer : `${layer}.${part}`
    let count = this.taken.get(base)
    if (count === undefined) {
      this.taken.set(base, 0)
      return base
    }
    do count += 1
    while (this.taken.has(`${base}@${count}`))
    this.taken.set(base, count)
    this.taken.set(`${base}@${count}`, 0)
    return `${base}@${count}`
  }

  private count({ file }: ConfigReader): void {
    this.calls += 1
    if (this.calls > limits.layerCalls)
      throw new StudioError('open/too-many', {
        file,
        field: `${this.model.field}.config.layers`,
        found: this.calls,
        limit: limits.layerCalls,
      })
  }
}

/** Reads all that the layer reads, and says nothing of what it makes of it. */
function opaque(
  call: LoweredCall,
  outputs: number,
): { readonly call: LoweredCall; readonly values: readonly Flowing[] } {
  const { inputs, slots, config } = call.called
  const read = [...inputs, ...slots.map(({ fullName }) => fullName)]
  const ranks = Array.from({ length: outputs }, () => call.x.rank)
  const attributes = { config: config.object, outputs }
  return { call, values: call.severalValues('opaque', attributes, read, ranks) }
}

type NamedInput = Pick<TopologyLayer, 'name' | 'className' | 'config'>

/** The layers whose settings say what a model is given. */
function inputLayers(model: TopologyModel): NamedInput[] {
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]))
  if (!model.sequential) return model.inputs.flatMap(({ layer }) => layers.get(layer) ?? [])
  const [first] = model.layers
  if (first === undefined) return []
  if (first.model === null || !modelClasses.has(first.className)) return [first]
  return inputLayers(first.model)
}

function inputShape(config: ConfigReader): Shape {
  const shape = config.array('batch_input_shape')
  return shape.map((side) => (typeof side === 'number' ? side : null))
}

/** What tfjs takes where the file says nothing. */
function inputType({ object }: ConfigReader): DType {
  const { dtype } = object
  return dtype === 'int32' || dtype === 'bool' ? dtype : 'float32'
}
