import { createRandom } from '../../src/core/random'
import { shapeOf, T } from './graph-attributes'
import type { Plain } from './graph-attributes'
import { joined } from './graph-files'
import type { GraphFiles, NodeJson, WeightJson } from './graph-files'

/** Writes graphs as the converter does, node by node. */
export class GraphWriter {
  private readonly nodes: NodeJson[] = []
  private readonly weights: WeightJson[] = []
  private readonly bytes: Uint8Array[] = []
  private readonly random = createRandom(5)

  input(name: string, sides: readonly number[], type = 'DT_FLOAT'): string {
    return this.node('Placeholder', name, [], { dtype: { type }, shape: shapeOf(sides) })
  }

  /** Real numbers, drawn where none are told. */
  weight(name: string, shape: number[], told?: readonly number[]): string {
    const count = shape.reduce((product, side) => product * side, 1)
    const values = told ?? Array.from({ length: count }, () => this.random.normal())
    return this.constant(name, shape, 'float32', new Uint8Array(Float32Array.from(values).buffer))
  }

  wholes(name: string, values: readonly number[], shape: number[] = [values.length]): string {
    return this.constant(name, shape, 'int32', new Uint8Array(Int32Array.from(values).buffer))
  }

  node(op: string, name: string, input: string[], attr: { [key: string]: Plain } = {}): string {
    this.nodes.push({ name, op, ...(input.length === 0 ? {} : { input }), attr })
    return name
  }

  /** Without a signature what nothing reads is the output. */
  files(signature?: GraphFiles['json']['signature']): GraphFiles {
    return {
      json: {
        format: 'graph-model',
        generatedBy: '2.18.0',
        ...(signature === undefined ? {} : { signature }),
        modelTopology: { node: this.nodes, versions: { producer: 1882 } },
        weightsManifest: [{ paths: ['group1-shard1of1.bin'], weights: this.weights }],
      },
      shards: new Map([['group1-shard1of1.bin', joined(this.bytes)]]),
    }
  }

  private constant(name: string, shape: number[], dtype: string, bytes: Uint8Array): string {
    this.weights.push({ name, shape, dtype })
    this.bytes.push(bytes)
    const type = dtype === 'float32' ? T : { type: 'DT_INT32' }
    return this.node('Const', name, [], {
      dtype: type,
      value: { tensor: { dtype: type.type, tensorShape: shapeOf(shape).shape } },
    })
  }
}
