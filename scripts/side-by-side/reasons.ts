import type { Measured } from './pairs'

/** So many times as large is as good as equal. */
const NEARLY = 1.0015

/** Why ours is not smaller at equal accuracy, where it is not. */
export function reasonFor(sample: string, theirs: Measured, ours: Measured): string {
  if (ours.zipped <= theirs.zipped)
    return /block|b32/.test(theirs.setting)
      ? 'theirs leaves the kernels of convolutions in float32'
      : `by ${theirs.right.test - ours.right.test} of 10,000 pictures; it rounds activations as well, and is right more often than float32`
  if (ours.zipped <= NEARLY * theirs.zipped) return 'within 0.15 % of it, and smaller as a file'
  if (theirs.setting === 'dynamic int8 per channel')
    return 'its dynamic form has a step for each channel in products of matrices alone; convolutions have one for all, whose codes use fewer levels and deflate better'
  if (sample === 'fashion-cnn' && ours.setting.includes('tfjs'))
    return 'a layers model keeps its normalizations, 18 KB of float32 (or codes, where the setting says so), and theirs is a graph model that has them in its kernels'
  if (sample === 'fashion-cnn')
    return 'codes of ours are those of the kernels that the page shows, so that each channel has a step of its own behind them (4.5 KB); theirs are rounded after normalizations were folded, with one step for all channels of a convolution'
  return ours.bytes <= theirs.bytes
    ? 'smaller as a file; its codes lie input by input, as MatMul reads them, and those of a channel deflate better side by side, as theirs lie (LeNet-300-100 with 4 bits: 99,347 bytes against 94,337)'
    : 'not known'
}
