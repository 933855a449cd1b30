/** Has Python read what nothing in Node reads: real Keras, and safetensors. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isKerasContainer } from '../../src/core/model-summary'
import type { ContainerId } from '../../src/core/model-summary'
import type { Answer } from '../../testing/engine/distance'
import type { Told } from '../../testing/matrix/runtimes'
import type { WrittenCell } from '../../testing/matrix/cell'
import { hashOf } from '../../testing/matrix/runtimes'

/** What Python says of the files of a cell. */
export interface PythonTold {
  readonly told: Told | null
  /** Of an .h5: what the other version of Keras says, where it opens it. */
  readonly other: Pick<Told, 'runtime' | 'outputs'> | null
  readonly error: string | null
}

interface Line {
  readonly folder: string
  readonly runtime?: string
  readonly error?: string
  readonly outputs?: readonly Answer[]
  /** Of all weights, in the order of the runtime. */
  readonly hashes?: readonly string[]
  /** By name. */
  readonly weights?: Readonly<Record<string, string>>
  readonly other?: { readonly runtime: string; readonly outputs?: readonly Answer[] }
}

/** Cells that wait for Python, as folders of files. */
export class WaitingCells {
  private readonly root = mkdtempSync(join(tmpdir(), 'studio-matrix-'))
  private readonly cells: WrittenCell[] = []
  private readonly script: string

  constructor(readonly kind: 'keras' | 'weights') {
    this.script = kind === 'keras' ? 'read_keras_files.py' : 'read_weights.py'
  }

  /** @param model names what weights alone are loaded into */
  add(written: WrittenCell, container: ContainerId, model: string): void {
    const { exported, inputs } = written
    const folder = join(this.root, String(this.cells.length).padStart(5, '0'))
    this.cells.push(written)
    mkdirSync(folder)
    for (const { bytes, path } of exported.files) writeFileSync(join(folder, path), bytes)
    const { code } = exported.usage
    if (this.kind === 'weights') writeFileSync(join(folder, 'usage.py'), code)
    else
      writeFileSync(join(folder, 'about.json'), JSON.stringify({ code, container, inputs, model }))
  }

  /** @returns what Python says of each, in the order of adding; the files are gone */
  ask(): ReadonlyMap<WrittenCell, PythonTold> {
    try {
      const python = process.env['PYTHON'] ?? 'python3'
      const { stderr, stdout } = spawnSync(
        python,
        ['-B', join('scripts/writers', this.script), this.root],
        { encoding: 'utf8', maxBuffer: 2 ** 30 },
      )
      const lines = new Map(
        stdout
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .map((line) => JSON.parse(line) as Line)
          .map((line) => [Number(line.folder), line]),
      )
      if (lines.size < this.cells.length) console.error(stderr.slice(-2000))
      return new Map(this.cells.map((cell, at) => [cell, toldOf(cell, lines.get(at))]))
    } finally {
      rmSync(this.root, { recursive: true })
    }
  }
}

function toldOf(cell: WrittenCell, line: Line | undefined): PythonTold {
  if (line?.runtime === undefined)
    return { told: null, other: null, error: line?.error ?? 'Python said nothing of it' }
  const { hashes, other, outputs = null, runtime, weights } = line
  const named = weights === undefined ? foundIn(cell, new Set(hashes)) : Object.entries(weights)
  return {
    told: { runtime, outputs, weights: new Map(named) },
    other: other?.outputs === undefined ? null : { ...other, outputs: other.outputs },
    error: null,
  }
}

/** Keras calls weights otherwise: each has to be there somewhere, with all its bits. */
function foundIn({ forms, model }: WrittenCell, hashes: ReadonlySet<string>): [string, string][] {
  return model.weights.flatMap(({ spec }, at): [string, string][] => {
    const restored = forms[at]?.restored()
    if (!(restored instanceof Float32Array)) return []
    const own = hashOf(restored)
    return [[spec.name, hashes.has(own) ? own : 'not there']]
  })
}

/** Who reads such files; null: what runs in Node. */
export function readerOf(container: ContainerId): WaitingCells['kind'] | null {
  if (isKerasContainer(container)) return 'keras'
  return container === 'safetensors' ? 'weights' : null
}
