import { StudioError } from '../../core/errors'
import { usedCalls } from './flatten-layers'
import { modelClasses, stockCatalog } from './layer-catalog'
import type { Catalog } from './layer-catalog'
import type { TensorRef, TopologyLayer, TopologyModel } from './topology'

/**
 * Proves that tfjs can build the graph: it has no check of its own and loops for ever on a missing
 * input, a cycle or a call that never happens. Nested models are checked the same way.
 * @throws StudioError 'open/graph-missing-input', 'open/graph-inputs', 'open/graph-cycle',
 * 'open/field', 'open/duplicate-name',
 * 'open/unsupported-setting' for calls in an order that tfjs would number differently
 */
export function checkGraph(
  file: string,
  model: TopologyModel,
  catalog: Catalog = stockCatalog,
): void {
  for (const layer of model.layers) if (layer.model !== null) checkGraph(file, layer.model, catalog)
  if (model.sequential) {
    for (const layer of model.layers.slice(1)) checkInputs(file, layer, catalog)
    return
  }
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]))
  const check = (reader: string, ref: TensorRef): void => {
    checkRef(file, layers, reader, ref, catalog)
  }
  for (const layer of model.layers) {
    for (const call of layer.calls) for (const ref of call) check(layer.name, ref)
    checkInputs(file, layer, catalog)
  }
  for (const ref of model.outputs) check(`${model.name} (output)`, ref)
  const seen = new Map<string, string>()
  for (const [index, ref] of model.inputs.entries()) {
    const field = `${model.field}.config.input_layers[${index}]`
    const first = seen.get(ref.layer)
    if (first !== undefined)
      throw new StudioError('open/duplicate-name', { file, field, name: ref.layer, first })
    seen.set(ref.layer, field)
    check(`${model.name} (input)`, ref)
    if (layers.get(ref.layer)?.className !== 'InputLayer')
      throw new StudioError('open/field', {
        file,
        field,
        expected: 'an InputLayer',
        found: `${ref.layer} (${layers.get(ref.layer)?.className ?? ''})`,
      })
  }
  checkOrder(file, model, layers)
  const used = usedCalls(model)
  for (const layer of model.layers)
    if (layer.className === 'InputLayer' && used.has(layer.name) && !seen.has(layer.name))
      throw new StudioError('open/field', {
        file,
        field: `${model.field}.config.input_layers`,
        expected: `a list with ${layer.name}, which an output depends on`,
        found: [...seen.keys()].join(', '),
      })
}

function outputsOf({ className, config, model }: TopologyLayer, { outputCount }: Catalog): number {
  return model !== null && modelClasses.has(className)
    ? model.outputs.length
    : outputCount(className, config)
}

function checkInputs(file: string, layer: TopologyLayer, { inputCounts }: Catalog): void {
  const { className, model } = layer
  const inner = model !== null && modelClasses.has(className) ? modelInputs(model) : null
  const { least, most } = inner === null ? inputCounts(className) : { least: inner, most: inner }
  for (const call of layer.calls)
    if (call.length < least || call.length > most)
      throw new StudioError('open/graph-inputs', {
        file,
        layer: layer.name,
        className,
        expected: least === most ? least : `at least ${least}`,
        found: call.length,
      })
}

/** A Sequential lists no inputs, it has one. */
function modelInputs(model: TopologyModel): number {
  return model.sequential ? 1 : model.inputs.length
}

function checkRef(
  file: string,
  layers: ReadonlyMap<string, TopologyLayer>,
  reader: string,
  ref: TensorRef,
  catalog: Catalog,
): void {
  const source = layers.get(ref.layer)
  const outputs = source === undefined ? 0 : outputsOf(source, catalog)
  if (source === undefined || ref.call >= source.calls.length || ref.tensor >= outputs) {
    const part = source === undefined ? '' : ` (call ${ref.call}, output ${ref.tensor})`
    throw new StudioError('open/graph-missing-input', {
      file,
      layer: reader,
      input: `${ref.layer}${part}`,
    })
  }
}

