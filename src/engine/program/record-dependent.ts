import * as tf from '@tensorflow/tfjs'

type Tape = ReturnType<typeof tf.engine>['state']['activeTape']

/** By tape, ids of the tensors that depend on what is learnt. */
const reachedOn = new WeakMap<Tape, ReadonlySet<number>>()

/**
 * Lets the tape hold only what depends on the variables. tfjs records every operation and keeps what each needs for its
 * gradient, also where nobody can ask for one: below the lowest layer that learns. To be called on an empty tape.
 */
export function recordOnlyBehind(variables: readonly tf.Variable[]): void {
  const tape = tf.engine().state.activeTape
  const reached = new Set(variables.map(({ id }) => id))
  reachedOn.set(tape, reached)
  tape.push = (...nodes) => {
    for (const node of nodes) {
      // Of batch normalisation without a scale or an offset there is no input, on which tfjs stumbles.
      node.inputs = withoutMissing(node.inputs)
      // Truths, indices and whole numbers stay as they are wherever they do not jump: no gradient goes through them.
      const real = node.outputs.filter(({ dtype }) => dtype === 'float32')
      if (real.length > 0 && Object.values(node.inputs).some(({ id }) => reached.has(id))) {
        for (const { id } of real) reached.add(id)
        tape[tape.length] = node
      } else tf.dispose(node.saved ?? [])
    }
    return tape.length
  }
}

/** Whether a gradient may be asked of the tensor; so it is where nobody has said what is learnt. */
export function isRecorded({ id }: tf.Tensor): boolean {
  const tape = tf.engine().state.activeTape as Tape | null | undefined
  return (tape ? reachedOn.get(tape)?.has(id) : undefined) ?? true
}

function withoutMissing(inputs: tf.NamedTensorMap): tf.NamedTensorMap {
  const given: [string, tf.Tensor | undefined][] = Object.entries(inputs)
  return Object.fromEntries(
    given.filter((entry): entry is [string, tf.Tensor] => entry[1] !== undefined),
  )
}
