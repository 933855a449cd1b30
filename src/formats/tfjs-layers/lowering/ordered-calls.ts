import type { TensorRef, TopologyLayer, TopologyModel } from '../topology'

/** One call of a layer of a model. */
export interface Step {
  readonly layer: TopologyLayer
  readonly call: number
  readonly inputs: readonly TensorRef[]
}

export function callKey(layer: string, call: number): string {
  return `${call}/${layer}`
}

/**
 * The calls that an input or an output of the model depends on, each behind those whose results it reads, otherwise in
 * the order of the file. The graph has been checked to have no circle.
 */
export function orderedCalls(model: TopologyModel): readonly Step[] {
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]))
  const needed = neededCalls(model, layers)
  const ordered: Step[] = []
  const done = new Set<string>()
  for (const layer of model.layers)
    for (const call of layer.calls.keys()) {
      if (!needed.has(callKey(layer.name, call))) continue
      const open = [{ layer, call }]
      for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
        const inputs = top.layer.calls[top.call] ?? []
        const key = callKey(top.layer.name, top.call)
        const next = done.has(key)
          ? undefined
          : inputs.find((ref) => !done.has(callKey(ref.layer, ref.call)))
        const before = next === undefined ? undefined : layers.get(next.layer)
        if (next !== undefined && before !== undefined) {
          open.push({ layer: before, call: next.call })
          continue
        }
        if (!done.has(key)) ordered.push({ ...top, inputs })
        done.add(key)
        open.pop()
      }
    }
  return ordered
}

/**
 * The calls that an output depends on, in the order in which TensorFlow.js runs them: whatever an output reads last is
 * run first. @see getTopologicalSortAndRecipientCounts in its executor
 */
export function callsAsTheyRun(model: TopologyModel): readonly Step[] {
  if (model.sequential) return orderedCalls(model)
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]))
  const ordered: Step[] = []
  const done = new Set<string>()
  const open: { readonly ref: TensorRef; readonly isRead: boolean }[] = []
  for (const ref of [...model.inputs, ...model.outputs].toReversed())
    open.push({ ref, isRead: false })
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    const { ref, isRead } = top
    const key = callKey(ref.layer, ref.call)
    const layer = layers.get(ref.layer)
    if (layer === undefined || done.has(key)) continue
    const inputs = layer.calls[ref.call] ?? []
    if (isRead) {
      done.add(key)
      ordered.push({ layer, call: ref.call, inputs })
      continue
    }
    open.push({ ref, isRead: true })
    for (const input of inputs) open.push({ ref: input, isRead: false })
  }
  return ordered
}

function neededCalls(
  model: TopologyModel,
  layers: ReadonlyMap<string, TopologyLayer>,
): ReadonlySet<string> {
  const needed = new Set<string>()
  const open = [...model.outputs, ...model.inputs]
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    const key = callKey(ref.layer, ref.call)
    if (needed.has(key)) continue
    needed.add(key)
    open.push(...(layers.get(ref.layer)?.calls[ref.call] ?? []))
  }
  return needed
}

/** How many values of each call somebody reads. */
export function askedOutputs(model: TopologyModel): ReadonlyMap<string, number> {
  const asked = new Map<string, number>()
  const refs = [...model.layers.flatMap(({ calls }) => calls.flat()), ...model.outputs]
  for (const { layer, call, tensor } of refs) {
    const key = callKey(layer, call)
    asked.set(key, Math.max(asked.get(key) ?? 1, tensor + 1))
  }
  return asked
}
