import { readFileSync } from 'node:fs'
import { memoryFile } from '../../src/files/file-bundle'
import type { BundleFile } from '../../src/files/file-bundle'
import { readZip } from '../../src/files/zip-archive'
import { numbersIn } from './onnx-tensor'
import type { OnnxNumbers } from './onnx-tensor'

/** One of the ONNX project's own tests of operators. */
export interface NodeCase {
  readonly model: readonly BundleFile[]
  readonly numbers: (side: 'input' | 'output') => Promise<OnnxNumbers[]>
}

/** Those that scripts/pack-onnx-cases.ts has packed, by their names. */
export async function nodeCases(): Promise<ReadonlyMap<string, NodeCase>> {
  const path = 'testing/files/onnx-node-cases.zip'
  const go = (): Promise<void> => Promise.resolve()
  const files = await readZip(memoryFile(path, new Uint8Array(readFileSync(path))), go)
  const cases = new Map<string, BundleFile[]>()
  for (const file of files) {
    const [name = ''] = file.path.split('/')
    cases.set(name, [...(cases.get(name) ?? []), file])
  }
  return new Map([...cases].map(([name, own]) => [name, caseOf(own)]))
}

function caseOf(files: readonly BundleFile[]): NodeCase {
  return {
    model: files.filter(({ path }) => path.endsWith('model.onnx')),
    numbers: async (side) => {
      const found: OnnxNumbers[] = []
      for (const file of files.filter(({ path }) => path.includes(`/${side}_`)).toSorted(byPath))
        found.push((await numbersIn(file)) ?? { shape: [], dtype: 'float32', values: [] })
      return found
    },
  }
}

function byPath(one: BundleFile, other: BundleFile): number {
  return one.path.localeCompare(other.path, 'en', { numeric: true })
}
