import { unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { memoryFile } from './file-bundle'
import { padZip } from './pad-zip'
import { readZip } from './zip-archive'
import { writeZip, zipLength } from './zip-writer'

const none = () => Promise.resolve()

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

async function archive() {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7) % 251)
  return writeZip(
    [
      { path: 'a.bin', bytes },
      { path: 'b.json', bytes: bytes.subarray(0, 20) },
    ],
    none,
  )
}

describe('padZip', () => {
  it.each([0, 1, 29, 300, 65_535])('adds %i bytes that readers skip', async (padding) => {
    const parts = await archive()
    const padded = joined(padZip(parts, zipLength(parts) + padding))
    expect(padded.length).toBe(zipLength(parts) + padding)
    const bundle = await readZip(memoryFile('x.zip', padded), none)
    expect(bundle.map((file) => file.path)).toEqual(['a.bin', 'b.json'])
    expect(unzipSync(padded)).toEqual(unzipSync(joined(parts)))
  })

  it('leaves the parts alone', async () => {
    const parts = await archive()
    const before = joined(parts)
    padZip(parts, before.length + 10)
    expect(joined(parts)).toEqual(before)
  })

  it.each([-1, 65_536])('refuses %i bytes', async (padding) => {
    const parts = await archive()
    expect(() => padZip(parts, zipLength(parts) + padding)).toThrow(RangeError)
  })
})
