/**
 * Every error a person can meet, with the facts its sentence needs. The sentences themselves are in
 * the language files of `studio/i18n`; a test keeps both in step. Code throws facts, the page speaks.
 */
export const errorCatalog = {
  // Opening: what the dropped files are
  'open/nothing': [],
  'open/no-model-json': ['files'],
  'open/several-models': ['files'],
  'open/too-large': ['file', 'found', 'limit'],
  'open/not-read': ['file', 'reason'],
  'open/is-empty': ['file'],
  'open/is-html': ['file'],
  'open/is-xml': ['file'],
  'open/is-git-lfs': ['file'],
  'open/is-saved-model': ['file'],
  'open/is-tf-checkpoint': ['file'],
  'open/is-keras-h5': ['file'],
  'open/is-keras-zip': ['file'],
  'open/is-tflite': ['file'],
  'open/is-core-ml': ['file'],
  'open/is-torchscript': ['file'],
  'open/is-pt2': ['file'],
  'open/is-pickle': ['file'],
  'open/is-python-pickle': ['file'],
  'open/is-gguf': ['file'],
  'open/is-numpy': ['file'],
  'open/is-image': ['file'],
  'open/is-pdf': ['file'],
  'open/is-gzip': ['file'],
  'open/is-utf16': ['file'],
  // Opening: a zip
  'open/zip-empty': ['file'],
  'open/zip-damaged': ['file', 'reason'],
  'open/zip-bomb': ['file', 'entry', 'limit'],
  'open/zip-path': ['file', 'entry'],
  'open/zip-nested': ['file', 'entry'],
  'open/zip-encrypted': ['file', 'entry'],
  'open/zip-method': ['file', 'entry', 'method'],
  // Opening: HDF5, and what Keras puts into it
  'open/h5-damaged': ['file', 'place', 'reason'],
  'open/onnx-damaged': ['file', 'place', 'reason'],
  'open/onnx-field': ['file', 'field', 'expected', 'found'],
  'open/onnx-operator': ['file', 'operator', 'number'],
  'open/only-onnx-runtime': ['file', 'operator'],
  'open/onnx-refused': ['file', 'operator', 'reason'],
  'open/no-end': ['file', 'seconds'],
  'open/h5-unsupported': ['file', 'place', 'found'],
  'open/h5-not-keras': ['file', 'found'],
  'open/keras-incomplete': ['file', 'missing'],
  'open/keras-no-weight': ['file', 'layer', 'tensor'],
  'open/keras-old': ['file', 'version'],
  'open/keras-quantized': ['file', 'layer', 'mode'],
  'open/keras-unbuilt': ['file'],
  // Opening: model.json as text and as data
  'open/json-syntax': ['file', 'line', 'column', 'expected', 'found'],
  'open/json-depth': ['file', 'limit'],
  'open/field': ['file', 'field', 'expected', 'found'],
  'open/forbidden-name': ['file', 'field', 'name'],
  'open/duplicate-name': ['file', 'field', 'name', 'first'],
  'open/too-many': ['file', 'field', 'found', 'limit'],
  // Opening: the graph of layers
  'open/no-topology': ['file'],
  'open/weights-alone': ['file'],
  'open/unknown-layer': ['file', 'layer', 'className'],
  'open/python-layer': ['file', 'layer', 'className'],
  'open/keras-layer': ['file', 'layer', 'className'],
  'open/tensorflow-function': ['file', 'layer', 'className'],
  'open/unsupported-setting': ['file', 'layer', 'setting', 'value', 'reason'],
  'open/graph-missing-input': ['file', 'layer', 'input'],
  'open/graph-inputs': ['file', 'layer', 'className', 'expected', 'found'],
  'open/graph-cycle': ['file', 'cycle'],
  'open/graph-control-flow': ['file', 'node', 'op'],
  'open/graph-unknown-operator': ['file', 'node', 'op'],
  // Opening: weights
  'open/missing-shards': ['file', 'missing', 'received', 'total'],
  'open/other-shards': ['file', 'missing', 'received', 'total', 'found', 'bytes'],
  'open/ambiguous-shard': ['file', 'shard', 'found'],
  'open/unsafe-path': ['file', 'field', 'path'],
  'open/shard-short': ['file', 'expected', 'found', 'tensor'],
  'open/shard-long': ['file', 'expected', 'found'],
  'open/shard-hash': ['file', 'expected', 'found'],
  'open/shape-too-large': ['file', 'field', 'tensor', 'elements', 'limit'],
  'open/unsupported-dtype': ['file', 'field', 'tensor', 'dtype'],
  'open/pickle-global': ['file', 'name'],
  'open/pickle-tensors': ['file', 'name'],
  'open/repeated-elements': ['file', 'tensor', 'axis'],
  'open/tensor-field': ['file', 'field', 'expected', 'found'],
  'open/missing-weight': ['file', 'layer', 'tensor'],
  'open/surplus-weight': ['file', 'field', 'tensor', 'missing'],
  'open/weight-shape': ['file', 'layer', 'tensor', 'expected', 'found'],
  'open/non-finite': ['file', 'tensor', 'nan', 'infinite', 'firstIndex'],
  // Opening: building and running
  'open/build-failed': ['file', 'reason'],
  'open/no-kernel': ['file', 'kernel', 'backend'],
  'open/forward-failed': ['file', 'layer', 'found'],
  'open/forward-stopped': ['file', 'found'],
  'open/needs-memory': ['file', 'layer', 'bytes'],
  'open/no-rows': ['file', 'output', 'operator'],
  'open/other-rows': ['file', 'output', 'found', 'samples'],
  'open/several-batches': ['file', 'input', 'samples', 'other', 'found'],
  'open/forward-non-finite': ['file', 'output'],
  // Data
  'data/not-loaded': ['dataset', 'file', 'reason'],
  'data/damaged': ['dataset', 'file', 'expected', 'found'],
  'data/shape-mismatch': ['dataset', 'expected', 'found'],
  'data/model-first': ['files'],
  'data/unknown-kind': ['files'],
  'data/several': ['files'],
  'data/is-empty': ['file'],
  'data/too-large': ['file', 'field', 'found', 'limit'],
  'data/field': ['file', 'field', 'expected', 'found'],
  'data/length': ['file', 'expected', 'found'],
  'data/gzip': ['file', 'reason'],
  'data/non-finite': ['file', 'index', 'found'],
  'data/counts-differ': ['samples', 'sampleCount', 'labels', 'labelCount'],
  'data/input-counts': ['first', 'firstCount', 'second', 'secondCount'],
  'data/input-missing': ['files', 'input', 'expected'],
  'data/input-shape': ['file', 'input', 'expected', 'found'],
  'data/table-syntax': ['file', 'line', 'reason'],
  'data/table-ragged': ['file', 'line', 'expected', 'found'],
  'data/table-column': ['file', 'column', 'line', 'found'],
  'data/tables-differ': ['file', 'other'],
  'data/other-form': ['file', 'form'],
  'data/table-inputs': ['file', 'expected', 'found'],
  'data/table-texts': ['file', 'expected', 'found', 'columns'],
  'data/too-few': ['dataset', 'found', 'minimum'],
  'data/no-image-decodes': ['dataset', 'found', 'example', 'reason'],
  'data/image-too-large': ['file', 'width', 'height', 'limit'],
  'data/image-broken': ['file', 'reason'],
  'data/labels-range': ['dataset', 'classes', 'told', 'found'],
  'data/labels-columns': ['dataset', 'expected', 'found'],
  'data/targets-shape': ['dataset', 'expected', 'found'],
  'data/token-range': ['file', 'row', 'column', 'expected', 'found'],
  'data/labels-kind': ['dataset', 'task', 'expected', 'found'],
  'data/not-kept': ['dataset', 'reason'],
  'data/names-of-others': ['names', 'classes'],
  'data/names-lacking': ['classes'],
  'data/names-ambiguous': ['names'],
  'data/names-twice': ['names'],
  'data/class-names': ['file', 'expected', 'found'],
  // Recipes
  'recipe/link': ['reason'],
  'recipe/link-sample': ['expected', 'found'],
  'recipe/invalid': ['field', 'expected', 'found'],
  'recipe/json-syntax': ['file', 'reason'],
  // Techniques
  'quantize/non-finite': ['tensor', 'index'],
  'quantize/bits': ['bits', 'scheme', 'minimum'],
  'quantize/table-too-large': ['tensor', 'bits', 'levels', 'weights'],
  // Structure
  'structure/nothing-to-cut': [],
  'structure/not-written': ['file', 'what'],
  'structure/work-unknown': ['layer'],
  // Case studies
  'case/left': [],
  'case/not-measured': [],
  'case/not-opened': [],
  'case/other-data': [],
  'case/stage-gone': [],
  'search/not-measured': [],
  'search/nothing-smaller': [],
  'search/not-smaller': [],
  // Training
  'train/no-data': [],
  'train/no-split': ['dataset'],
  'train/no-labels': ['dataset'],
  'train/no-layers': [],
  'train/operator': ['operator', 'number'],
  'train/mixed-masks': ['layer'],
  'train/nothing-learnt': [],
  'train/cut-off': ['operator'],
  'train/no-gradient': ['layer', 'reason'],
  'train/out-of-memory': ['bytes'],
  'train/worker-out-of-memory': ['piece', 'bytes'],
  'train/worker-stopped': ['reason'],
  'train/worker-hung': ['seconds'],
  'train/gave-way': [],
  'train/teacher-memory': ['bytes'],
  'train/diverged': ['loss', 'step', 'learningRate'],
  'train/busy': [],
  'train/no-run': [],
  'train/no-teacher': [],
  'train/teacher-mismatch': ['what', 'expected', 'found'],
  'train/hint-layer': ['student', 'teacher', 'reason'],
  'train/no-weights': ['id'],
  'train/checkpoint': ['reason'],
  'train/other-arithmetic': ['field', 'expected', 'found'],
  // Engine
  'engine/no-backend': ['tried'],
  'engine/backend-unavailable': ['backend', 'reason'],
  'engine/backend-excluded': ['backend'],
  'engine/no-adapter': ['backend'],
  'engine/start-timeout': ['backend', 'seconds'],
  'engine/self-test-failed': ['backend', 'kernel', 'difference', 'tolerance'],
  'engine/device-lost': ['backend', 'reason'],
  'engine/gpu-error': ['backend', 'reason'],
  'engine/tensor-too-large': ['backend', 'tensor', 'bytes', 'limit'],
  'engine/out-of-memory': [],
  'engine/hung': ['task', 'seconds'],
  'engine/crashed': ['reason'],
  'engine/no-model': [],
  'engine/no-data': [],
  'engine/cancelled': [],
  'engine/layer-stopped': ['layer', 'found'],
  'engine/unexpected': ['reason'],
  // The page
  'page/part-not-loaded': ['reason'],
  'page/chart-not-saved': ['reason'],
  'page/chart-not-there': [],
  // Download
  'export/unsupported': ['format', 'reason'],
  'export/float16-range': ['tensor', 'index', 'value'],
  'export/no-graph': ['file', 'what'],
  'export/nothing-packed': [],
  'export/no-product': [],
  'export/codes-stay-codes': [],
  'export/no-matrix': [],
  'export/no-block-codes': [],
  'export/other-floats': ['type'],
  'export/old-operators': ['operator', 'opset', 'needed'],
  'export/not-calibrated': [],
  'export/too-large-to-calibrate': [],
  'export/no-weights': [],
  'export/verify-failed': ['tensor', 'reason'],
  'export/data-changed': [],
  'export/transformers-inputs': ['inputs'],
  'export/transformers-outputs': ['output'],
  'export/transformers-batch': ['batch'],
  'export/transformers-bnb4': [],
} as const satisfies Record<string, readonly string[]>

