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

/** Activations that tfjs-layers has. */
export const activations: ReadonlySet<string> = new Set(activationNames)

/** Initializers that tfjs-layers has, by the names it knows them by. */
export const initializers: ReadonlySet<string> = new Set([
  ...['zeros', 'ones', 'constant', 'identity', 'orthogonal', 'variance_scaling'],
  ...['random_normal', 'random_uniform', 'truncated_normal'],
  ...['glorot_normal', 'glorot_uniform', 'he_normal', 'he_uniform'],
  ...['le_cun_normal', 'le_cun_uniform', 'lecun_normal', 'lecun_uniform'],
])
