import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import sirv from 'sirv'
import { securityHeaders } from '../src/service-worker/security-headers.ts'

export interface StaticServer {
  readonly url: string
  readonly close: () => Promise<void>
}

export interface StaticServerOptions {
  readonly folder: string
  /** 0 takes any free port. */
  readonly port: number
  /** false: like a plain static host that sends no headers of ours. */
  readonly headers?: boolean
  /** Serve below this path, for example '/tools/studio'. */
  readonly subPath?: string
}

/** Serves a built folder on localhost the way the studio is meant to be served. */
export async function serveFolder(options: StaticServerOptions): Promise<StaticServer> {
  const { folder, port, headers = true, subPath = '' } = options
  const files = sirv(folder, {
    etag: true,
    // Where a .gz lies beside a file.
    gzip: true,
    setHeaders: (response) => {
      response.setHeader('Cache-Control', 'no-cache')
      if (!headers) return
      for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
    },
  })
  const server = createServer((request, response) => {
    const notFound = (): void => {
      response.statusCode = 404
      response.end('Not found')
    }
    if (!request.url?.startsWith(subPath)) {
      notFound()
      return
    }
    request.url = request.url.slice(subPath.length) || '/'
    files(request, response, notFound)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, 'localhost', resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://localhost:${bound}${subPath}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  }
}
