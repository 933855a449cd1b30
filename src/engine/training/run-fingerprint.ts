import { crc32 } from '../../core/crc32'
import type { WeightTensor } from '../../core/weight-tensor'

/**
 * Equal for runs that go the same way.
 * @param settings whatever decides it besides the weights, as plain data
 * @param between called before each tensor
 */
export async function fingerprintOf(
  weights: readonly WeightTensor[],
  settings: readonly unknown[],
  between: () => Promise<void>,
): Promise<string> {
  let sum = 0
  for (const { values } of weights) {
    await between()
    sum = crc32(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), sum)
  }
  const text = crc32(new TextEncoder().encode(JSON.stringify(settings)))
  return `${sum.toString(16)}-${text.toString(16)}`
}
