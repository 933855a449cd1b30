/** Layers that do nothing outside training; tfjs does not know them. */
export const identities: ReadonlySet<string> = new Set([
  ...['Identity', 'ActivityRegularization', 'SpatialDropout2D', 'SpatialDropout3D'],
  ...['RandomFlip', 'RandomRotation', 'RandomZoom', 'RandomTranslation'],
  ...['RandomContrast', 'RandomBrightness'],
])

const activationNames = [
  ...(['linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hard_sigmoid', 'softplus'] as const),
  ...(['softsign', 'tanh', 'softmax', 'log_softmax', 'swish', 'mish', 'gelu', 'gelu_new'] as const),
]

export type ActivationName = (typeof activationNames)[number]

const kerasActivations = [
  ...(['hard_silu', 'hard_sigmoid_of_keras_3', 'leaky_relu', 'celu'] as const),
  ...(['exponential', 'hard_tanh'] as const),
]

/** Activations that files of Keras alone have. */
export type KerasActivation = (typeof kerasActivations)[number]

/** Activations that tfjs-layers has. */
export const activations: ReadonlySet<string> = new Set(activationNames)

/** Initializers that tfjs-layers has, by the names it knows them by. */
export const initializers: ReadonlySet<string> = new Set([
  ...['zeros', 'ones', 'constant', 'identity', 'orthogonal', 'variance_scaling'],
  ...['random_normal', 'random_uniform', 'truncated_normal'],
  ...['glorot_normal', 'glorot_uniform', 'he_normal', 'he_uniform'],
  ...['le_cun_normal', 'le_cun_uniform', 'lecun_normal', 'lecun_uniform'],
])

const all: ReadonlySet<string> = new Set([...activationNames, ...kerasActivations])

export function isActivation(name: string): name is ActivationName | KerasActivation {
  return all.has(name)
}
