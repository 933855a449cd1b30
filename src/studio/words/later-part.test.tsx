import { act, screen } from '@testing-library/react'
import type { ReactElement } from 'react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../testing/studio/render-in-providers'
import { showIn } from '../i18n/languages'
import { laterPart } from './later-part'
import { Walls } from './walls'

function Greeting({ name }: { readonly name: string }) {
  return <p>Hello {name}</p>
}

/** With all that is waited for meanwhile. */
async function draw(view: ReactElement): Promise<void> {
  await act(async () => {
    renderInProviders(view)
    await Promise.resolve()
  })
}

async function loadAgain(): Promise<void> {
  await act(() => userEvent.click(screen.getByRole('button', { name: 'Load again' })))
}

// React reports what boundaries catch.
beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

afterEach(async () => {
  vi.restoreAllMocks()
  await showIn('en')
})

it('draws what came with its code, and something else until then', async () => {
  const Later = laterPart(
    () => Promise.resolve(Greeting),
    () => <p>Wait</p>,
  )
  await draw(<Later name="Ada" />)
  expect(await screen.findByText('Hello Ada')).toBeDefined()
  expect(screen.queryByText('Wait')).toBeNull()
})

it('says in its own place that the code did not load, and loads it when asked again', async () => {
  let offline = true
  const load = vi.fn(() =>
    offline ? Promise.reject<typeof Greeting>(new Error('no network')) : Promise.resolve(Greeting),
  )
  const Later = laterPart(load)
  await draw(
    <>
      <p>Beside it</p>
      <Later name="Ada" />
    </>,
  )
  const alert = await screen.findByRole('alert')
  expect(alert.textContent).toContain('The browser could not load a part of the page: no network.')
  expect(screen.getByText('Beside it')).toBeDefined()

  await loadAgain()
  expect(await screen.findByRole('alert')).toBeDefined()
  expect(load).toHaveBeenCalledTimes(2)

  offline = false
  await loadAgain()
  expect(await screen.findByText('Hello Ada')).toBeDefined()
  expect(screen.queryByRole('alert')).toBeNull()
})

it('says so in Chinese', async () => {
  await showIn('zh-CN')
  const Later = laterPart(() => Promise.reject<typeof Greeting>(new Error('no network')))
  await draw(<Later name="Ada" />)
  const alert = await screen.findByRole('alert')
  expect(alert.textContent).toContain('浏览器无法加载页面的一部分：no network。')
  expect(screen.getByRole('button', { name: '重新加载这一部分' })).toBeDefined()
})

it('keeps what fails while it draws from taking the page with it', async () => {
  let broken = true
  const Fragile = () => {
    if (broken) throw new Error('no such value')
    return <p>Drawn</p>
  }
  await draw(
    <>
      <p>Beside it</p>
      <Walls>
        <Fragile />
      </Walls>
    </>,
  )
  expect((await screen.findByRole('alert')).textContent).toContain('no such value')
  expect(screen.getByText('Beside it')).toBeDefined()
  broken = false
  await loadAgain()
  expect(await screen.findByText('Drawn')).toBeDefined()
})
