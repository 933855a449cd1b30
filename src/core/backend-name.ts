/** The engines that can run a model, fastest hardware first: the automatic order. */
export const backendNames = ['webgpu', 'webgl', 'wasm', 'cpu'] as const

export type BackendName = (typeof backendNames)[number]
