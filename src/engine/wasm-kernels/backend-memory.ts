import type * as tf from '@tensorflow/tfjs'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { elementCount } from '../../core/tensor-spec'
import type { KernelModule } from './kernel-module'

/**
 * Tensors as kernels see them: memory that is made, read and released by hand, with no garbage
 * collection and no tape. Whatever a kernel makes and does not return it must `release`.
 */
export class BackendMemory {
  constructor(
    readonly backend: BackendWasm,
    /** The kernels that came with the backend, by name, replaced ones included. */
    private readonly stock: ReadonlyMap<string, tf.KernelConfig>,
  ) {}

  /** A new float32 tensor with whatever the memory held before. May detach earlier `floats` views. */
  output(shape: readonly number[]): tf.TensorInfo {
    return this.backend.makeOutput([...shape], 'float32')
  }

  /**
   * A new tensor like this one; where it `isSpent`, read for the last time by the kernel that asks, in its memory, unless
   * that has another name as well.
   */
  outputFor(tensor: tf.TensorInfo, isSpent: boolean): tf.TensorInfo {
    const { dataId, shape, dtype } = tensor
    if (!isSpent || this.backend.refCount(dataId) !== 1) return this.output(shape)
    this.backend.incRef(dataId)
    return { dataId, shape: [...shape], dtype }
  }

  /** Where the tensor lies, in bytes. */
  address(tensor: tf.TensorInfo): number {
    return this.backend.dataIdMap.get(tensor.dataId).memoryOffset
  }

  /**
   * The tensor's memory as floats. Make every output first and take the views afterwards: memory
   * that grows detaches all earlier views.
   */
  floats(tensor: tf.TensorInfo): Float32Array {
    return this.backend.typedArrayFromHeap(tensor) as Float32Array
  }

  release(...tensors: tf.TensorInfo[]): void {
    for (const { dataId } of tensors) this.backend.disposeData(dataId)
  }

  /** Releases a working copy, unless no copy was needed and it is the original itself. */
  releaseCopy(copy: tf.TensorInfo, original: tf.TensorInfo): void {
    if (copy.dataId !== original.dataId) this.release(copy)
  }

  /** Runs the backend's own kernel, whatever is registered under its name by now. */
  runStock(name: string, inputs: tf.NamedTensorInfoMap, attrs: object): tf.TensorInfo {
    const kernel = this.stock.get(name)
    if (!kernel) throw new Error(`The WASM backend has no kernel '${name}'.`)
    const result = kernel.kernelFunc({
      inputs,
      attrs: attrs as tf.NamedAttrMap,
      backend: this.backend,
    })
    const [first] = Array.isArray(result) ? result : [result]
    if (!first) throw new Error(`The kernel '${name}' returned nothing.`)
    return first
  }
}

/** Backend memory with the SIMD module running in it. */
export class KernelHost extends BackendMemory {
  constructor(
    backend: BackendWasm,
    stock: ReadonlyMap<string, tf.KernelConfig>,
    readonly module: KernelModule,
  ) {
    super(backend, stock)
  }

  zeros(shape: readonly number[]): tf.TensorInfo {
    const tensor = this.output(shape)
    this.module.fillZero(this.address(tensor), 4 * elementCount(shape))
    return tensor
  }
}

/** The same memory under another shape of equal size; owns nothing. */
export function reshaped(tensor: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo {
  return { dataId: tensor.dataId, shape: [...shape], dtype: tensor.dtype }
}
