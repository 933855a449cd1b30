import { StudioError } from '../core/errors'
import { elementCount } from '../core/tensor-spec'
import type { ArraySamples } from './data-source'

interface Layer {
  readonly name: string
  readonly className: string
  readonly config: Readonly<Record<string, unknown>>
  /** Names of the layers whose outputs it reads. */
  readonly inputs: readonly string[]
}

/**
 * How many tokens a model knows: the entries of the smallest embedding that reads the input itself.
 * @returns null where none does, or nobody knows
 */
export function tokensKnown(layers: readonly Layer[]): number | null {
  const ports = new Set(
    layers.filter(({ className }) => className === 'InputLayer').map(({ name }) => name),
  )
  const sizes = layers
    .filter(
      ({ className, inputs }) =>
        className === 'Embedding' && inputs.every((name) => ports.has(name)),
    )
    .map(({ config }) => Number(config['input_dim']))
    .filter((size) => size > 0)
  return sizes.length === 0 ? null : Math.min(...sizes)
}

/** A node of a frozen graph. */
interface Node {
  readonly name: string
  readonly op: string
  readonly input?: readonly string[]
}

/** Operators that hand on what they read, whole numbers as whole numbers. */
const HANDS_ON = /^(?:Cast|Identity|Reshape|ExpandDims|Squeeze)$/
/** Nodes between an input and its embedding. */
const MOST_BETWEEN = 20

/**
 * The same of a graph: the rows of the smallest table from which rows are taken by the numbers of an input.
 * @param rows of each constant that is a table
 */
export function tokensOfGraph(
  nodes: readonly Node[],
  rows: ReadonlyMap<string, number>,
): number | null {
  const known = new Map(nodes.map((node) => [node.name, node]))
  const origin = (name = ''): Node | undefined => {
    let node = known.get(plain(name))
    for (let step = 0; step < MOST_BETWEEN && node !== undefined && HANDS_ON.test(node.op); step++)
      node = known.get(plain(node.input?.[0] ?? ''))
    return node
  }
  const sizes = nodes.flatMap(({ op, input = [] }) => {
    if (op !== 'Gather' && op !== 'GatherV2') return []
    const size = rows.get(origin(input[0])?.name ?? '')
    return size === undefined || origin(input[1])?.op !== 'Placeholder' ? [] : [size]
  })
  return sizes.length === 0 ? null : Math.min(...sizes)
}

/** `name:0` as the name of its node. */
function plain(input: string): string {
  return input.replace(/^\^/, '').replace(/:\d+$/, '')
}

/**
 * Refuses numbers that an embedding has no entry for, before anything runs.
 * @param known entries of the embedding; null: nobody knows
 * @throws StudioError 'data/token-range' with the first of them
 */
export function requireTokens(
  dataset: string,
  { origin, shape, values }: ArraySamples,
  known: number | null,
): void {
  if (known === null) return
  // As the embedding reads them: what is behind the point is cut off.
  const at = values.findIndex((value) => Math.trunc(value) < 0 || Math.trunc(value) >= known)
  if (at < 0) return
  const columns = elementCount(shape)
  const [sample, column] = [Math.floor(at / columns), at % columns]
  const row = origin?.rows?.[sample] ?? sample
  const part = origin?.parts?.findLast(({ rows }) => rows <= row)
  throw new StudioError('data/token-range', {
    file: part?.file ?? origin?.file ?? dataset,
    row: row - (part?.rows ?? 0) + 1,
    column: origin?.columns?.[column] ?? column + 1,
    expected: `0 … ${known - 1}`,
    found: values[at] ?? NaN,
  })
}
