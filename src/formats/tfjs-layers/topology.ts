import type { JsonObject } from '../../files/read-json'
import type { ConfigReader } from '../tfjs-files/config-reader'

/** An output tensor of one call of a layer; calls count from 0. */
export interface TensorRef {
  readonly layer: string
  readonly call: number
  readonly tensor: number
}

/** What a call is given beside the tensors that it reads in order. */
export interface CallArguments {
  /** Where among its inputs a tensor stands that is given by name. */
  readonly places: Readonly<Record<string, number>>
  readonly values: JsonObject
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
  /** One for each call; none where calls are given nothing but tensors. */
  readonly given?: readonly CallArguments[]
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
