import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { memoryFile } from '../../src/files/file-bundle'
import type { FileBundle } from '../../src/files/file-bundle'
import { numbersIn } from './onnx-tensor'
import type { OnnxNumbers } from './onnx-tensor'

/** Nets that scripts/writers/onnx_nets.py has written, with what onnxruntime says. */
const own = join(import.meta.dirname, '../models/onnx')
/** Those of them that nothing else runs. */
export const runtimeNets = join(import.meta.dirname, '../models/onnx-runtime')

export const onnxNets = readdirSync(own)

/** A model with what lies beside it. */
export function onnxFiles(name: string, folder = own): FileBundle {
  const place = join(folder, name)
  return readdirSync(place)
    .filter((file) => !file.endsWith('.pb'))
    .map((file) => memoryFile(file, new Uint8Array(readFileSync(join(place, file)))))
}

/** Inputs or outputs that are recorded with a model, in their order; halved: outputs with weights half as large. */
export async function recordedNumbers(
  name: string,
  side: 'input' | 'output' | 'halved',
  folder = own,
): Promise<readonly OnnxNumbers[]> {
  const files = readdirSync(join(folder, name)).filter((file) => file.startsWith(`${side}_`))
  const numbers: OnnxNumbers[] = []
  for (const file of files.toSorted()) {
    const bytes = new Uint8Array(readFileSync(join(folder, name, file)))
    const found = await numbersIn(memoryFile(file, bytes))
    if (found === null) throw new Error(`${file} holds other numbers`)
    numbers.push(found)
  }
  return numbers
}
