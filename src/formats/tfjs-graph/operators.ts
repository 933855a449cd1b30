import { elementwise } from './lowering/lower-elementwise'
import { pools } from './lowering/lower-pools'
import { products } from './lowering/lower-products'
import { reductions } from './lowering/lower-reductions'
import { shapes } from './lowering/lower-shapes'
import { scatters } from './lowering/lower-scatters'
import { slices } from './lowering/lower-slices'
import type { Lower } from './lowering/lowering'

/** Operators that decide at run time what runs next, or keep state between nodes. */
const controlFlow: ReadonlySet<string> = new Set(
  `Enter Exit If LoopCond Merge NextIteration StatelessIf StatelessWhile Switch While
  EmptyTensorList HashTable HashTableV2 InitializeTable InitializeTableV2 LookupTableFind
  LookupTableFindV2 LookupTableImport LookupTableImportV2 LookupTableSize LookupTableSizeV2
  TensorArrayCloseV3 TensorArrayConcatV3 TensorArrayGatherV3 TensorArrayReadV3 TensorArrayScatterV3
  TensorArraySizeV3 TensorArraySplitV3 TensorArrayV3 TensorArrayWriteV3 TensorListConcat
  TensorListConcatV2 TensorListFromTensor TensorListGather TensorListGetItem TensorListLength
  TensorListPopBack TensorListPushBack TensorListReserve TensorListResize TensorListScatter
  TensorListScatterV2 TensorListSetItem TensorListSplit TensorListStack`.split(/\s+/),
)

/**
 * What tfjs computes and no operators of `src/graph` mean: it opens and runs, and stays as it is. `Mod` is rounded to
 * zero in TensorFlow and down in tfjs.
 */
const opaque: ReadonlySet<string> = new Set(
  `BatchToSpaceND Bincount BitwiseAnd BroadcastArgs Complex ComplexAbs CropAndResize DenseBincount
  Dilation2D FFT IFFT IRFFT Imag ImageProjectiveTransformV3 LinSpace ListDiff
  LowerBound MatrixBandPart MaxPoolWithArgmax Mod Multinomial NonMaxSuppressionV2 NonMaxSuppressionV3
  NonMaxSuppressionV4 NonMaxSuppressionV5 Print RFFT RaggedGather RaggedRange RaggedTensorToTensor
  RandomStandardNormal RandomUniform RandomUniformInt Real Reverse SpaceToBatchND
  SparseFillEmptyRows SparseReshape SparseSegmentMean SparseSegmentSum SparseToDense
  StaticRegexReplace StringNGrams StringSplit StringToHashBucketFast
  TruncatedNormal Unique UniqueV2 UpperBound Where`.split(/\s+/),
)

/** They give values or only an order. */
const structural: ReadonlySet<string> = new Set(['Const', 'Placeholder', 'NoOp'])

const lowerings: ReadonlyMap<string, Lower> = new Map([
  ...elementwise,
  ...products,
  ...pools,
  ...reductions,
  ...shapes,
  ...scatters,
  ...slices,
])

/** How an operator is written in operators of `src/graph`; null where there is nothing that means the same. */
export function loweringOf(op: string): Lower | null {
  return lowerings.get(op) ?? null
}

/**
 * What tfjs makes of an operator; a test compares all of them with the lists of tfjs-converter 4.22. Decision forests
 * (SimpleML) need a library of their own.
 */
export function operatorKind(op: string): 'computes' | 'controlFlow' | 'unknown' {
  if (controlFlow.has(op)) return 'controlFlow'
  return lowerings.has(op) || opaque.has(op) || structural.has(op) ? 'computes' : 'unknown'
}
