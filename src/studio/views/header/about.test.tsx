import { screen } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { About } from './about'

afterEach(() => {
  vi.unstubAllEnvs()
})

it('says which studio this is and leads to the licences of its parts', () => {
  vi.stubEnv('STUDIO_VERSION', '1.2.3')
  const { container, unmount } = renderInProviders(<About />)
  expect(container.textContent).toContain('Version 1.2.3 ·')
  unmount()
  vi.stubEnv('STUDIO_COMMIT', 'abc1234')
  const built = renderInProviders(<About />)
  expect(built.container.textContent).toContain('Version 1.2.3, abc1234 ·')
  const { href } = screen.getByRole<HTMLAnchorElement>('link', { name: /^Licences/ })
  expect(href).toMatch(/\/licenses\.md$/)
})

it('leads to its source where the build was told where that is', () => {
  const { unmount } = renderInProviders(<About />)
  expect(screen.queryByRole('link', { name: 'Source' })).toBeNull()
  unmount()
  vi.stubEnv('STUDIO_SOURCE', 'https://code.example/studio')
  renderInProviders(<About />)
  const { href } = screen.getByRole<HTMLAnchorElement>('link', { name: 'Source' })
  expect(href).toBe('https://code.example/studio')
})
