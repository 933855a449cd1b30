import { Suspense, createElement, use } from 'react'
import type { ComponentType } from 'react'
import { partNotLoaded } from '../../core/errors'
import { Walls } from './walls'

/**
 * A part of the page whose code comes later, within walls of its own: where the code does not load, or
 * fails while it draws, this part alone says so, and can be loaded again.
 * @param load the same component at every call
 * @param Waiting what stands there until the code has come
 */
export function laterPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Waiting: ComponentType<Props> = Nothing,
): ComponentType<Props> {
  let loading: Promise<ComponentType<Props>> | null = null
  // Kept when it fails: drawn anew it must fail again, until the person asks for another try.
  const loaded = (): Promise<ComponentType<Props>> => (loading ??= tryToLoad())
  const tryToLoad = async (): Promise<ComponentType<Props>> => {
    try {
      return await load()
    } catch (thrown) {
      throw partNotLoaded(thrown)
    }
  }
  function Inside(props: Props) {
    return createElement(use(loaded()), props)
  }
  return function LaterPart(props: Props) {
    return (
      <Walls
        onAgain={() => {
          loading = null
        }}
      >
        <Suspense fallback={<Waiting {...props} />}>
          <Inside {...props} />
        </Suspense>
      </Walls>
    )
  }
}

function Nothing() {
  return null
}
