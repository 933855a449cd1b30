import type { DType, ValueName } from './values'

export type Layout = 'channelsLast' | 'channelsFirst'

/**
 * same: enough zeros that the output has ceil(side / stride) places, the odd one at the end (upper) or before (lower).
 * Where a stride is beyond its window, upper and lower begin in the first place; centred leaves places out at both ends.
 */
export type SamePadding = 'sameUpper' | 'sameLower' | 'sameCentred'

export type Padding =
  | SamePadding
  | { readonly begin: readonly number[]; readonly end: readonly number[] }

/** How a window moves over the spatial axes; each list has one entry for each of these axes. */
export interface Sliding {
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly padding: Padding
  readonly layout: Layout
}

/** Which axis of a kernel means what. */
export interface KernelAxes {
  readonly spatial: readonly number[]
  /** Channels that one filter reads: those of one group. */
  readonly input: number
  /** Filters of all groups. */
  readonly output: number
}

/** Filters that each read one channel. */
export interface DepthwiseAxes {
  readonly spatial: readonly number[]
  readonly channel: number
  /** Filters of one channel, neighbours in the output; null: one. */
  readonly multiplier: number | null
}

export type Unary =
  | {
      readonly function:
        | (
            | 'Abs'
            | 'Neg'
            | 'Sign'
            | 'Exp'
            | 'Log'
            | 'Sqrt'
            | 'Reciprocal'
            | 'Floor'
            | 'Ceil'
            | 'Round'
          )
        | (
            | 'Sin'
            | 'Cos'
            | 'Tan'
            | 'Asin'
            | 'Acos'
            | 'Atan'
            | 'Sinh'
            | 'Cosh'
            | 'Asinh'
            | 'Acosh'
            | 'Atanh'
          )
        | (
            | 'Relu'
            | 'Sigmoid'
            | 'Tanh'
            | 'Softplus'
            | 'Softsign'
            | 'Mish'
            | 'HardSwish'
            | 'Swish'
            | 'Erf'
          )
        | ('Not' | 'IsNaN' | 'IsInf' | 'IsFinite' | 'Rsqrt' | 'Square' | 'Expm1' | 'Log1p')
    }
  | { readonly function: 'LeakyRelu' | 'Elu' | 'Celu' | 'ThresholdedRelu'; readonly alpha: number }
  | { readonly function: 'Selu'; readonly alpha: number; readonly gamma: number }
  | { readonly function: 'HardSigmoid'; readonly alpha: number; readonly beta: number }
  | { readonly function: 'Gelu'; readonly approximate: 'none' | 'tanh' }
  | { readonly function: 'Clip'; readonly least: number | null; readonly most: number | null }
  /** A whole number as one of so many bits keeps it. */
  | { readonly function: 'Wrap'; readonly bits: number; readonly signed: boolean }
  /**
   * The nearest number that the type has, of two the even one; beyond the largest half there is only infinity. Gradients go
   * through as if nothing was rounded.
   */
  | { readonly function: 'Rounded'; readonly to: 'float16' | 'whole' }
  /** x * scale + offset, for all elements alike. */
  | { readonly function: 'Affine'; readonly scale: number; readonly offset: number }

/** What a cell makes of a sum; null: nothing. A softmax runs along the last axis. */
export type CellFunction = Unary | { readonly function: 'Softmax'; readonly log: boolean } | null

export type Combining =
  | ('Add' | 'Sub' | 'Mul' | 'Div' | 'Pow' | 'Max' | 'Min' | 'Mean' | 'Mod' | 'FloorDiv' | 'Atan2')
  /** Towards zero, and what is left then; FloorDiv and Mod go down. */
  | ('TruncDiv' | 'Rem')
  | ('SquaredDifference' | 'DivNoNan' | 'And' | 'Or' | 'Xor')
  | ('Equal' | 'NotEqual' | 'Greater' | 'GreaterOrEqual' | 'Less' | 'LessOrEqual')

export type Reducing =
  | 'Sum'
  | 'Mean'
  | 'Max'
  | 'Min'
  | 'Prod'
  | 'L1'
  | 'L2'
  | 'LogSumExp'
  | 'All'
  | 'Any'

/** In training alone: what it hands on otherwise is what it gets. */
export type Noise = 'Dropout' | 'AlphaDropout' | 'GaussianDropout' | 'GaussianNoise'

/**
 * Every operator with what must be known of it beside its inputs, whose order stands in front of each. Where ONNX has an
 * operator of that meaning, it is that of opset 24 (https://onnx.ai/onnx/operators/). What differs: a layout is an
 * attribute, since files of both layouts are kept as they are; axes before those that a window or a matrix needs count as
 * further batch axes, so that one operator serves sequences of pictures.
 */
