import type { ValueName } from '../../graph/values'

/** What is below or above becomes these; infinite: nothing is. NaN stays. */
export interface Limits {
  readonly low: number
  readonly high: number
}

export const noLimits: Limits = { low: -Infinity, high: Infinity }

/** Pictures, without their channels. */
export interface Places {
  readonly height: number
  readonly width: number
}

/** How a window goes over pictures; places outside are zeros. top, left: those before the picture, or less than none. */
export interface Windowed {
  readonly image: Places
  readonly out: Places
  readonly window: Places
  readonly strides: Places
  /** From one place of the window to the next. */
  readonly dilations: Places
  readonly top: number
  readonly left: number
}

export interface Corner {
  readonly top: number
  readonly left: number
}

/** Those outputs of a transposed convolution that read the same taps: every n-th from a place on. */
export interface Phase {
  readonly windows: Windowed
  /** The first tap, in the kernel. */
  readonly tap: Corner
  /** The first output. */
  readonly to: Corner
}

/** What comes behind a product, channel by channel, and is folded into its weights; in this order. */
export type Folded =
  | {
      readonly kind: 'normalize'
      readonly scale: ValueName | null
      readonly offset: ValueName | null
      readonly mean: ValueName
      readonly variance: ValueName
      readonly epsilon: number
    }
  | { readonly kind: 'add' | 'multiply' | 'subtract'; readonly by: ValueName }
  | { readonly kind: 'affine'; readonly scale: number; readonly offset: number }

interface OfWeights {
  readonly kernel: ValueName
  readonly bias: ValueName | null
  readonly folded: readonly Folded[]
  readonly limits: Limits
}

/** x and out are names of memory; sizes are of one sample. */
export type Step =
  | (OfWeights & {
      readonly kind: 'product'
      readonly x: ValueName
      readonly out: ValueName
      /** Added before the limits; as out. */
      readonly rest: ValueName | null
      /** Pictures of one sample, or rows of a product of matrices, which are pictures of one place. */
      readonly images: number
      readonly windows: Windowed
      /** Of all groups; each group of filters reads its own channels. */
      readonly channels: number
      readonly filters: number
      readonly groups: number
      /** The kernel is [filters, channels]. */
      readonly isTurned: boolean
    })
  | (OfWeights & {
      readonly kind: 'spread'
      readonly x: ValueName
      readonly out: ValueName
      /** As that of a product. */
      readonly rest: ValueName | null
      readonly images: number
      readonly channels: number
      readonly filters: number
      /** Of the whole kernel, [height, width, filters, channels]. */
      readonly window: Places
      readonly strides: Places
      readonly made: Places
      readonly phases: readonly Phase[]
    })
  | (OfWeights & {
      readonly kind: 'depthwise'
      readonly x: ValueName
      readonly out: ValueName
      readonly images: number
      readonly windows: Windowed
      readonly channels: number
    })
  | {
      readonly kind: 'pool'
      readonly x: ValueName
      readonly out: ValueName
      readonly images: number
      readonly windows: Windowed
      readonly channels: number
      readonly isMean: boolean
    }
  | {
      readonly kind: 'scale'
      readonly x: ValueName
      readonly out: ValueName
      readonly rows: number
      readonly channels: number
      readonly folded: readonly Folded[]
      readonly limits: Limits
    }
  /** What is below zero times a slope of each channel. */
  | {
      readonly kind: 'bend'
      readonly x: ValueName
      readonly out: ValueName
      readonly rows: number
      readonly channels: number
      /** As many as channels, or one for all. */
      readonly slope: ValueName
    }
  /** Channels of each sample times numbers of that sample. */
  | {
      readonly kind: 'weigh'
      readonly x: ValueName
      readonly by: ValueName
      readonly out: ValueName
      readonly rows: number
      readonly channels: number
    }
  | {
      readonly kind: 'combine'
      readonly a: ValueName
      readonly b: ValueName
      readonly out: ValueName
      readonly size: number
      readonly function: Combined
      readonly limits: Limits
    }
  | {
      readonly kind: 'function'
      readonly x: ValueName
      readonly out: ValueName
      readonly size: number
      readonly function: ElementFunction
    }
  | {
      readonly kind: 'softmax'
      readonly x: ValueName
      readonly out: ValueName
      readonly rows: number
      readonly columns: number
    }
  | {
      readonly kind: 'concat'
      readonly parts: readonly { readonly x: ValueName; readonly length: number }[]
      readonly out: ValueName
      readonly rows: number
    }
  | {
      readonly kind: 'turn'
      readonly x: ValueName
      readonly out: ValueName
      readonly sides: readonly [number, number, number]
      readonly steps: readonly [number, number, number]
    }
  | {
      readonly kind: 'pad'
      readonly x: ValueName
      readonly out: ValueName
      readonly image: Places
      readonly padded: Places
      readonly top: number
      readonly left: number
      readonly channels: number
    }

export type Combined = 'Add' | 'Mul' | 'Sub' | 'Max'

export type ElementFunction =
  | { readonly name: 'limit'; readonly limits: Limits }
  | { readonly name: 'sigmoid' | 'tanh' | 'swish' | 'hardSwish' | 'mish' }
  | { readonly name: 'gelu' | 'geluByTanh' | 'softplus' | 'softsign' }
  /** Of what is below zero; factor: of all. */
  | { readonly name: 'elu' | 'leaky'; readonly amount: number; readonly factor: number }

export type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>

/** Memory that a step reads. */
export function readsOf(step: Step): readonly ValueName[] {
  switch (step.kind) {
    case 'product':
    case 'spread':
      return step.rest === null ? [step.x] : [step.x, step.rest]
    case 'weigh':
      return [step.x, step.by]
    case 'combine':
      return [step.a, step.b]
    case 'concat':
      return step.parts.map(({ x }) => x)
    default:
      return [step.x]
  }
}

/** Weights and constants that a step is made with. */
export function weightsOf(step: Step): readonly ValueName[] {
  if (step.kind === 'bend') return [step.slope]
  if (!('folded' in step)) return []
  const own = 'kernel' in step ? [step.kernel, step.bias] : []
  const behind = step.folded.flatMap((each): (ValueName | null)[] => {
    if (each.kind === 'normalize') return [each.scale, each.offset, each.mean, each.variance]
    return 'by' in each ? [each.by] : []
  })
  return [...own, ...behind].filter((name) => name !== null)
}
