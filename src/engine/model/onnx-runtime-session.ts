import type * as tf from '@tensorflow/tfjs'
import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm'
import { decodesOnce } from '../../formats/onnx/writing/decodes-once'
import { InTheWay } from './onnx-runtime-reason'
import { givenTensor, numberPort, takenTensor } from './onnx-runtime-values'
import type { NumberPort } from './onnx-runtime-values'
import type { OnnxRuntime, RuntimeTools } from './runtime-tools'

/** Time that a session takes for each byte of its file: 16.8 s for the 553 MB of VGG16, on one thread. */
const MS_PER_BYTE = 16_800 / 553e6

/** Announced until a run has shown how long a sample takes. */
const FIRST_SAMPLE_MS = 2000

/** The runtime of ONNX with a file that it has read: one session at a time. */
export class OnnxRuntimeSession {
  private current: InferenceSession | null = null
  /** Time that one sample has taken; the speed of another backend says nothing of it. */
  private msPerSample = FIRST_SAMPLE_MS

  constructor(
    private readonly runtime: OnnxRuntime,
    private readonly tools: Pick<RuntimeTools, 'beat' | 'now'>,
  ) {}

  /**
   * A session keeps the numbers that it was made with; it is given back before there is another.
   * @param line how files are opened: as the code says that goes with them, or as others open them
   */
  async renew(file: Uint8Array, line: 'ours' | 'theirs' = 'ours'): Promise<void> {
    await this.end()
    this.tools.beat(MS_PER_BYTE * file.length)
    const isOnce = line === 'ours' && decodesOnce([file])
    const extra = isOnce ? { session: { disable_quant_qdq: '1' } } : {}
    this.current = await this.runtime.InferenceSession.create(file, {
      executionProviders: ['wasm'],
      extra,
    })
  }

  async end(): Promise<void> {
    const { current } = this
    this.current = null
    await current?.release()
  }

  /** @throws Error where one is no tensor of numbers */
  get inputs(): readonly NumberPort[] {
    return (this.current?.inputMetadata ?? []).map((value) => {
      const port = numberPort(value)
      if (port === null) throw new InTheWay(`the input ${value.name} is no tensor of numbers`)
      return port
    })
  }

  /** Those that are tensors of numbers. */
  get outputs(): readonly NumberPort[] {
    return (this.current?.outputMetadata ?? []).flatMap((value) => numberPort(value) ?? [])
  }

  /** @returns new tensors, one for each name that is asked for */
  async run(given: ReadonlyMap<string, tf.Tensor>, asked: readonly string[]): Promise<tf.Tensor[]> {
    const feeds: Record<string, Tensor> = {}
    for (const port of this.inputs) {
      const input = given.get(port.name)
      if (input === undefined) throw new Error(`the input ${port.name} is missing`)
      feeds[port.name] = await givenTensor(this.runtime, input, port)
    }
    const [first] = given.values()
    const samples = first?.shape[0] ?? 1
    const began = this.tools.now()
    this.tools.beat(samples * this.msPerSample)
    const found = await this.current?.run(feeds, asked)
    this.msPerSample = (this.tools.now() - began) / samples
    const outputs = asked.flatMap((name) => found?.[name] ?? [])
    if (outputs.length < asked.length) throw new InTheWay('an output was not computed')
    return outputs.map(takenTensor)
  }
}
