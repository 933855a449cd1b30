import { existsSync } from 'node:fs'
import open from 'open'
import { serveFolder } from './static-server.ts'
import type { StaticServer } from './static-server.ts'

const folder = 'dist'
const firstPort = Number(process.env['PORT'] ?? 4173)

if (!existsSync(`${folder}/index.html`)) {
  console.error('dist/ is missing: run `npm run build` first, or `npm start`, which does both.')
  process.exit(1)
}

const server = await serveOnFreePort(firstPort)
console.log(`Compression Studio: ${server.url}  (Ctrl+C stops it)`)
if (hasDisplay()) {
  // A browser that does not start is no reason to stop serving: the address is printed above.
  await open(server.url).catch(() => undefined)
}

async function serveOnFreePort(port: number): Promise<StaticServer> {
  try {
    return await serveFolder({ folder, port })
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    if (!taken) throw error
    return serveFolder({ folder, port: 0 })
  }
}

function hasDisplay(): boolean {
  if (process.env['CI'] !== undefined) return false
  if (process.platform !== 'linux') return true
  return Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'])
}
