/**
 * Compiles the training kernels (AssemblyScript) to two modules in `src/engine/wasm-kernels`, one with fused
 * multiply-add (relaxed SIMD) and one for browsers without it, and checks what makes them safe to run
 * inside another module's memory: they import that memory and carry no data segment that would
 * overwrite it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import { allowRelaxedSimd } from '../src/engine/host/relaxed-simd'

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = 'src/engine/wasm-kernels/assembly'
const targets = {
  'src/engine/wasm-kernels/kernels.wasm': ['simd'],
  'src/engine/wasm-kernels/kernels-fused.wasm': ['simd', 'relaxed-simd'],
}
/** Used by the others; not called from outside. */
const vocabulary = [
  'batch-norm-moments.ts',
  'batch-norm-sums.ts',
  'batch-norm-table.ts',
  'depthwise-row.ts',
  'narrow-products.ts',
  'read-ahead.ts',
  'register-tile.ts',
  'simd.ts',
]

const SECTION = { start: 8, data: 11, dataCount: 12 } as const

async function compile(target: string, features: readonly string[]): Promise<void> {
  const entries = readdirSync(path.join(root, sources))
    .filter((name) => name.endsWith('.ts') && !vocabulary.includes(name))
    .sort()
    .map((name) => `${sources}/${name}`)
  const enabled = features.flatMap((feature) => ['--enable', feature])
  const options = ['--runtime', 'stub', '--importMemory', ...enabled, '-O3', '--noAssert']
  const messages: string[] = []
  const collect = { write: (text: string | Uint8Array) => messages.push(text.toString()) }
  const { error } = await asc.main(
    [...entries, ...options, '--baseDir', root, '--outFile', target],
    { stdout: collect, stderr: collect },
  )
  if (error) throw new Error(`AssemblyScript: ${messages.join('')}`, { cause: error })
}

/** The numbers of the sections of a WebAssembly binary, in file order. */
function sectionIds(bytes: Uint8Array): number[] {
  const ids: number[] = []
  let at = 8 // magic number and version
  while (at < bytes.length) {
    ids.push(bytes[at] ?? 0)
    let size = 0
    for (let shift = 0; ; shift += 7) {
      at += 1
      const byte = bytes[at] ?? 0
      size |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    at += 1 + size
  }
  return ids
}

function check(target: string, bytes: Uint8Array<ArrayBuffer>): void {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes))
  const imported = imports.map(({ module, name, kind }) => `${kind} ${module}.${name}`).join(', ')
  if (imported !== 'memory env.memory') {
    throw new Error(`${target} must import env.memory and nothing else, but imports: ${imported}`)
  }
  const forbidden = sectionIds(bytes).filter((id) => Object.values<number>(SECTION).includes(id))
  if (forbidden.length > 0) {
    throw new Error(`${target} would write to the backend's memory: sections ${forbidden.join()}`)
  }
}

allowRelaxedSimd()
for (const [target, features] of Object.entries(targets)) {
  await compile(target, features)
  const bytes = new Uint8Array(readFileSync(path.join(root, target)))
  check(target, bytes)
  console.log(`${target}: ${bytes.length.toLocaleString('en')} bytes`)
}
