/**
 * What this processor reaches through WebAssembly at most: multiply-adds that never leave the registers, and copies of
 * memory that no cache holds. The loops are compiled here and ship nowhere.
 */
import asc from 'assemblyscript/asc'
import { allowRelaxedSimd } from '../../src/engine/host/relaxed-simd.ts'

/** Sums that are under way at once: each waits about four cycles for itself, and a processor begins two in each. */
const SUMS = 12
/** Times that each sum is added to before the loop turns, which costs instructions as well. */
const UNROLLED = 4
const TURNS = 50_000
/** Beyond the caches of a core. */
const COPIED_BYTES = 32 * 2 ** 20
const PAGE = 2 ** 16

/** Figures of one moment, since a shared machine is not equally fast all the time. */
export interface Speeds {
  /** 1e9 multiplications and additions each second, with fused multiply-add (relaxed SIMD). */
  readonly fusedGigaflops: number
  /** The same with plain SIMD, where it is two instructions. */
  readonly plainGigaflops: number
  /** 1e9 bytes each second that are read and written; a copy of n bytes is 2n. */
  readonly copyGigabytes: number
}

interface Loops {
  readonly multiplyAdds: (turns: number, seed: number) => number
  readonly copy: (bytes: number) => void
}

export class Machine {
  private constructor(
    private readonly fused: Loops,
    private readonly plain: Loops,
  ) {}

  static async ready(): Promise<Machine> {
    allowRelaxedSimd()
    return new Machine(
      await started(['simd', 'relaxed-simd'], 'f32x4.relaxed_madd(SUM, a, b)'),
      await started(['simd'], 'f32x4.add(f32x4.mul(SUM, a), b)'),
    )
  }

  /** The best of several tries, in processor time. Takes about 0.2 s. */
  speeds(): Speeds {
    const flops = 2 * 4 * SUMS * UNROLLED * TURNS
    const [fused, plain] = [this.fused, this.plain].map((loops) =>
      leastMs(() => loops.multiplyAdds(TURNS, 0.5)),
    )
    const copy = leastMs(() => {
      this.fused.copy(COPIED_BYTES)
    })
    return {
      fusedGigaflops: flops / (fused ?? NaN) / 1e6,
      plainGigaflops: flops / (plain ?? NaN) / 1e6,
      copyGigabytes: (2 * COPIED_BYTES) / copy / 1e6,
    }
  }
}

function leastMs(work: () => void): number {
  let least = Infinity
  for (let turn = 0; turn < 8; turn++) {
    const began = performance.now()
    work()
    least = Math.min(least, performance.now() - began)
  }
  return least
}

async function started(features: readonly string[], multiplyAdd: string): Promise<Loops> {
  const bytes = await compiled(sourceOf(multiplyAdd), features)
  const memory = new WebAssembly.Memory({ initial: (2 * COPIED_BYTES) / PAGE })
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } })
  return instance.exports as unknown as Loops
}

/** A loop of multiply-adds of which the compiler can leave nothing out: each needs the one before, and every sum is wanted. */
function sourceOf(multiplyAdd: string): string {
  const sums = Array.from({ length: SUMS }, (_, at) => `s${at}`)
  const all = sums.reduce((left, right) => `f32x4.add(${left}, ${right})`)
  const body = sums.map((sum) => `${sum} = ${multiplyAdd.replace('SUM', sum)}`).join('\n')
  return `
    export function multiplyAdds(turns: i32, seed: f32): f32 {
      const a = f32x4.splat(seed)
      const b = f32x4.splat(seed * 0.5)
      ${sums.map((sum) => `let ${sum} = f32x4.splat(0)`).join('\n')}
      for (let turn = 0; turn < turns; turn++) {
        ${`${body}\n`.repeat(UNROLLED)}
      }
      return f32x4.extract_lane(${all}, 0)
    }
    export function copy(bytes: usize): void {
      memory.copy(bytes, 0, bytes)
    }`
}

async function compiled(
  source: string,
  features: readonly string[],
): Promise<Uint8Array<ArrayBuffer>> {
  const written: Uint8Array[] = []
  const messages: string[] = []
  const collect = { write: (text: string | Uint8Array) => messages.push(text.toString()) }
  const { error } = await asc.main(
    [
      ...['loops.ts', '--runtime', 'stub', '--importMemory', '-O3', '--noAssert'],
      ...features.flatMap((feature) => ['--enable', feature]),
      ...['--outFile', 'loops.wasm'],
    ],
    {
      ...{ stdout: collect, stderr: collect },
      readFile: (name) => (name === 'loops.ts' ? source : null),
      writeFile: (_, contents) => {
        written.push(contents as Uint8Array)
      },
      listFiles: () => [],
    },
  )
  const [binary] = written
  if (error !== null || binary === undefined)
    throw new Error(`AssemblyScript: ${messages.join('')}`)
  return new Uint8Array(binary)
}
