import type { SerwistPlugin } from 'serwist'
import { securityHeaders } from './security-headers'

/** Brings the policy and the isolation to pages and workers of hosts that send no headers of ours. */
export const withSecurityHeaders: SerwistPlugin = {
  handlerWillRespond: ({ response }) => Promise.resolve(secured(response)),
}

/** The same answer with our headers; those of an answer cannot be changed in place. */
export function secured(response: Response): Response {
  // An error has no headers, and nothing may be made of it.
  if (response.type === 'error' || response.status === 0) return response
  const headers = new Headers(response.headers)
  for (const [name, value] of Object.entries(securityHeaders)) headers.set(name, value)
  const { status, statusText } = response
  return new Response(response.body, { status, statusText, headers })
}
