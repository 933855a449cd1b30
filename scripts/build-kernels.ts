/**
 * Compiles the training kernels (AssemblyScript) to `src/engine/wasm-kernels/kernels.wasm` and checks
 * what makes the module safe to run inside another module's memory: it imports that memory and
 * carries no data segment that would overwrite it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = 'src/engine/wasm-kernels/assembly'
const target = 'src/engine/wasm-kernels/kernels.wasm'
/** Inlined into the others; exports nothing of its own. */
const vocabulary = 'simd.ts'

const SECTION = { start: 8, data: 11, dataCount: 12 } as const

async function compile(): Promise<void> {
  const entries = readdirSync(path.join(root, sources))
    .filter((name) => name.endsWith('.ts') && name !== vocabulary)
    .sort()
    .map((name) => `${sources}/${name}`)
  const options = ['--runtime', 'stub', '--importMemory', '--enable', 'simd', '-O3', '--noAssert']
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

function check(bytes: Uint8Array<ArrayBuffer>): void {
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

await compile()
const bytes = new Uint8Array(readFileSync(path.join(root, target)))
check(bytes)
console.log(`${target}: ${bytes.length.toLocaleString('en')} bytes`)
