import { beforeAll, describe, expect, it } from 'vitest'
import { selectNothingAfterButtons } from './click-again'

function press(target: Element, detail: number): MouseEvent {
  const event = new MouseEvent('mousedown', { bubbles: true, cancelable: true, detail })
  target.dispatchEvent(event)
  return event
}

describe('a second click', () => {
  const button = document.createElement('button')
  const inside = document.createElement('span')
  const words = document.createElement('p')
  beforeAll(() => {
    button.append(inside)
    document.body.append(button, words)
    selectNothingAfterButtons(document)
  })

  it('selects nothing where the first met a button, whatever has taken its place', () => {
    expect(press(inside, 1).defaultPrevented).toBe(false)
    expect(press(words, 2).defaultPrevented).toBe(true)
    expect(press(words, 3).defaultPrevented).toBe(true)
  })

  it('selects a word where the first met words', () => {
    press(button, 1)
    press(words, 1)
    expect(press(words, 2).defaultPrevented).toBe(false)
  })
})