export type ErrorCode = keyof typeof errorCatalog
export type ErrorParams<Code extends ErrorCode> = {
  readonly [Name in (typeof errorCatalog)[Code][number]]: string | number
}

/** What crosses the thread boundary and what the page turns into a sentence. */
export interface StudioErrorData {
  readonly code: ErrorCode
  readonly params: Readonly<Record<string, string | number>>
}

/** The only error class thrown on purpose. `message` is for logs; people read the language file. */
export class StudioError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'StudioError'
  readonly code: Code
  readonly params: Readonly<Record<string, string | number>>

  constructor(code: Code, params: ErrorParams<Code>, options?: ErrorOptions) {
    super(`${code} ${JSON.stringify(params)}`, options)
    this.code = code
    this.params = params
  }

  toData(): StudioErrorData {
    return { code: this.code, params: this.params }
  }

  /** The error that data was made of, to be thrown once more. */
  static from({ code, params }: StudioErrorData): StudioError {
    return new StudioError(code, params as ErrorParams<ErrorCode>)
  }
}

/** `instanceof` alone would make the code `any`. */
export function isStudioError(thrown: unknown): thrown is StudioError {
  return thrown instanceof StudioError
}

/** Turns anything thrown into the data of a `StudioError`; unknown errors keep their own message. */
export function toErrorData(thrown: unknown): StudioErrorData {
  if (thrown instanceof StudioError) return thrown.toData()
  if (thrown instanceof Error && thrown.name === 'AbortError')
    return { code: 'engine/cancelled', params: {} }
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return { code: 'engine/unexpected', params: { reason } }
}

/** Code that was to come later and did not: offline, or after the studio was renewed where it lies. */
export function partNotLoaded(thrown: unknown): StudioError {
  if (isStudioError(thrown)) return thrown
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return new StudioError('page/part-not-loaded', { reason }, { cause: thrown })
}