export interface OpAttributes {
  /** [x, kernel, bias?] */
  readonly conv: Sliding & { readonly kernel: KernelAxes; readonly groups: number }
  /** [x, kernel, bias?] */
  readonly depthwiseConv: Sliding & { readonly kernel: DepthwiseAxes }
  /**
   * [x, kernel, bias?, shape?] `input` of the kernel reads channels of x, of all groups; `output` are the filters of
   * one group. outputPadding: further places at the end.
   * output: its spatial sides where they are said; null: read from the fourth input, which says all sides of what is
   * given; without one as the padding gives them.
   */
  readonly transposedConv: Sliding & {
    readonly kernel: KernelAxes
    readonly groups: number
    readonly outputPadding: readonly number[]
    readonly output: readonly number[] | null
  }
  /** [a, b, bias?] The last two axes are a matrix each, those before broadcast; transposed: read the other way round. */
  readonly matMul: { readonly transposeA: boolean; readonly transposeB: boolean }
  /**
   * [a, b] Contracts one axis of each behind the batch; all others but the batch of b follow those of a, and one side of
   * one where nothing but the batch is left. normalize: both of unit length along it. batch: so many axes in front are
   * that; one where left out.
   */
  readonly dot: {
    readonly axisA: number
    readonly axisB: number
    readonly normalize: boolean
    readonly batch?: number
  }
  /** [x, scale?, offset?, mean, variance] */
  readonly batchNormalization: {
    readonly axis: number
    readonly epsilon: number
    readonly momentum: number
    /** In training, axes behind the batch of which each place has statistics of its own; none where left out. */
    readonly apart?: number
  }
  /** [x, scale?, offset?] Over all these axes, counted from the last where negative. */
  readonly layerNormalization: { readonly axes: readonly number[]; readonly epsilon: number }
  /** [x] Places outside count in an average, or do not. */
  readonly pool: Sliding & {
    readonly function: 'Max' | 'Average'
    readonly window: readonly number[]
    readonly countsPadding: boolean
    /** A window that begins inside counts, also where it reaches over the end. */
    readonly ceil: boolean
  }
  /** [x] null: all axes. */
  readonly reduce: {
    readonly function: Reducing
    readonly axes: readonly number[] | null
    readonly keepDims: boolean
  }
  /** [x] */
  readonly unary: Unary
  /** [x, slope] The slope broadcasts. */
  readonly prelu: object
  /** [a, b, ...] Element by element; sides of one broadcast. */
  readonly combine: { readonly function: Combining }
  /** [x] */
  readonly softmax: { readonly axis: number; readonly log: boolean }
  /** [x] */
  readonly identity: object
  /** [x] amount: rate or standard deviation; shared: the axes along which it is the same. */
  readonly noise: {
    readonly kind: Noise
    readonly amount: number
    readonly shared: readonly number[]
  }
  /** [x, ...] */
  readonly concat: { readonly axis: number }
  /** [x, ...] Puts its inputs side by side on a new axis, whose place is one of the output. */
  readonly stack: { readonly axis: number }
  /** [x] Equal parts where sizes is null. */
  readonly split: {
    readonly axis: number
    readonly sizes: readonly number[] | null
    readonly squeeze: boolean
  }
  /** [x, shape?] 0: the side of x at that place; -1: what is left. null: read from the second input. */
  readonly reshape: { readonly to: readonly number[] | null }
  /** [x] null: all sides of one. */
  readonly squeeze: { readonly axes: readonly number[] | null }
  /** [x] Places in the output. */
  readonly unsqueeze: { readonly axes: readonly number[] }
  /** [x] */
  readonly transpose: { readonly perm: readonly number[] }
  /** [x] One entry for each axis. */
  readonly pad: {
    readonly begin: readonly number[]
    readonly end: readonly number[]
    /** edge: the last place again and again; wrap: as if it began anew. */
    readonly mode: 'constant' | 'reflect' | 'symmetric' | 'edge' | 'wrap'
    readonly value: number
  }
  /**
   * [x] One entry for each axis that is named; ends behind the last place that is taken; null: to the very end. Axes,
   * starts and ends count from the last where negative, steps go backwards; what reaches outside is cut off.
   */
  readonly slice: {
    readonly axes: readonly number[]
    readonly starts: readonly number[]
    readonly ends: readonly (number | null)[]
    readonly steps: readonly number[]
    /** Axes of which one place is taken, and which go. */
    readonly squeezed: readonly number[]
  }
  /** [table, indices] An embedding where the table is a parameter. fromEnd: places below zero count from the end. */
  readonly gather: { readonly axis: number; readonly fromEnd?: boolean }
  /** [x, shape?, like?] 1: the side of x; 0: the side of `like` at that place. null: read from the second input. */
  readonly expand: { readonly to: readonly number[] | null }
  /** [x, repeats?, like?] 0: as often as `like` has places there. null: read from the second input. */
  readonly tile: { readonly repeats: readonly number[] | null }
  /**
   * [x, sides?] Spatial sides by whole factors, or to sides; null: read from the second input. nearest: the place before
   * where coordinates are asymmetric, else the nearer one, the later of two.
   */
  readonly resize: {
    readonly to:
      | { readonly factors: readonly number[] }
      | { readonly sides: readonly number[] }
      | null
    readonly mode: 'nearest' | 'linear'
    readonly coordinates: 'asymmetric' | 'halfPixel' | 'alignCorners'
    readonly layout: Layout
  }
  /** [x] */
  readonly depthToSpace: { readonly block: number; readonly layout: Layout }
  /** [x] */
  readonly cast: { readonly to: DType }
  /** [condition, a, b] */
  readonly where: object
  /** [x] The sides of x as numbers. */
  readonly shape: object
  /** [x] Index of the largest or least. */
  readonly argExtreme: {
    readonly function: 'ArgMax' | 'ArgMin'
    readonly axis: number
    readonly keepDims: boolean
  }
  /** [shape?, value, like?] 0: the side of `like` at that place. null: read from the first input. */
  readonly fill: { readonly to: readonly number[] | null }
  /** [start, limit, step] */
  readonly range: object
  /** [a, ...] What is summed, in the letters of Einstein: `abc,cd->abd`. */
  readonly einsum: { readonly equation: string }
  /** [x] The largest along the last axis, then their places. */
  readonly topK: { readonly count: number; readonly sorted: boolean }
  /** [x] What came so far along the axis; exclusive: without the place itself; reverse: from the end. */
  readonly cumulative: {
    readonly function: 'Sum' | 'Prod'
    readonly axis: number
    readonly exclusive: boolean
    readonly reverse: boolean
  }
  /** [indices] A new last axis that is `on` at the place of the index. */
  readonly oneHot: {
    readonly depth: number
    readonly on: number
    readonly off: number
    readonly dtype: DType
  }
  /**
   * [x, indices] The last axis of the indices says a place along the first axes of x. fromEnd: places below zero count
   * from the end.
   */
  readonly gatherND: { readonly fromEnd?: boolean }
  /**
   * [x, rows, updates] Rows of x, one along its first axis for each of these numbers, counted from the first: another in
   * its place, which of several is not said, or all of them added to it.
   */
  readonly scatter: { readonly function: 'Replace' | 'Add' }
  /**
   * [boxes, scores, most?, overlap?, least?] boxes: [batch, box, 4], two corners, y before x; centered: their middle, x
   * before y, and their sides. scores: [batch, class, box]. Of each class so many boxes (none where it is not said), the best
   * first, of scores above the least, which share no more than `overlap` of what both cover with one that was taken before:
   * one row of batch, class and box for each.
   */
  readonly nonMaxSuppression: { readonly centered: boolean }
  /** [x] x / (bias + alpha / size * sum of squares of `size` neighbours along the axis) ^ beta. */
  readonly localResponseNormalization: {
    readonly axis: number
    readonly size: number
    readonly alpha: number
    readonly beta: number
    readonly bias: number
  }
  /**
   * [x, ...parameters, ...states, mask?] Parameters in the order of the file, both directions one after the other. The
   * mask has the axes of x, of vectors also without the last, and stretches over the states.
   * The time axis stands before those of one step. Gives what it says of its sequence, then states, those of one
   * direction after the other, of stacked cells the last first.
   */
  readonly recurrent: {
    /** Those that are stacked, from the input on. Each has a kernel, a recurrent kernel and perhaps a bias. */
    readonly cells: readonly {
      readonly kind: 'simple' | 'gru' | 'lstm' | 'convLstm'
      readonly units: number
      readonly biased: boolean
      readonly activation: CellFunction
      /** Of what says how much is let through; simple has none. */
      readonly gates: CellFunction
      /**
       * gru: the reset gate weighs the product and not the state that goes into it, and the bias has two rows, one for
       * what is read and one for the state.
       */
      readonly resetsAfter?: boolean
      /** In training, rates of what is read and of the state that are left out, the same at all steps. */
      readonly dropout: { readonly input: number; readonly state: number }
    }[]
    /** From the last step to the first; what it says of its sequence comes in that order. */
    readonly backwards: boolean
    /** The last input says for each step whether it counts: one that does not leaves all states as they were. */
    readonly masked: boolean
    /** masked: of steps that do not count it says nothing but zeros; else what it said last. */
    readonly zeroed?: boolean
    /** How both directions are joined; null: there is one. lists: two outputs. */
    readonly directions: 'concat' | 'sum' | 'mul' | 'ave' | 'lists' | null
    readonly sequences: boolean
    readonly states: boolean
    /** convLstm. */
    readonly window: (Sliding & { readonly sides: readonly number[] }) | null
  }
  /** What has no meaning here yet. Its own format runs it. */
  readonly opaque: {
    readonly config: Readonly<Record<string, unknown>>
    readonly outputs: number
    /** The setting that has none, where all else of it would; its file calls it so. */
    readonly because?: string
  }
}

export type OpName = keyof OpAttributes

/** One operator at its place. `op` says which, and with it what `attributes` are. */
export type NodeOf<Op extends OpName> = {
  [Each in Op]: {
    /** Unique; for errors, and to name the node in an edit. */
    readonly id: string
    /** The layer that it carries out, or a part of it. */
    readonly layer: string
    readonly op: Each
    readonly attributes: OpAttributes[Each]
    /** null: left out. */
    readonly inputs: readonly (ValueName | null)[]
    readonly outputs: readonly ValueName[]
  }
}[Op]

export type GraphNode = NodeOf<OpName>