/**
 * Runs the calls in the order in which tfjs makes them: layer by layer, again and again, each as soon
 * as its inputs exist. What is left over is a cycle. tfjs numbers the calls of a shared layer by when
 * they happen, so a call that overtakes an earlier one would connect the wrong tensors.
 */
function checkOrder(
  file: string,
  model: TopologyModel,
  layers: ReadonlyMap<string, TopologyLayer>,
): void {
  const key = (layer: string, call: number): string => `${call}/${layer}`
  const waiting = new Map<string, number>()
  const readers = new Map<string, { layer: TopologyLayer; call: number }[]>()
  const ready: { layer: TopologyLayer; call: number }[] = []
  for (const layer of model.layers)
    for (const [call, refs] of layer.calls.entries()) {
      // A call also waits for the one before it, which gives it its number.
      const needs = new Set(refs.map((ref) => key(ref.layer, ref.call)))
      if (call > 0) needs.add(key(layer.name, call - 1))
      waiting.set(key(layer.name, call), needs.size)
      if (needs.size === 0) ready.push({ layer, call })
      for (const need of needs) {
        const list = readers.get(need) ?? []
        list.push({ layer, call })
        readers.set(need, list)
      }
    }
  let done = 0
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    done++
    for (const reader of readers.get(key(next.layer.name, next.call)) ?? []) {
      const id = key(reader.layer.name, reader.call)
      const left = (waiting.get(id) ?? 0) - 1
      waiting.set(id, left)
      if (left === 0) ready.push(reader)
    }
  }
  if (done < waiting.size) throw cycleError(file, model, layers, waiting)
  if (model.layers.some((layer) => layer.calls.length > 1)) checkNumbering(file, model)
}

function cycleError(
  file: string,
  model: TopologyModel,
  layers: ReadonlyMap<string, TopologyLayer>,
  waiting: ReadonlyMap<string, number>,
): StudioError {
  const stuck = (name: string): boolean =>
    (layers.get(name)?.calls ?? []).some((_, call) => (waiting.get(`${call}/${name}`) ?? 0) > 0)
  const path: string[] = []
  let at = model.layers.find((layer) => stuck(layer.name))?.name
  while (at !== undefined && !path.includes(at)) {
    path.push(at)
    at = (layers.get(at)?.calls ?? [])
      .flatMap((refs, call) => ((waiting.get(`${call}/${at ?? ''}`) ?? 0) > 0 ? refs : []))
      .find((ref) => stuck(ref.layer))?.layer
  }
  const cycle = at === undefined ? path : [...path.slice(path.indexOf(at)), at].reverse()
  const shown = cycle.length > 12 ? [...cycle.slice(0, 11), '...', cycle[0] ?? ''] : cycle
  return new StudioError('open/graph-cycle', { file, cycle: shown.join(' -> ') })
}

/** Replays tfjs's own order (`Container.fromConfig`) on an acyclic graph. */
function checkNumbering(file: string, model: TopologyModel): void {
  const made = new Map<string, number>(
    model.layers.map((layer) => [layer.name, layer.className === 'InputLayer' ? 1 : 0]),
  )
  const queue = new Map(
    model.layers
      .filter((layer) => layer.className !== 'InputLayer')
      .map((layer) => [layer.name, layer.calls.map((refs, call) => ({ refs, call }))]),
  )
  for (let progress = true; progress && queue.size > 0;) {
    progress = false
    for (const [name, calls] of queue) {
      const later: typeof calls = []
      for (const item of calls) {
        if (item.refs.every((ref) => (made.get(ref.layer) ?? 0) > ref.call)) {
          const number = made.get(name) ?? 0
          if (number !== item.call)
            throw new StudioError('open/unsupported-setting', {
              file,
              layer: name,
              setting: `inbound_nodes[${item.call}]`,
              value: item.refs.map((ref) => ref.layer).join(', '),
              reason: 'TensorFlow.js would run the calls of this shared layer in another order',
            })
          made.set(name, number + 1)
          progress = true
        } else later.push(item)
      }
      if (later.length === 0) queue.delete(name)
      else queue.set(name, later)
    }
  }
}
