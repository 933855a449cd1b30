import type { ConfigReader } from '../tfjs-files/config-reader'

/** An output tensor of one call of a layer; calls count from 0. */
export interface TensorRef {
  readonly layer: string
  readonly call: number
  readonly tensor: number
}

/** A layer of the topology; `config` is the repaired JSON that tfjs will read. */
export interface TopologyLayer {
  readonly name: string
  readonly className: string
  readonly config: ConfigReader
  /** The whole entry of the layer in the file. */
  readonly json: ConfigReader
  /** One list of inputs per call; an input layer has one call without inputs. */
  readonly calls: readonly (readonly TensorRef[])[]
  /** A model used as a layer, or held by a wrapper. */
  readonly model: TopologyModel | null
  /** The layer or cells that a wrapper holds; empty for others. */
  readonly wrapped: readonly WrappedLayer[]
}

export interface WrappedLayer {
  readonly name: string
  readonly className: string
  readonly config: ConfigReader
}

export interface TopologyModel {
  readonly name: string
  readonly field: string
  readonly sequential: boolean
  readonly layers: readonly TopologyLayer[]
  readonly inputs: readonly TensorRef[]
  readonly outputs: readonly TensorRef[]
}
