import type { Combining, Unary } from '../../../graph/operators'
import type { Lower, Lowering } from './lowering'
import { NoMeaning } from './node-attributes'

const RELU_6: Unary = { function: 'Clip', least: 0, most: 6 }

/** Of Klambauer et al. 2017, with the digits of tfjs. */
const SELU: Unary = { function: 'Selu', alpha: 1.6732632423543772, gamma: 1.0507009873554805 }

function unary(attributes: Unary): Lower {
  return (node) => {
    node.takes(1)
    return node.add('unary', attributes, [node.input(0)])
  }
}

/** Functions of one number that have no settings. */
const plain = {
  Abs: 'Abs',
  Acos: 'Acos',
  Acosh: 'Acosh',
  Asin: 'Asin',
  Asinh: 'Asinh',
  Atan: 'Atan',
  Atanh: 'Atanh',
  Ceil: 'Ceil',
  Cos: 'Cos',
  Cosh: 'Cosh',
  Erf: 'Erf',
  Exp: 'Exp',
  Expm1: 'Expm1',
  Floor: 'Floor',
  IsFinite: 'IsFinite',
  IsInf: 'IsInf',
  IsNan: 'IsNaN',
  Log: 'Log',
  Log1p: 'Log1p',
  LogicalNot: 'Not',
  Neg: 'Neg',
  Reciprocal: 'Reciprocal',
  Relu: 'Relu',
  Rsqrt: 'Rsqrt',
  Sigmoid: 'Sigmoid',
  Sign: 'Sign',
  Sin: 'Sin',
  Sinh: 'Sinh',
  Softplus: 'Softplus',
  Sqrt: 'Sqrt',
  Square: 'Square',
  Tan: 'Tan',
  Tanh: 'Tanh',
} as const

/** Where TensorFlow is told to take the gradient of something that hands on, rounding is no step to whoever trains. */
function round(node: Lowering): readonly string[] {
  node.takes(1)
  const isHandedOn = node.attributes.word('_gradient_op_type', 'round') === 'identity'
  const rounding: Unary = isHandedOn ? { function: 'Rounded', to: 'whole' } : { function: 'Round' }
  return node.add('unary', rounding, [node.input(0)])
}

function combine(name: Combining): Lower {
  return (node) => {
    node.takes(2)
    return node.add('combine', { function: name }, [node.input(0), node.input(1)])
  }
}

const pairs = {
  Add: 'Add',
  AddV2: 'Add',
  Atan2: 'Atan2',
  DivNoNan: 'DivNoNan',
  Equal: 'Equal',
  FloorDiv: 'FloorDiv',
  FloorMod: 'Mod',
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
  LogicalAnd: 'And',
  LogicalOr: 'Or',
  Maximum: 'Max',
  Minimum: 'Min',
  Mul: 'Mul',
  NotEqual: 'NotEqual',
  Pow: 'Pow',
  RealDiv: 'Div',
  SquaredDifference: 'SquaredDifference',
  Sub: 'Sub',
} as const

/** Of the part that follows a product in one operator of a file. */
const followers: ReadonlyMap<string, Unary> = new Map<string, Unary>([
  ['relu', { function: 'Relu' }],
  ['relu6', RELU_6],
  ['elu', { function: 'Elu', alpha: 1 }],
  ['sigmoid', { function: 'Sigmoid' }],
  ['tanh', { function: 'Tanh' }],
  // TensorFlow fuses these, tfjs runs none of them.
  ['_fusedhardswish', { function: 'HardSwish' }],
  ['geluexact', { function: 'Gelu', approximate: 'none' }],
  ['geluapproximate', { function: 'Gelu', approximate: 'tanh' }],
])

/** @throws NoMeaning where it is none that is known */
export function followerOf(word: string): Unary {
  const found = followers.get(word)
  if (found === undefined) throw new NoMeaning(word)
  return found
}

function clip(node: Lowering): readonly string[] {
  node.takes(3)
  const [least, most] = [node.saidNumber(1), node.saidNumber(2)]
  if (least !== null && most !== null)
    return node.add('unary', { function: 'Clip', least, most }, [node.input(0)])
  const above = node.one('combine', { function: 'Max' }, [node.input(0), node.input(1)])
  return node.add('combine', { function: 'Min' }, [above, node.input(2)])
}

export const elementwise: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ...Object.entries(plain).map(([op, name]) => [op, unary({ function: name })] as const),
  ...Object.entries(pairs).map(([op, name]) => [op, combine(name)] as const),
  ['Elu', unary({ function: 'Elu', alpha: 1 })],
  ['Selu', unary(SELU)],
  ['Relu6', unary(RELU_6)],
  [
    'LeakyRelu',
    (node) => unary({ function: 'LeakyRelu', alpha: node.attributes.number('alpha', 0.2) })(node),
  ],
  ['ClipByValue', clip],
  ['Round', round],
  [
    'Prelu',
    (node) => {
      node.takes(2)
      return node.add('prelu', {}, [node.input(0), node.input(1)])
    },
  ],
  ['AddN', (node) => node.add('combine', { function: 'Add' }, node.between(0))],
  // Whole numbers are rounded to zero by TensorFlow, down by tfjs.
  [
    'Div',
    (node) => {
      if (node.attributes.dtype('T') !== 'float32') throw new NoMeaning('T')
      return combine('Div')(node)
    },
  ],
  // Along the last axis in tfjs, whatever the layout.
  [
    'BiasAdd',
    (node) => {
      if (node.attributes.word('data_format', 'nhwc').startsWith('nc')) throw new NoMeaning('nchw')
      return combine('Add')(node)
    },
  ],
  [
    'Cast',
    (node) => {
      node.takes(1)
      return node.add('cast', { to: node.attributes.dtype('DstT') }, [node.input(0)])
    },
  ],
  ...['Select', 'SelectV2'].map(
    (op) =>
      [
        op,
        (node: Lowering) => {
          node.takes(3)
          return node.add('where', {}, [node.input(0), node.input(1), node.input(2)])
        },
      ] as const,
  ),
])
