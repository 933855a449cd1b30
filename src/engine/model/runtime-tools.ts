import type { Toolbox } from '../work/toolbox'

/** What runtimes beside TensorFlow.js need of the place that they run in. */
export type RuntimeTools = Pick<Toolbox['environment'], 'beat' | 'loadOnnxRuntime' | 'now'>

export type OnnxRuntime = Awaited<ReturnType<RuntimeTools['loadOnnxRuntime']>>
