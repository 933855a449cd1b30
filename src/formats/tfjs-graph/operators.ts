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

/** Everything else that tfjs-converter 4.22 can execute; a test compares both with its own lists. */
const computing: ReadonlySet<string> = new Set(
  `Abs Acos Acosh Add AddN AddV2 All Any ArgMax ArgMin Asin Asinh Atan Atan2 Atanh AvgPool AvgPool3D
  BatchMatMul BatchMatMulV2 BatchToSpaceND BiasAdd Bincount BitwiseAnd BroadcastArgs BroadcastTo Cast
  Ceil ClipByValue Complex ComplexAbs Concat ConcatV2 Const Conv1D Conv2D Conv2DBackpropInput Conv3D
  Cos Cosh CropAndResize Cumprod Cumsum DenseBincount DepthToSpace DepthwiseConv2d
  DepthwiseConv2dNative Dilation2D Div DivNoNan Einsum Elu EnsureShape Equal Erf EuclideanNorm Exp
  ExpandDims Expm1 FFT FakeQuantWithMinMaxVars Fill Floor FloorDiv FloorMod FusedBatchNorm
  FusedBatchNormV2 FusedBatchNormV3 FusedDepthwiseConv2dNative Gather GatherNd GatherV2 Greater
  GreaterEqual IFFT IRFFT Identity IdentityN Imag ImageProjectiveTransformV3 IsFinite IsInf IsNan LRN
  LeakyRelu Less LessEqual LinSpace ListDiff Log Log1p LogSoftmax LogicalAnd LogicalNot LogicalOr
  LowerBound MatMul MatrixBandPart Max MaxPool MaxPool3D MaxPoolWithArgmax Maximum Mean Min Minimum
  MirrorPad Mod Mul Multinomial Neg NoOp NonMaxSuppressionV2 NonMaxSuppressionV3 NonMaxSuppressionV4
  NonMaxSuppressionV5 NotEqual OneHot Ones OnesLike Pack Pad PadV2 Placeholder PlaceholderWithDefault
  Pow Prelu Print Prod RFFT RaggedGather RaggedRange RaggedTensorToTensor RandomStandardNormal
  RandomUniform RandomUniformInt Range Rank Real RealDiv Reciprocal Relu Relu6 Reshape ResizeBilinear
  ResizeNearestNeighbor Reverse ReverseV2 Round Rsqrt ScatterNd Select SelectV2 Selu Shape ShapeN
  Sigmoid Sign Sin Sinh Size Slice Snapshot Softmax Softplus SpaceToBatchND SparseFillEmptyRows
  SparseReshape SparseSegmentMean SparseSegmentSum SparseToDense Split SplitV Sqrt Square
  SquaredDifference Squeeze StaticRegexReplace StopGradient StridedSlice StringNGrams StringSplit
  StringToHashBucketFast Sub Sum Tan Tanh TensorScatterUpdate Tile TopKV2 Transpose TruncatedNormal
  Unique UniqueV2 Unpack UpperBound Where Zeros ZerosLike _FusedConv2D _FusedMatMul`.split(/\s+/),
)

/** What tfjs makes of an operator. Decision forests (SimpleML) need a library of their own. */
export function operatorKind(op: string): 'computes' | 'controlFlow' | 'unknown' {
  return computing.has(op) ? 'computes' : controlFlow.has(op) ? 'controlFlow' : 'unknown'
}
