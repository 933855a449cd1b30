import { encode } from 'fast-png'
import { bars } from '../../testing/models/bar-model.ts'

/** What `bars` calls them. */
const names = ['upright', 'level', 'slanted']

/** Grey pictures of bars in a folder for each class. */
export function barFolder(count: number): Map<string, Uint8Array> {
  const { pixels, labels } = bars(count, 5)
  const files = Array.from(labels, (label, index) => {
    const data = pixels.subarray(index * 64, (index + 1) * 64)
    const png = encode({ width: 8, height: 8, channels: 1, depth: 8, data })
    return [`${names[label]}/${index}.png`, png] as const
  })
  return new Map(files)
}
