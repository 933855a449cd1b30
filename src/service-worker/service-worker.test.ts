import { describe, expect, it, vi } from 'vitest'
import { answerRenewal } from './renewal'
import { securityHeaders } from './security-headers'
import { secured } from './with-security-headers'

describe('a new build', () => {
  function scopeWith(pages: number) {
    const skipWaiting = vi.fn(() => Promise.resolve())
    const matchAll = () => Promise.resolve(Array.from({ length: pages }))
    return { skipWaiting, clients: { matchAll } }
  }

  it('takes the place of the old one for the only tab that asks', async () => {
    const scope = scopeWith(1)
    const postMessage = vi.fn()
    await answerRenewal(scope, { postMessage })
    expect(postMessage).toHaveBeenCalledWith('renewing')
    expect(scope.skipWaiting).toHaveBeenCalledOnce()
  })

  it('waits while another tab is open, and says so', async () => {
    const scope = scopeWith(2)
    const postMessage = vi.fn()
    await answerRenewal(scope, { postMessage })
    expect(postMessage).toHaveBeenCalledWith('otherPages')
    expect(scope.skipWaiting).not.toHaveBeenCalled()
  })
})

describe('answers of the service worker', () => {
  it('carry the policy and the isolation, whatever the host sent', async () => {
    const sent = new Response('{}', {
      status: 206,
      statusText: 'Partial',
      headers: { 'Content-Type': 'application/json', 'Cross-Origin-Opener-Policy': 'unsafe-none' },
    })
    const answer = secured(sent)
    expect(answer.status).toBe(206)
    expect(answer.statusText).toBe('Partial')
    expect(answer.headers.get('Content-Type')).toBe('application/json')
    for (const [name, value] of Object.entries(securityHeaders))
      expect(answer.headers.get(name)).toBe(value)
    expect(await answer.text()).toBe('{}')
  })

  it('leave an error of the network as it is', () => {
    const error = Response.error()
    expect(secured(error)).toBe(error)
  })
})
