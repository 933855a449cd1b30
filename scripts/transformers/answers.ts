import * as ort from 'onnxruntime-web/wasm'

/** What onnxruntime-web makes of a file. */
export async function answered(
  file: Uint8Array,
  feeds: Record<string, ort.Tensor>,
): Promise<ort.InferenceSession.OnnxValueMapType> {
  const session = await ort.InferenceSession.create(file, { executionProviders: ['wasm'] })
  try {
    return await session.run(feeds)
  } finally {
    await session.release()
  }
}

/** The largest difference, as a share of the largest number; NaN where there are more or fewer. */
export function apart(found: readonly number[], wanted: ArrayLike<number>): number {
  const largest = Math.max(...Array.from(wanted, Math.abs), 1e-12)
  const differences = found.map((value, at) => Math.abs(value - (wanted[at] ?? NaN)))
  return found.length === wanted.length ? Math.max(...differences) / largest : NaN
}

export function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits)
  const exps = logits.map((logit) => Math.exp(logit - most))
  const sum = exps.reduce((total, value) => total + value, 0)
  return exps.map((value) => value / sum)
}
