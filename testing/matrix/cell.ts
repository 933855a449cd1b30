import { decode } from '../../src/core/encoded-tensor'
import type { ExportTarget } from '../../src/core/model-summary'
import { memoryFile } from '../../src/files/file-bundle'
import { joinZip, packFiles } from '../../src/files/zip-writer'
import type {
  ExportedModel,
  ExportTensor,
  StoredForm,
  WrittenParts,
} from '../../src/formats/exporter'
import { formsOf, refusalOf, writeModel, writtenParts } from '../../src/formats/exporters'
import type { OpenedModel, OpenedWeight } from '../../src/formats/format'
import { openModel } from '../../src/formats/importers'
import { gradientReach } from '../../src/graph/gradient-reach'
import { nearestOf } from '../../src/formats/named-weights/element-types'
import type { ShortFloat } from '../../src/formats/named-weights/element-types'
import { distance } from '../engine/distance'
import type { Answer } from '../engine/distance'
import { halvesApart, hasHalves, shortFloatsIn } from './halves'
import { answeredByPage, isByRuntime } from './answered-by-page'
import { madeInputs } from './made-inputs'
import { hashOf, runInNode } from './runtimes'
import type { Told } from './runtimes'
import type { Variant } from './variants'

/** Largest difference of an output, as a share of its largest number; of files that compute with halves see `halvesApart`. */
const TOLERANCE = 1e-5
/** Of a file that rounds to 8 bits what products are given, as it comes. */
const ROUNDED = 0.1

/** Two classes are as likely as each other for it where they are so near, as a share of the largest number of the output. */
const ROUNDED_TIE = 0.05

/** Characters of what a runtime says against a file. */
const MOST_SAID = 300

/** Pictures that the outputs are compared for. */
const SAMPLES = 8

const go = (): Promise<void> => Promise.resolve()

/** A file of a cell, and what its runtime has to say. */
export interface WrittenCell {
  readonly model: OpenedModel
  readonly precision: ExportTarget['precision']
  readonly exported: ExportedModel
  /** Largest difference of an output that a right file may have. */
  readonly tolerance: number
  /** The weights that the file holds and what becomes of them. */
  readonly parts: Pick<WrittenParts, 'tensors' | 'weights'>
  /** One for each of them. */
  readonly forms: readonly StoredForm[]
  readonly inputs: readonly Answer[]
  /** null: nothing runs the model. */
  readonly outputs: readonly Answer[] | null
}

/** Why a cell has no file, in the words of its code. */
export interface RefusedCell {
  readonly refusal: string
}

export function isRefusedCell(cell: WrittenCell | RefusedCell): cell is RefusedCell {
  return 'refusal' in cell
}

/** Writes a variant; what it has to come to is what the page makes of the weights that are stored. Needs a backend. */
export async function writtenCell(
  { model, tensors }: Variant,
  target: ExportTarget,
): Promise<WrittenCell | RefusedCell> {
  const refused = refusalOf(model, tensors, target)
  if (refused !== null) {
    const facts = Object.values(refused.params).join(', ')
    return { refusal: facts === '' ? refused.code : `${refused.code}: ${facts}` }
  }
  const parts = writtenParts(model, tensors, target)
  const forms = formsOf(model, parts, target)
  const exported = await writeModel(model, tensors, target, go)
  const inputs = madeInputs(model, SAMPLES)
  const { precision } = target
  const isRunnable = model.obstacles.run === null
  // Where the weights of the file are others, it still has to say what those of the model say.
  const values = model.weights.map((weight, at) =>
    parts.weights === model.weights
      ? (forms[at]?.restored() ?? weight.values)
      : valuesOf(tensors[at] ?? weight),
  )
  const tolerance =
    isRunnable && !isByRuntime(model) && hasHalves(model, target.container)
      ? halvesApart(model, values, inputs)
      : TOLERANCE
  const common = { model, precision, exported, tolerance, parts, forms, inputs }
  if (isRunnable && parts.weights !== model.weights && precision === 'float16')
    return { ...common, outputs: await answeredAgain(exported, inputs) }
  return { ...common, outputs: isRunnable ? await answeredByPage(model, values, inputs) : null }
}

function valuesOf(tensor: ExportTensor): OpenedWeight['values'] {
  return 'kind' in tensor ? decode(tensor) : tensor.values
}

/** What the page says with a file: of weights that were rounded after others became parts of them, nothing else is known. */
async function answeredAgain({ files }: ExportedModel, inputs: readonly Answer[]) {
  const again = await openModel(
    files.map(({ bytes, path }) => memoryFile(path, bytes)),
    go,
  )
  const values = again.weights.map((weight) => weight.values)
  return answeredByPage(again, values, inputs)
}

/** What came of a cell. */
export interface CellResult {
  /** Of all files, as they lie. */
  readonly bytes: number
  /** In the zip that is handed out, without report and card. */
  readonly zipped: number
  /** null: nothing but weights was compared. */
  readonly difference: number | null
  readonly runtime: string
  /** What is wrong with it; none: it is right. */
  readonly faults: readonly string[]
}

