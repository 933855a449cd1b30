import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { barModel, residualModel } from '../../../../testing/models/bar-model'
import { freeOnTheWayBack } from './free-tape'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const gradientsOf = (
  model: tf.LayersModel,
  free: boolean,
): { readonly values: readonly Float32Array[]; readonly mostBytes: number } => {
  const variables = model.trainableWeights
    .map((weight): unknown => weight.read())
    .filter((weight) => weight instanceof tf.Variable)
  const x = tf.randomNormal([16, 8, 8, 1], 0, 1, 'float32', 4)
  const before = tf.memory().numBytes
  let mostBytes = 0
  const look = (): void => {
    mostBytes = Math.max(mostBytes, tf.memory().numBytes - before)
  }
  const { value, grads } = tf.variableGrads(() => {
    const y = model.apply(x, { training: true }) as tf.Tensor
    const loss = tf.mean(tf.square(tf.sub(y, 0.3)))
    if (free) freeOnTheWayBack()
    for (const node of tf.engine().state.activeTape) {
      const own = node.gradient
      if (own === undefined) continue
      node.gradient = function (this: typeof node, dys) {
        look()
        return own.call(this, dys)
      }
    }
    return loss.asScalar()
  }, variables)
  const values = variables.map(({ name }) => new Float32Array(grads[name]?.dataSync() ?? []))
  tf.dispose([x, value, grads])
  return { values, mostBytes }
}

describe('the way back frees what it has done with', () => {
  it.each([
    ['a chain', barModel],
    ['a sum of branches', residualModel],
  ])('and the gradients of %s stay the same, bit for bit', (_, build) => {
    // Dropout has a seed, and batch normalisation in training does not look at what it remembers.
    const model = build()
    for (const layer of model.layers) if ('seed' in layer) Reflect.set(layer, 'seed', 1)
    gradientsOf(model, false)
    const tensors = tf.memory().numTensors
    const stock = gradientsOf(model, false)
    const freed = gradientsOf(model, true)
    expect(freed.values).toEqual(stock.values)
    expect(freed.values.some((values) => values.some((value) => value !== 0))).toBe(true)
    expect(freed.mostBytes).toBeLessThan(0.75 * stock.mostBytes)
    expect(tf.memory().numTensors).toBe(tensors)
    model.dispose()
  })

  it('also where a gradient is handed on as it is, and where one goes two ways', () => {
    const w = tf.variable(tf.tensor1d([1, -2, 3]))
    const handedOn = tf.customGrad((...[x]: unknown[]) => ({
      value: (x as tf.Tensor).clone(),
      gradFunc: (dy: tf.Tensor) => dy,
    }))
    const run = (free: boolean): Float32Array => {
      const { value, grads } = tf.variableGrads(() => {
        const twice = handedOn(handedOn(w))
        const loss = tf.sum(tf.add(tf.mul(twice, w), twice)).asScalar()
        if (free) freeOnTheWayBack()
        return loss
      }, [w])
      const found = new Float32Array(grads[w.name]?.dataSync() ?? [])
      tf.dispose([value, grads])
      return found
    }
    const before = tf.memory().numTensors
    expect(run(true)).toEqual(new Float32Array([3, -3, 7]))
    expect(run(true)).toEqual(run(false))
    expect(tf.memory().numTensors).toBe(before)
    w.dispose()
  })
})
