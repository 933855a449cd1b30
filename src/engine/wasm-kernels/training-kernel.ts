import * as tf from '@tensorflow/tfjs'
import type { BackendMemory, KernelHost } from './backend-memory'

/** A kernel that can be registered for the WASM backend once it knows its host. */
export interface BindableKernel<Host extends BackendMemory> {
  readonly kernelName: string
  bind(host: Host): tf.KernelFunc
}

/** The same, with the typed function that other kernels call. */
export interface TrainingKernel<
  Host extends BackendMemory,
  Inputs,
  Attrs,
  Result,
> extends BindableKernel<Host> {
  run(host: Host, inputs: Inputs, attrs: Attrs): Result
}

export type SimdKernel = BindableKernel<KernelHost>
export type PlainKernel = BindableKernel<BackendMemory>

/**
 * Names a kernel and gives its untyped inputs and attributes their types: TensorFlow.js promises
 * them by kernel name only.
 */
export function trainingKernel<
  Host extends BackendMemory,
  Inputs,
  Attrs,
  Result extends tf.TensorInfo | tf.TensorInfo[],
>(
  kernelName: string,
  run: (host: Host, inputs: Inputs, attrs: Attrs) => Result,
): TrainingKernel<Host, Inputs, Attrs, Result> {
  return {
    kernelName,
    run,
    bind:
      (host) =>
      ({ inputs, attrs }) =>
        run(host, inputs as unknown as Inputs, attrs as unknown as Attrs),
  }
}

/** Whether the kernel may be run now: the kernels are there for as long as a step lasts. */
export function isRegistered({ kernelName }: { readonly kernelName: string }): boolean {
  const found = tf.getKernel(kernelName, tf.getBackend()) as tf.KernelConfig | undefined
  return found !== undefined
}
