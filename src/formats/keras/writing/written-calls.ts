import type { Json, JsonObject } from '../../../files/read-json'
import type { CallArguments, TensorRef, TopologyLayer } from '../../tfjs-layers/topology'

/** Recurrent layers, which Keras 3 is given states by name. */
const recurrent = /^(?:Bidirectional|RNN|SimpleRNN|LSTM|GRU|ConvLSTM\dD)$/

const nothing: CallArguments = { places: {}, values: {} }

/** Calls as Keras 3 lists them: tensors where they stand, and by name. */
export function keras3Calls(layer: TopologyLayer): Json[] {
  const { calls, className, given } = layer
  if (className === 'InputLayer') return []
  return calls.map((refs, index) => keras3Call(className, refs, given?.[index] ?? nothing))
}

function keras3Call(
  className: string,
  refs: readonly TensorRef[],
  { places, values }: CallArguments,
): Json {
  const ends = Object.values(places)
  const positional = refs.slice(0, Math.min(refs.length, ...ends))
  const kwargs: JsonObject = { ...values }
  for (const [name, from] of Object.entries(places)) {
    const to = Math.min(refs.length, ...ends.filter((end) => end > from))
    const own = refs.slice(from, to).map(tensor)
    kwargs[name] = own.length === 1 && name !== 'initial_state' ? (own[0] ?? null) : own
  }
  const [first, ...others] = positional.map(tensor)
  if (first === undefined) return { args: [], kwargs }
  if (recurrent.test(className) && others.length > 0)
    return { args: [first], kwargs: { ...kwargs, initial_state: others } }
  if (className === 'MultiHeadAttention') return { args: [first, ...others], kwargs }
  return { args: others.length === 0 ? [first] : [[first, ...others]], kwargs }
}

/** What Keras 3 finds a tensor by is the last; it makes its own of the shape. */
function tensor({ call, layer, tensor: index }: TensorRef): JsonObject {
  return {
    class_name: '__keras_tensor__',
    config: { shape: [null], dtype: 'float32', keras_history: [layer, call, index] },
  }
}

/** Calls as lists, which both versions read, where a call is given nothing but a tensor or a list of them. */
export function listedCalls(layer: TopologyLayer): Json[] {
  const { calls, className, given } = layer
  const isPlain = calls.every((refs, index) => {
    const { places, values } = given?.[index] ?? nothing
    const isAlone = Object.keys(places).length === 0 && Object.keys(values).length === 0
    return (
      isAlone &&
      (refs.length === 1 || !(recurrent.test(className) || className === 'MultiHeadAttention'))
    )
  })
  if (!isPlain) return keras3Calls(layer)
  if (className === 'InputLayer') return []
  return calls.map((refs) =>
    refs.map(({ call, layer: name, tensor: index }): Json => [name, call, index, {}]),
  )
}
