import type { Measured } from './pairs'

/** So many times as large is as good as equal. */
const NEARLY = 1.001

/** Why ours is not smaller at equal accuracy, where it is not. */
export function reasonFor(sample: string, theirs: Measured, ours: Measured): string {
  if (ours.zipped <= theirs.zipped) return 'theirs leaves the kernels of convolutions in float32'
  if (sample === 'fashion-cnn' && ours.setting.includes('tfjs'))
    return 'a layers model keeps its normalizations, 18 KB of float32 (or codes, where the setting says so), and theirs is a graph model that has them in its kernels'
  if (sample === 'fashion-cnn')
    return 'codes of ours are those of the kernels that the page shows, so that each channel has a step of its own behind them (4.5 KB); theirs are rounded after normalizations were folded, with one step for all channels of a convolution'
  if (ours.zipped <= NEARLY * theirs.zipped) return 'within 0.1 % of it, and smaller as a file'
  return ours.bytes <= theirs.bytes
    ? 'smaller as a file; its codes lie input by input, as MatMul reads them, and those of a channel deflate better side by side, as theirs lie (LeNet-300-100 with 4 bits: 99,347 bytes against 94,337)'
    : 'not known'
}
