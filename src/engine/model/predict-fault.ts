import * as tf from '@tensorflow/tfjs'
import type { ModelNote } from '../../core/model-summary'
import { graphOf } from './layer-by-layer'

/**
 * Why stock TensorFlow.js 4.22 stops with an error where each layer would answer: it finds no second place for what is an
 * output twice, and frees a value too early that one layer reads twice and others read too. null: it answers.
 * @see executor.js of tfjs-layers, whose order is repeated here
 */
export function predictFaultOf(model: tf.LayersModel): ModelNote | null {
  const { inputs, layers, outputs } = graphOf(model)
  const given = new Set(inputs.map(({ id }) => id))
  const twice = outputs.find(
    (symbol, at) => !given.has(symbol.id) && outputs.indexOf(symbol) !== at,
  )
  if (twice !== undefined)
    return { code: 'note/output-twice', params: { layer: twice.sourceLayer.name } }
  const early = freedTooEarly(inputs, outputs)
  if (early !== null) return { code: 'note/read-twice', params: { layer: early } }
  for (const layer of layers) {
    const inner = layer instanceof tf.LayersModel ? predictFaultOf(layer) : null
    if (inner !== null) return inner
  }
  return null
}

type Symbols = readonly tf.SymbolicTensor[]

/** The layer whose value is gone before its last reader. */
function freedTooEarly(inputs: Symbols, outputs: Symbols): string | null {
  const order = inOrder(inputs, outputs)
  const kept = new Set([...inputs, ...outputs].map(({ id }) => id))
  const left = new Map<number, number>()
  for (const { inputs: read } of order)
    for (const id of new Set(read.map((symbol) => symbol.id))) left.set(id, (left.get(id) ?? 0) + 1)
  const gone = new Set<number>()
  for (const { inputs: read } of order) {
    const early = read.find(({ id }) => gone.has(id))
    if (early !== undefined) return early.sourceLayer.name
    for (const { id, sourceLayer } of read) {
      const readers = (left.get(id) ?? 0) - 1
      left.set(id, readers)
      if (readers === 0 && !kept.has(id) && !sourceLayer.stateful) gone.add(id)
    }
  }
  return null
}

/** What outputs are made of, each after all that it reads, of which the last come first. */
function inOrder(inputs: Symbols, outputs: Symbols): Symbols {
  const done = new Set(inputs.map(({ id }) => id))
  const order: tf.SymbolicTensor[] = []
  for (const output of outputs) {
    const waiting = [output]
    const opened = new Set<number>()
    for (let top = waiting.at(-1); top !== undefined; top = waiting.at(-1)) {
      if (done.has(top.id)) waiting.pop()
      else if (opened.has(top.id)) {
        done.add(top.id)
        order.push(top)
      } else {
        opened.add(top.id)
        waiting.push(...top.inputs.filter(({ id }) => !done.has(id)))
      }
    }
  }
  return order
}
