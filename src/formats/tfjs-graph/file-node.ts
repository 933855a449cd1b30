import type { JsonObject } from '../../files/read-json'

/** One of the values that a node gives; most give one, of number 0. */
export interface NodeOutput {
  readonly node: string
  readonly output: number
}

export interface FileNode {
  readonly name: string
  readonly op: string
  /** What it reads, in order. */
  readonly inputs: readonly NodeOutput[]
  /** Nodes that come before it and hand it nothing. */
  readonly after: readonly string[]
  readonly attributes: JsonObject
}

/** `name:1` is the second output of a node. */
export function parseOutput(text: string): NodeOutput {
  const [end = '', output = '0'] = /:(\d+)$/.exec(text) ?? []
  return { node: text.slice(0, text.length - end.length), output: Number(output) }
}
