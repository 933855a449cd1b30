/** Bytes from the beginning of the memory that a kernel works in. */
export type Address = number

/** Batch, height, width and channels of (padded) pictures, then height and width of what comes out. */
export type ImageSizes = [
  batch: number,
  height: number,
  width: number,
  channels: number,
  outHeight: number,
  outWidth: number,
]

/** Functions of the kernel module that training and inference both call; `assembly/copy.ts` documents each. */
export interface CopyingKernels {
  fillZero(address: Address, bytes: number): void
  copyWindow(
    source: Address,
    target: Address,
    images: number,
    rows: number,
    rowBytes: number,
    sourceImageStep: number,
    sourceRowStep: number,
    targetImageStep: number,
    targetRowStep: number,
  ): void
}
