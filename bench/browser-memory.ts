import { readFileSync, readdirSync, writeFileSync } from 'node:fs'

/** The most bytes at once since the last look. */
export interface BrowserPeak {
  /** Of all processes of the browser together; what they share counts once. */
  readonly all: number
  /** Of the page's own process: page, worker, memory of WebAssembly. As Linux counts it, nothing lies between two looks. */
  readonly page: number
}

/** Watches all processes of a browser that this process has started. Linux only. */
export class BrowserMemory {
  private most = 0
  private readonly timer: NodeJS.Timeout

  /** @param profile the folder of the browser's profile, which its processes are told by */
  constructor(private readonly profile: string) {
    this.timer = setInterval(() => {
      this.look()
    }, 300)
  }

  /** @returns the most since the last call */
  take(): BrowserPeak {
    this.look()
    const all = this.most
    const pages = this.processes().filter(({ command }) => command.includes('--type=renderer'))
    const page = Math.max(0, ...pages.map(({ id }) => kilobytes(`/proc/${id}/status`, 'VmHWM')))
    for (const { id } of pages) writeFileSync(`/proc/${id}/clear_refs`, '5')
    this.most = 0
    return { all, page: 1024 * page }
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private look(): void {
    const held = this.processes().map(({ id }) => kilobytes(`/proc/${id}/smaps_rollup`, 'Pss'))
    const sum = held.reduce((total, own) => total + own, 0)
    this.most = Math.max(this.most, 1024 * sum)
  }

  private processes(): { id: string; command: string }[] {
    const known = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((id) => ({
        id,
        command: textOf(`/proc/${id}/cmdline`),
        parent: /\) \S (\d+)/.exec(textOf(`/proc/${id}/stat`))?.[1] ?? '',
      }))
    const own = new Set(
      known.filter(({ command }) => command.includes(this.profile)).map(({ id }) => id),
    )
    for (let before = -1; before < own.size;) {
      before = own.size
      for (const { id, parent } of known) if (own.has(parent)) own.add(id)
    }
    return known.filter(({ id }) => own.has(id))
  }
}

function kilobytes(path: string, field: string): number {
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(textOf(path))?.[1] ?? 0)
}

/** '' where the process has ended meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
