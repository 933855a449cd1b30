import type { ResNetSize } from '../../testing/models/resnet-18'

/** Weights, channels and inputs of each kernel, and numbers of all biases, of a file. */
function kernelsIn({ width, classes }: ResNetSize) {
  const kernels = [{ out: width, channels: 3, places: 49 }]
  for (let stage = 0; stage < 4; stage++) {
    const out = width * 2 ** stage
    const before = stage === 0 ? width : out / 2
    kernels.push({ out, channels: before, places: 9 })
    for (let more = 0; more < 3; more++) kernels.push({ out, channels: out, places: 9 })
    if (stage > 0) kernels.push({ out, channels: before, places: 1 })
  }
  return [...kernels, { out: classes, channels: width * 8, places: 1 }]
}

/** Bytes of kernels with 4 bits a weight and 4 bytes a scale: one for each channel, or for each `block` inputs of it. */
export function bytesOfFourBits(size: ResNetSize, block: number | null): number {
  return kernelsIn(size).reduce((sum, { channels, out, places }) => {
    const isBlocks = block !== null && channels > block
    const scales = isBlocks ? out * places * Math.ceil(channels / block) : out
    return sum + (out * channels * places) / 2 + 4 * scales + 4 * out
  }, 0)
}
