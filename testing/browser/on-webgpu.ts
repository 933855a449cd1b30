/** What `scripts/check-webgpu.ts` runs in a page: operators of ONNX on WebGPU, against what the ONNX project says. */
import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-webgpu'
import { Program } from '../../src/engine/program/program'
import { memoryFile } from '../../src/files/file-bundle'
import { openModel } from '../../src/formats/importers'
import type { OnnxNumbers } from '../files/onnx-tensor'

/** Everything that one case takes over into a page, as text. */
export interface SentCase {
  readonly name: string
  readonly model: readonly number[]
  readonly inputs: readonly OnnxNumbers[]
  readonly outputs: readonly OnnxNumbers[]
}

/** The operator of a case, and how far it is from what is expected, as a share of the largest value; or why it stopped. */
export interface Compared {
  readonly operator: string
  readonly apart: number
  readonly stopped: string | null
}

async function compared({ inputs, model, outputs }: SentCase): Promise<Compared> {
  const opened = await openModel([memoryFile('model.onnx', Uint8Array.from(model))], () =>
    Promise.resolve(),
  )
  const [row] = opened.layers.filter(({ className }) => className !== 'Initializer')
  const operator = row?.className ?? ''
  try {
    const program = new Program(opened)
    const given = inputs.map(({ dtype, shape, values }) =>
      tf.tensor([...values], [...shape], dtype),
    )
    const found = program.predict(given)
    let apart = 0
    for (const [place, tensor] of found.entries()) {
      const wanted = outputs[place]?.values ?? []
      const values = await tensor.data()
      const scale = Math.max(1e-30, ...wanted.filter(Number.isFinite).map(Math.abs))
      for (const [at, value] of wanted.entries()) {
        const own = Number(values[at])
        if (Object.is(own, value) || own === value) continue
        const off = Math.abs(own - value) / scale
        apart = Number.isNaN(off) ? Infinity : Math.max(apart, off)
      }
    }
    tf.dispose([given, found])
    program.dispose()
    return { operator, apart, stopped: null }
  } catch (error) {
    return { operator, apart: Infinity, stopped: String(error).slice(0, 200) }
  }
}

declare global {
  interface Window {
    compareOnWebGpu?: (cases: readonly SentCase[]) => Promise<readonly Compared[]>
  }
}

window.compareOnWebGpu = async (cases) => {
  await tf.setBackend('webgpu')
  await tf.ready()
  if (tf.getBackend() !== 'webgpu') throw new Error('no WebGPU')
  const all: Compared[] = []
  for (const one of cases) all.push(await compared(one))
  return all
}
