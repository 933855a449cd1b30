// What the ends of ranges learn from. Weights lie in rows, in each of which `count`
// groups take turns of `run` neighbours; arrays of a number for each group hold floats.

/** Vectors that are summed in float32 before their sum is added to the total: keeps rounding small. */
const CHUNK = 128

/**
 * Of each group, added to what is there: moved += (restored - w) * dy where w lies between the ends, top += dy where it
 * lies on the upper one, bottom += dy where it lies on the lower one. Weights outside count as on the end.
 * @param moved doubles, as `top` and `bottom`
 * @param parts room for three floats for each group
 */
export function rangeGradientSums(
  values: usize, restored: usize, dy: usize, low: usize, high: usize,
  moved: usize, top: usize, bottom: usize, parts: usize, rows: i32, count: i32, run: i32,
): void {
  if (run == 1)
    gradientSumsOfRows(
      values, restored, dy, low, high, moved, top, bottom, parts, rows, count,
    )
  else gradientSumsOfRuns(values, restored, dy, low, high, moved, top, bottom, rows, count, run)
}

function gradientSumsOfRows(
  values: usize, restored: usize, dy: usize, low: usize, high: usize,
  moved: usize, top: usize, bottom: usize, parts: usize, rows: i32, count: i32,
): void {
  const rowBytes = <usize>count << 2
  const vectorBytes = <usize>(count & ~3) << 2
  const tops = parts + rowBytes
  const bottoms = tops + rowBytes
  for (let start = 0; start < rows; start += CHUNK) {
    memory.fill(parts, 0, 3 * rowBytes)
    const end = min(rows, start + CHUNK)
    for (let i = start; i < end; i++) {
      let k: usize = 0
      for (; k < vectorBytes; k += 16) {
        const w = v128.load(values + k)
        const g = v128.load(dy + k)
        const isTop = f32x4.ge(w, v128.load(high + k))
        const isBottom = v128.andnot(f32x4.le(w, v128.load(low + k)), isTop)
        const part = f32x4.mul(f32x4.sub(v128.load(restored + k), w), g)
        const inside = v128.andnot(part, v128.or(isTop, isBottom))
        v128.store(parts + k, f32x4.add(v128.load(parts + k), inside))
        v128.store(tops + k, f32x4.add(v128.load(tops + k), v128.and(g, isTop)))
        v128.store(bottoms + k, f32x4.add(v128.load(bottoms + k), v128.and(g, isBottom)))
      }
      for (; k < rowBytes; k += 4) {
        const w = load<f32>(values + k)
        const g = load<f32>(dy + k)
        if (w >= load<f32>(high + k)) store<f32>(tops + k, load<f32>(tops + k) + g)
        else if (w <= load<f32>(low + k)) store<f32>(bottoms + k, load<f32>(bottoms + k) + g)
        else store<f32>(parts + k, load<f32>(parts + k) + (load<f32>(restored + k) - w) * g)
      }
      values += rowBytes
      restored += rowBytes
      dy += rowBytes
    }
    addAll(parts, moved, count)
    addAll(tops, top, count)
    addAll(bottoms, bottom, count)
  }
}

/** Doubles += floats. */
function addAll(floats: usize, doubles: usize, count: i32): void {
  for (let g = 0; g < count; g++) {
    const at = doubles + (<usize>g << 3)
    store<f64>(at, load<f64>(at) + <f64>load<f32>(floats + (<usize>g << 2)))
  }
}

function gradientSumsOfRuns(
  values: usize, restored: usize, dy: usize, low: usize, high: usize,
  moved: usize, top: usize, bottom: usize, rows: i32, count: i32, run: i32,
): void {
  const runBytes = <usize>run << 2
  const vectorBytes = <usize>(run & ~3) << 2
  for (let i = 0; i < rows; i++) {
    for (let g = 0; g < count; g++) {
      const least = load<f32>(low + (<usize>g << 2))
      const most = load<f32>(high + (<usize>g << 2))
      const leasts = f32x4.splat(least)
      const mosts = f32x4.splat(most)
      let allMoved: f64 = 0
      let allTop: f64 = 0
      let allBottom: f64 = 0
      let k: usize = 0
      while (k < vectorBytes) {
        let movedPart = f32x4.splat(0)
        let topPart = movedPart
        let bottomPart = movedPart
        const end = min(vectorBytes, k + (CHUNK << 4))
        for (; k < end; k += 16) {
          const w = v128.load(values + k)
          const grown = v128.load(dy + k)
          const isTop = f32x4.ge(w, mosts)
          const isBottom = v128.andnot(f32x4.le(w, leasts), isTop)
          const part = f32x4.mul(f32x4.sub(v128.load(restored + k), w), grown)
          movedPart = f32x4.add(movedPart, v128.andnot(part, v128.or(isTop, isBottom)))
          topPart = f32x4.add(topPart, v128.and(grown, isTop))
          bottomPart = f32x4.add(bottomPart, v128.and(grown, isBottom))
        }
        allMoved += total(movedPart)
        allTop += total(topPart)
        allBottom += total(bottomPart)
      }
      for (; k < runBytes; k += 4) {
        const w = load<f32>(values + k)
        const grown = load<f32>(dy + k)
        if (w >= most) allTop += <f64>grown
        else if (w <= least) allBottom += <f64>grown
        else allMoved += <f64>((load<f32>(restored + k) - w) * grown)
      }
      const at = <usize>g << 3
      store<f64>(moved + at, load<f64>(moved + at) + allMoved)
      store<f64>(top + at, load<f64>(top + at) + allTop)
      store<f64>(bottom + at, load<f64>(bottom + at) + allBottom)
      values += runBytes
      restored += runBytes
      dy += runBytes
    }
  }
}

@inline
function total(x: v128): f64 {
  return (
    <f64>f32x4.extract_lane(x, 0) + <f64>f32x4.extract_lane(x, 1) +
    (<f64>f32x4.extract_lane(x, 2) + <f64>f32x4.extract_lane(x, 3))
  )
}
