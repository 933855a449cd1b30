import type { Measured } from './pairs'

/** Why ours is not smaller at equal accuracy, where it is not. */
export function reasonFor(sample: string, theirs: Measured, ours: Measured): string {
  if (sample === 'fashion-cnn' && ours.zipped > theirs.zipped)
    return 'normalization stays as it is in ours, in float32 but where the setting says otherwise; the converters fold it into the kernels, or give it codes'
  if (ours.zipped > theirs.zipped && ours.bytes <= theirs.bytes)
    return 'smaller as a file; its codes deflate less'
  return ours.zipped > theirs.zipped ? 'not known' : 'fewer bits for each weight'
}
