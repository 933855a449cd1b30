type Answer = ArrayLike<number>

/** max |a - b| / max |b|; Infinity where they differ in number, or where one of the two is no number. */
export function answerDistance(found: Answer, wanted: Answer): number {
  if (found.length !== wanted.length) return Infinity
  let [most, scale] = [0, 0]
  for (let at = 0; at < wanted.length; at++) {
    const [own = NaN, other = NaN] = [found[at], wanted[at]]
    if (Object.is(own, other)) continue
    if (!Number.isFinite(own) || !Number.isFinite(other)) return Infinity
    most = Math.max(most, Math.abs(own - other))
  }
  for (let at = 0; at < wanted.length; at++) {
    const size = Math.abs(wanted[at] ?? 0)
    if (Number.isFinite(size)) scale = Math.max(scale, size)
  }
  return most === 0 ? 0 : most / scale
}
