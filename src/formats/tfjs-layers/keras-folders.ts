import type { TopologyLayer } from './topology'

/**
 * Where a .keras file of Keras 3 keeps the weights of each layer of a model: below a folder of the layer's class
 * with a number, whatever the layer is called. The stock converter hands these paths on as names of weights.
 * @returns folders by name of layer, such as `layers/dense_1`
 */
export function kerasFolders(
  layers: readonly Pick<TopologyLayer, 'name' | 'className'>[],
): ReadonlyMap<string, string> {
  const count = counted()
  return new Map(layers.map(({ name, className }) => [name, `layers/${count(className)}`]))
}

/** Gives each class its folder: the first `dense`, the second `dense_1`. */
export function counted(): (className: string) => string {
  const seen = new Map<string, number>()
  return (className) => {
    const name = snake(className)
    const before = seen.get(name) ?? 0
    seen.set(name, before + 1)
    return before === 0 ? name : `${name}_${before}`
  }
}

/** As Keras spells a class: `BatchNormalization` is batch_normalization, `PReLU` is p_re_lu. */
function snake(className: string): string {
  return className
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}

/** The path of a weight as `kerasFolders` spells it: Keras 2.12 named the list otherwise, Windows its slashes. */
export function kerasPath(name: string): string {
  return name
    .replaceAll('\\', '/')
    .replaceAll(/(^|\/)_layer_checkpoint_dependencies\//g, '$1layers/')
}

/** Weights of a folder in their order, for classes whose settings do not change it. */
const usual: readonly (readonly [RegExp, readonly string[]])[] = [
  [/LSTM|GRU|RNN|^Bidirectional$/, ['kernel', 'recurrent_kernel', 'bias']],
  [/^Embedding$/, ['embeddings']],
  [/^Depthwise/, ['depthwise_kernel', 'bias']],
  [/^Separable/, ['depthwise_kernel', 'pointwise_kernel', 'bias']],
  // Which of the four depends on settings; they are all treated alike.
  [/Normalization$/, ['gamma', 'gamma', 'gamma', 'gamma']],
  [/^PReLU$/, ['alpha']],
]

/**
 * What a weight is probably called that has nothing but a number, in a layer that tfjs cannot run.
 * @param rank of its shape
 * @returns '' where nothing speaks for anything
 */
export function nameInFolder(className: string, index: number, rank: number): string {
  const [, names] = usual.find(([pattern]) => pattern.test(className)) ?? [null, null]
  if (names !== null) return names[index] ?? ''
  if (index === 1) return 'bias'
  return index === 0 && rank >= 2 ? 'kernel' : ''
}

/** Classes whose names are not told by taking the words of their folder together. */
const acronyms: ReadonlyMap<string, string> = new Map([
  ['lstm', 'LSTM'],
  ['gru', 'GRU'],
  ['simple_rnn', 'SimpleRNN'],
  ['rnn', 'RNN'],
  ['p_re_lu', 'PReLU'],
  ['conv_lstm1d', 'ConvLSTM1D'],
  ['conv_lstm2d', 'ConvLSTM2D'],
  ['conv_lstm3d', 'ConvLSTM3D'],
])

/** The class of a folder without its number: `batch_normalization` is BatchNormalization, `conv2d_transpose` is Conv2DTranspose. */
export function classOfFolder(word: string): string {
  return (
    acronyms.get(word) ??
    word
      .split('_')
      .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1).replace(/(\d)d$/, '$1D'))
      .join('')
  )
}
