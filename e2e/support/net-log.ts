import { readFileSync } from 'node:fs'

interface NetLog {
  readonly constants: { readonly logEventTypes: Readonly<Record<string, number>> }
  readonly events: readonly { readonly type: number; readonly params?: Record<string, unknown> }[]
}

/**
 * Hosts that the browser process tried to reach, from Chromium's `--log-net-log`. It also sees what
 * Playwright's request events do not: a worker's WebSocket.
 * @param file the log of a browser that has been closed
 */
export function hostsIn(file: string): Set<string> {
  const log = JSON.parse(readFileSync(file, 'utf8')) as NetLog
  const hosts = new Set<string>()
  for (const { params } of log.events) {
    for (const key of ['url', 'host', 'hostname']) {
      const value = params?.[key]
      if (typeof value === 'string') hosts.add(hostOf(value))
    }
  }
  hosts.delete('')
  return hosts
}

function hostOf(text: string): string {
  const match = /^(?:[a-z]+:\/\/)?(\[[^\]]+\]|[^/:?#\s]+)/i.exec(text)
  return match?.[1]?.toLowerCase() ?? ''
}
