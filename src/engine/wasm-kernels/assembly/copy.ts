// Moving floats: padding and cropping images, widening rows, repeating blocks.

export function fillZero(address: usize, bytes: usize): void {
  memory.fill(address, 0, bytes)
}

/**
 * Copies a window between two batches of images: `rows` rows of `rowBytes` bytes in each image. The
 * steps are the byte distances from row to row and from image to image on either side.
 */
export function copyWindow(
  source: usize, target: usize, images: i32, rows: i32, rowBytes: usize,
  sourceImageStep: usize, sourceRowStep: usize, targetImageStep: usize, targetRowStep: usize,
): void {
  for (let n = 0; n < images; n++) {
    let from = source
    let to = target
    for (let y = 0; y < rows; y++) {
      memory.copy(to, from, rowBytes)
      from += sourceRowStep
      to += targetRowStep
    }
    source += sourceImageStep
    target += targetImageStep
  }
}

/** Rows of `from` floats become rows of `to` floats: cut off, or filled up with zeros. */
export function resizeRows(source: usize, target: usize, rows: i32, from: i32, to: i32): void {
  const kept = <usize>min(from, to) << 2
  const sourceStep = <usize>from << 2
  const targetStep = <usize>to << 2
  for (let i = 0; i < rows; i++) {
    memory.copy(target, source, kept)
    memory.fill(target + kept, 0, targetStep - kept)
    source += sourceStep
    target += targetStep
  }
}

/** Each of `blocks` blocks is written `repeats` times in a row: [a, b] becomes [a, a, b, b]. */
export function repeatBlocks(
  source: usize, target: usize, blocks: i32, repeats: i32, blockBytes: usize,
): void {
  for (let i = 0; i < blocks; i++) {
    for (let k = 0; k < repeats; k++) {
      memory.copy(target, source, blockBytes)
      target += blockBytes
    }
    source += blockBytes
  }
}
