import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../testing/studio/render-in-providers'
import { ErrorText } from './problem-alert'

it('says what happened and what to do, and copies the details for a report', async () => {
  const user = userEvent.setup()
  const write = vi.spyOn(navigator.clipboard, 'writeText')
  const error = { code: 'open/is-empty', params: { file: 'a.bin' } } as const
  renderInProviders(<ErrorText error={error} />)
  expect(screen.getByRole('alert').textContent).toContain('a.bin is empty.')
  await user.click(screen.getByRole('button', { name: 'Copy details' }))
  expect(await screen.findByRole('button', { name: 'Copied' })).toBeDefined()
  expect(JSON.parse(write.mock.calls[0]?.[0] ?? '')).toMatchObject({ error, engine: 'starting' })
})
