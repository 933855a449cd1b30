/**
 * Compresses weights that PyTorch has saved, writes them, and has Python read them with safetensors: each weight has to
 * come back with the bits that were measured, by the metadata and by the code that the page shows. No test needs it.
 * Run: `npm run check:weight-files`; `PYTHON` says which Python, one with numpy, torch and safetensors.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryFile } from '../src/files/file-bundle'
import { storedForms, targetsOf, writeModel } from '../src/formats/exporters'
import { openModel } from '../src/formats/importers'
import { createPipeline } from '../src/techniques/pipeline'
import { pruneMeta } from '../src/techniques/prune/prune.meta'
import { quantizeMeta } from '../src/techniques/quantize/quantize.meta'
import { parseRecipe } from '../src/techniques/recipe'

const go = (): Promise<void> => Promise.resolve()
const path = 'testing/models/weights/checkpoint.pth'
const model = await openModel([memoryFile('net.pth', new Uint8Array(readFileSync(path)))], go)
const weights = model.weights.flatMap(({ spec, values }) =>
  values instanceof Float32Array ? [{ spec, values }] : [],
)

const prune = { technique: 'prune', enabled: true, config: pruneMeta.defaultConfig }
const quantize = (config: object): object => ({
  ...{ technique: 'quantize', enabled: true },
  config: { ...quantizeMeta.defaultConfig, ...config },
})
const recipes: Readonly<Record<string, readonly object[]>> = {
  untouched: [],
  pruned: [prune],
  'per tensor, 8 bits': [quantize({ bits: 8, scheme: 'affine', granularity: 'perTensor' })],
  'pruned, per channel, 4 bits': [
    prune,
    quantize({ bits: 4, scheme: 'affine', granularity: 'perChannel' }),
  ],
  'per group, 3 bits': [
    quantize({ bits: 3, scheme: 'affine', granularity: 'perGroup', groupSize: 2 }),
  ],
  'levels at means, pruned, 4 bits': [
    prune,
    quantize({ bits: 4, scheme: 'mean', granularity: 'perTensor' }),
  ],
  'linear with a mask': [prune, quantize({ bits: 4, scheme: 'linear', granularity: 'perTensor' })],
}

let failed = 0
for (const [name, steps] of Object.entries(recipes))
  for (const target of targetsOf(model)) {
    const recipe = parseRecipe({ version: 1, seed: 1, steps })
    const { tensors } = createPipeline(weights).runAll(recipe)
    const made = new Map(tensors.map(({ spec, encoded }) => [spec.name, encoded]))
    const given = model.weights.map((weight) => made.get(weight.spec.name) ?? weight)
    const forms = storedForms(model, given, target)
    const { files, shardBytes, usage } = await writeModel(model, given, target, go)
    const folder = mkdtempSync(join(tmpdir(), 'studio-weights-'))
    for (const file of files) writeFileSync(join(folder, file.path), file.bytes)
    writeFileSync(join(folder, 'usage.py'), usage.code)
    const python = process.env['PYTHON'] ?? 'python3'
    const { status, stdout, stderr } = spawnSync(
      python,
      ['-B', 'scripts/writers/read_weights.py', folder],
      { encoding: 'utf8' },
    )
    rmSync(folder, { recursive: true })
    const found = status === 0 ? (JSON.parse(stdout) as Record<string, string>) : {}
    const wrong = forms.filter((form) => {
      const { buffer, byteOffset, byteLength } = form.restored()
      const bytes = new Uint8Array(buffer, byteOffset, byteLength)
      return createHash('sha256').update(bytes).digest('hex') !== found[form.name]
    })
    failed += wrong.length
    const said =
      wrong.length === 0 ? 'all weights as measured' : `${wrong.length} differ: ${stderr}`
    process.stdout.write(`${name}, ${target.precision}: ${shardBytes} bytes, ${said}\n`)
  }
process.exitCode = failed === 0 ? 0 : 1
