/** One case through the product: opened, run, compressed, downloaded, opened again, run again. */
import * as tf from '@tensorflow/tfjs'
import { isStudioError } from '../../src/core/errors'
import type { StudioErrorData } from '../../src/core/errors'
import type { Engine } from '../../src/engine/engine'
import { buildInstant } from '../../src/engine/model/build-model'
import type { RunnableModel } from '../../src/engine/model/runnable-model'
import { openModel } from '../../src/formats/importers'
import sentences from '../../src/studio/i18n/en/errors.json'
import { droppedFile } from '../../src/protocol/dropped-file'
import { drain } from '../../src/protocol/drain'
import { defaultRecipe } from '../../src/techniques/recipe'
import type { Recipe } from '../../src/techniques/recipe'
import { recipeWith } from '../../testing/studio/recipe-with'
import { filesBelow } from './cases'
import type { WrittenCase, WrittenTensor } from './cases'

/** Largest difference that rounding of float32 explains, as a share of the largest number of an output. */
const EXACT = 1e-4

/** The same for weights of 8 bits with a scale for each channel, on random weights. */
const EIGHT_BITS = 0.05

/** What 8 bits leave of the bytes of float32 weights at most, where most of them are kernels. */
const SMALLER = 0.5

export interface Result {
  readonly name: string
  readonly how: string
  readonly outcome: 'runs' | 'weights' | 'refused by the converter' | 'FAILED'
  /** What is to be said of it: why it does not run, or what went wrong. */
  readonly remark: string
  /** Largest differences from TensorFlow, of the file, of its download, of its download with 8 bits; or null. */
  readonly differences: readonly [number, number, number] | null
}

export async function tryCase(engine: Engine, written: WrittenCase): Promise<Result> {
  const { name, how } = written
  const plain = { name, how, differences: null }
  if (written.failure !== null)
    return { ...plain, outcome: 'refused by the converter', remark: written.failure }
  try {
    const files = filesBelow(written.folder)
    const { obstacles, totals, outputNames } = await drain(engine.model.open({ files }))
    if (obstacles.run !== null) {
      const reason = asShown(obstacles.run)
      if (!written.weightsOnly) return { ...plain, outcome: 'FAILED', remark: reason }
      const small = [await download(engine, recipeWith(eight))]
      const after = (await drain(engine.model.open({ files: small }))).totals
      if (after.storedBytes > SMALLER * totals.storedBytes)
        return { ...plain, outcome: 'FAILED', remark: '8 bits make its weights no smaller' }
      return { ...plain, outcome: 'weights', remark: reason }
    }
    if (written.weightsOnly)
      return { ...plain, outcome: 'FAILED', remark: 'runs, which nobody expected' }
    if (written.labels !== null && outputNames?.names.join() !== written.labels.join())
      return { ...plain, outcome: 'FAILED', remark: 'the names in its metadata are not read' }
    const own = await difference(files, written)
    const exact = await reopened(engine, files, defaultRecipe, written)
    const small = await reopened(engine, files, recipeWith(eight), written)
    const right = own <= EXACT && exact <= EXACT && small <= EIGHT_BITS
    return {
      ...plain,
      outcome: right ? 'runs' : 'FAILED',
      remark: right ? '' : 'numbers differ',
      differences: [own, exact, small],
    }
  } catch (error) {
    return { ...plain, outcome: 'FAILED', remark: reasonOf(error) }
  }
}

const eight = { quantize: { bits: 8 } } as const

/** Opens files, downloads them under a recipe, opens the download, and runs that. */
async function reopened(
  engine: Engine,
  files: readonly File[],
  recipe: Recipe,
  written: WrittenCase,
): Promise<number> {
  await drain(engine.model.open({ files }))
  const zip = [await download(engine, recipe)]
  const { obstacles } = await drain(engine.model.open({ files: zip }))
  if (obstacles.run !== null) throw new Error(`the download does not run: ${obstacles.run.code}`)
  return difference(zip, written)
}

async function download(engine: Engine, recipe: Recipe): Promise<File> {
  const target = { container: 'tfjs', precision: 'exact' } as const
  const { zip, fileName } = await drain(engine.recipe.export({ recipe, target }))
  return new File([zip], fileName)
}

/** The largest difference from what TensorFlow says, over all outputs, as a share of an output's largest number. */
async function difference(
  files: readonly File[],
  { inputs, outputs }: WrittenCase,
): Promise<number> {
  const opened = await openModel(files.map(droppedFile), () => Promise.resolve())
  const model = await buildInstant(opened)
  try {
    const given = inOrder(model.inputs, inputs).map(({ values, shape, dtype }) =>
      tf.tensor(values, shape, dtype),
    )
    const said = model.predict(given)
    if (said.length !== outputs.length)
      throw new Error(`${said.length} outputs, not ${outputs.length}`)
    const shares = await Promise.all(
      inOrder(model.outputs, outputs).map((wanted, index) => shareOf(wanted, said[index])),
    )
    tf.dispose([given, said])
    return Math.max(...shares)
  } finally {
    model.dispose()
  }
}

/** Tensors as the model takes and gives them: by name where they have one. */
function inOrder(
  ports: RunnableModel['inputs'],
  tensors: readonly WrittenTensor[],
): readonly WrittenTensor[] {
  return ports.map(({ name }, index) => {
    const found = tensors.find((tensor) => tensor.name === name) ?? tensors[index]
    if (found === undefined || (found.name !== null && found.name !== name))
      throw new Error(`the file says nothing of ${name}`)
    return found
  })
}

async function shareOf(wanted: WrittenTensor, said: tf.Tensor | undefined): Promise<number> {
  if (said?.shape.join() !== wanted.shape.join())
    throw new Error(`[${said?.shape.join()}] instead of [${wanted.shape.join()}]`)
  const values = await said.data()
  let [largest, apart] = [0, 0]
  for (const [index, value] of wanted.values.entries()) {
    const distance = Math.abs(value - (values[index] ?? NaN))
    // A NaN must not pass for a small difference.
    apart = distance >= 0 ? Math.max(apart, distance) : Infinity
    largest = Math.max(largest, Math.abs(value))
  }
  if (largest === 0) throw new Error('TensorFlow says nothing but zeros, which compares nothing')
  return apart / largest
}

/** The English sentence, as the page shows it. */
function asShown({ code, params }: StudioErrorData): string {
  return sentences[code].message.replace(/\{\{(\w+)\}\}/g, (_, name: string) =>
    String(params[name]),
  )
}

function reasonOf(error: unknown): string {
  if (isStudioError(error)) return asShown(error.toData())
  return error instanceof Error ? error.message : String(error)
}
