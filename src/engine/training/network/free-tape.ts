import * as tf from '@tensorflow/tfjs'
import { batchNormForward } from '../../wasm-kernels/batch-norm'
import { handOn, holdAlone, spend } from '../../wasm-kernels/spent-gradients'

type TapeNode = ReturnType<typeof tf.engine>['state']['activeTape'][number]

/**
 * Lets the way back free what it has done with: what an operation saved on the way there, and the gradient of what it
 * said. tfjs keeps both for all operations until the last of them, which is twice the memory. A kernel may write the
 * next gradient in the place of the last one, of which nobody reads more, and add one to another in its place. To be called at the end
 * of the way there, on its tape; the gradients stay the same, bit for bit.
 */
export function freeOnTheWayBack(): void {
  for (const node of tf.engine().state.activeTape) freeAfterwards(node)
}

function freeAfterwards(node: TapeNode): void {
  const { gradient, saved = [] } = node
  if (gradient === undefined) return
  // Nothing flows back to statistics, and tfjs would make zeros of their size for it.
  if (node.kernelName === batchNormForward.kernelName) node.outputs = node.outputs.slice(0, 1)
  // Called on a copy of the node, whose inputs are those that a gradient is wanted of.
  node.gradient = function (this: TapeNode, dys) {
    const wanted = Object.keys(this.inputs)
    // Where nothing flows back to an output there is none.
    const given = (dys as readonly (tf.Tensor | null)[]).filter((dy) => dy !== null)
    const found = tf.tidy(() => {
      given.forEach(handOn)
      given.forEach(spend)
      const asked = gradient(dys)
      // No gradient may be the same tensor as what is freed, nor as another.
      const taken = new Set<tf.Tensor>([...dys, ...saved])
      return Object.fromEntries(
        wanted.flatMap((input) => {
          const own = asked[input]?.()
          if (own === undefined) return []
          const one = taken.has(own) ? own.clone() : own
          taken.add(one)
          return [[input, one] as const]
        }),
      )
    })
    for (const tensor of saved) tensor.dispose()
    tf.dispose(given)
    Object.values(found).forEach(holdAlone)
    return Object.fromEntries(Object.entries(found).map(([input, one]) => [input, () => one]))
  }
}
