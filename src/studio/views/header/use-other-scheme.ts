import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'

/** The colours that are not shown, and the way to them; remembered by the component library. */
export function useOtherScheme(): {
  readonly other: 'light' | 'dark'
  readonly choose: () => void
} {
  const scheme = useComputedColorScheme('light')
  const { setColorScheme } = useMantineColorScheme()
  const other = scheme === 'dark' ? 'light' : 'dark'
  return {
    other,
    choose: () => {
      setColorScheme(other)
    },
  }
}
