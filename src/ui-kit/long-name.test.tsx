import { render, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { LongName } from './long-name'

describe('a name on one line', () => {
  it('is read out whole, and its end stays in view', () => {
    render(
      <button type="button">
        <LongName>node_Conv_219</LongName>
      </button>,
    )
    const button = screen.getByRole('button', { name: 'node_Conv_219' })
    const seen = [...button.querySelectorAll('[aria-hidden]')].map((part) => part.textContent)
    expect(seen).toEqual(['node_', 'Conv_219'])
  })

  it('is left alone where it is short, and never cut inside a sign', () => {
    const { container, rerender } = render(<LongName>dense1</LongName>)
    expect(container.querySelector('[aria-hidden]')).toBeNull()
    rerender(<LongName>{'😀'.repeat(13)}</LongName>)
    const seen = [...container.querySelectorAll('[aria-hidden]')].map((part) => part.textContent)
    expect(seen).toEqual(['😀'.repeat(5), '😀'.repeat(8)])
  })
})
