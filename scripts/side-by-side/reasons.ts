import type { Measured } from './pairs'

/** Why ours is not smaller at equal accuracy, where it is not. */
export function reasonFor(sample: string, theirs: Measured, ours: Measured): string {
  if (ours.zipped <= theirs.zipped) return 'theirs leaves the kernels of convolutions in float32'
  if (sample === 'fashion-cnn')
    return 'normalization and biases stay tensors of their own in ours (18 KB of float32, which hardly deflate, or codes where the setting says so); the converters fold it into the kernels'
  return ours.bytes <= theirs.bytes
    ? 'smaller as a file; its codes deflate less, and why was not looked into'
    : 'not known'
}
