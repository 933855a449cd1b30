const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})

/** CRC-32 as zip uses it (ISO 3309); start with 0 and pass the result on for the next piece. */
export function crc32(bytes: Uint8Array, crc = 0): number {
  let state = ~crc
  for (const byte of bytes) state = (table[(state ^ byte) & 0xff] ?? 0) ^ (state >>> 8)
  return ~state >>> 0
}