/**
 * Has the file read again here, and run by stock TensorFlow.js or onnxruntime-web where they read it.
 * @returns without a runtime where Python has to be asked
 */
export async function provenHere(
  written: WrittenCell,
  { container, precision }: ExportTarget,
): Promise<CellResult> {
  const { exported, inputs, model } = written
  const ran =
    written.outputs === null
      ? null
      : await runInNode(model, exported, inputs).catch((error: unknown) => String(error))
  const told = typeof ran === 'string' ? null : ran
  const zipped = await packFiles(exported.files, go)
  return {
    bytes: exported.files.reduce((sum, { size }) => sum + size, 0),
    zipped: joinZip(zipped).reduce((sum, part) => sum + part.length, 0),
    ...(told === null ? { difference: null, runtime: '' } : compared(written, told)),
    faults: [
      ...(precision === 'float16'
        ? []
        : notExact(written, container === 'onnx' ? shortFloatsIn(model) : new Map())),
      ...(await notReadAgain(written)),
      ...(typeof ran === 'string' ? [ran.slice(0, MOST_SAID)] : []),
      ...(told === null ? [] : faultsOf(written, told)),
    ],
  }
}

/** What a runtime says beside what was expected. */
export function compared(
  { outputs }: WrittenCell,
  { outputs: found, runtime }: Told,
): Pick<CellResult, 'difference' | 'runtime'> {
  const difference = found === null ? null : distance(found, outputs ?? [])
  return { difference, runtime }
}

/**
 * What a file restores is what the steps have made, bit for bit, unless it was to be rounded.
 * @param short weights that the file rounds to floats of 16 bits, whatever was asked for
 */
function notExact(
  { forms, parts: { tensors, weights } }: WrittenCell,
  short: ReadonlyMap<string, ShortFloat>,
): string[] {
  return weights.flatMap((weight, at) => {
    const made = valuesOf(tensors[at] ?? weight)
    const type = short.get(weight.spec.name)
    const isRounded = type !== undefined && made instanceof Float32Array
    const isRight = isSame(forms[at]?.restored(), isRounded ? nearestOf(type, made) : made)
    return isRight ? [] : [`${weight.spec.name} is stored as another`]
  })
}

/** What is read again are the same bits, under the names of the file. */
async function notReadAgain({ exported }: WrittenCell): Promise<string[]> {
  const files = exported.files.map(({ bytes, path }) => memoryFile(path, bytes))
  const again = await openModel(files, go)
  return exported.held.flatMap(({ name, restored }, at) => {
    const found = again.weights[at]
    const isRight = found?.spec.name === name && isSame(found.values, restored())
    return isRight ? [] : [`${name} is read again as another`]
  })
}

/** @returns what a runtime says otherwise than the page */
export function faultsOf(
  { forms, model, outputs, parts, precision, tolerance }: WrittenCell,
  told: Told,
): string[] {
  const isRounded = precision === 'dynamic8'
  // However little is rounded in front of a step, what lies behind may be anything.
  const isJudged = !isRounded || !hasSteps(model)
  const found = (isJudged ? told.outputs : null) ?? outputs ?? []
  const far = distance(found, outputs ?? [])
  const other = classesApart(found, outputs ?? [])
  const others = parts.weights.flatMap(({ spec, values }, at) => {
    const own = told.weights.get(spec.name)
    const isRight = own === undefined || own === hashOf(forms[at]?.restored() ?? values)
    return isRight ? [] : [`the runtime decodes ${spec.name} otherwise`]
  })
  return [
    ...(far <= (isRounded ? ROUNDED : tolerance) ? [] : [`outputs differ by ${far}`]),
    ...(other <= (isRounded ? ROUNDED_TIE : tolerance)
      ? []
      : [`another class, less likely by ${other}`]),
    ...others,
  ]
}

/** Whether an output depends on a function that only jumps. */
function hasSteps({ graph }: OpenedModel): boolean {
  return gradientReach(graph).ends.some(({ op }) => op === 'unary' || op === 'combine')
}

/**
 * By how much less likely a class is that is the likeliest of a sample now than the one that was, where that is most: as a share of the
 * largest number of the output.
 */
function classesApart(found: readonly Answer[], wanted: readonly Answer[]): number {
  let most = 0
  for (const [at, { shape, values }] of wanted.entries()) {
    const classes = shape.at(-1) ?? 1
    const scale = Math.max(...values.map(Math.abs))
    for (let from = 0; from < values.length; from += classes) {
      const row = values.slice(from, from + classes)
      const own = found[at]?.values.slice(from, from + classes) ?? []
      const likeliest = own.indexOf(Math.max(...own))
      const less = Math.max(...row) - (row[likeliest] ?? -Infinity)
      if (less > 0) most = Math.max(most, less / scale)
    }
  }
  return most
}

function isSame(
  found: OpenedWeight['values'] | undefined,
  wanted: OpenedWeight['values'],
): boolean {
  return found !== undefined && hashOf(found) === hashOf(wanted)
}
