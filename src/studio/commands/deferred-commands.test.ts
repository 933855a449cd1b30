import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import { deferredCommands, once } from './deferred-commands'

const offered = {
  double: (value: number): number => 2 * value,
  greet: (name: string, loud: boolean): Promise<string> =>
    Promise.resolve(loud ? name.toUpperCase() : name),
  forget: (): void => undefined,
  version: 3,
}

describe('deferred commands', () => {
  it('load their code at the first call of one of them, once', async () => {
    const load = vi.fn(() => Promise.resolve(offered))
    const loadOnce = once(load)
    const { double, greet } = deferredCommands(loadOnce, ['double', 'greet'])
    expect(load).not.toHaveBeenCalled()
    expect(await double(4)).toBe(8)
    expect(await greet('ada', true)).toBe('ADA')
    expect(load).toHaveBeenCalledOnce()
  })

  it('try again at the next call when their code did not load', async () => {
    let offline = true
    const load = vi.fn((): Promise<typeof offered> =>
      offline ? Promise.reject(new Error('offline')) : Promise.resolve(offered),
    )
    const loadOnce = once(load)
    const { double } = deferredCommands(loadOnce, ['double'])
    await expect(double(4)).rejects.toThrow('offline')
    offline = false
    expect(await double(4)).toBe(8)
    expect(await double(5)).toBe(10)
    expect(load).toHaveBeenCalledTimes(2)
  })

  it('offer what is named, and nothing else', () => {
    const commands = deferredCommands(() => Promise.resolve(offered), ['forget'])
    expect(Object.keys(commands)).toEqual(['forget'])
  })

  it('fail as the command or its loading fails', async () => {
    const lost = deferredCommands(
      () => Promise.reject<typeof offered>(new Error('offline')),
      ['forget'],
    )
    await expect(lost.forget()).rejects.toThrow('offline')
    const angry = { refuse: (): never => expect.fail('no') }
    const { refuse } = deferredCommands(() => Promise.resolve(angry), ['refuse'])
    await expect(refuse()).rejects.toThrow('no')
  })

  it('are typed by what they load: a wrong name, argument or value does not compile', () => {
    const load = () => Promise.resolve(offered)
    const commands = deferredCommands(load, ['double', 'greet', 'forget'])
    expectTypeOf(commands.double).toEqualTypeOf<(value: number) => Promise<number>>()
    expectTypeOf(commands.greet).toEqualTypeOf<(name: string, loud: boolean) => Promise<string>>()
    expectTypeOf(commands.forget).toEqualTypeOf<() => Promise<void>>()
    // @ts-expect-error there is no such command
    deferredCommands(load, ['duoble'])
    // @ts-expect-error it is no command
    deferredCommands(load, ['version'])
    expectTypeOf(deferredCommands(load, ['double'])).not.toHaveProperty('greet')
  })
})
