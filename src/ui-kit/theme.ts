import { createTheme } from '@mantine/core'
import type { CSSVariablesResolver, MantineColorsTuple } from '@mantine/core'

const accent: MantineColorsTuple = [
  '#e3f6f5',
  '#c5ebe9',
  '#97dad6',
  '#63c5c0',
  '#38b0ab',
  '#1f9a96',
  '#128682',
  '#0d7673',
  '#0b6765',
  '#084c4b',
]

/** One accent for what is compressed, greys for what was; figures of equal width everywhere. */
export const theme = createTheme({
  primaryColor: 'accent',
  colors: { accent },
  primaryShade: { light: 8, dark: 8 },
  fontFamily:
    "'Segoe UI', Roboto, 'Helvetica Neue', Helvetica, Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
  fontFamilyMonospace:
    "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    // Their own colours are too light for words: yellow on yellow has a contrast of 3.
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true, multiline: true, maw: 320 } },
    Menu: {
      defaultProps: { withInitialFocusPlaceholder: false, transitionProps: { duration: 80 } },
    },
    Popover: { defaultProps: { transitionProps: { duration: 80 } } },
    Modal: {
      defaultProps: {
        transitionProps: { duration: 120 },
        centered: true,
        // A dialog's header is no second banner of the page.
        attributes: { header: { role: 'none' } },
      },
    },
    Collapse: { defaultProps: { transitionDuration: 120 } },
  },
})

/** Contrast cures and the two colours that carry meaning: what was and what became of it. */
export const cssVariables: CSSVariablesResolver = (mantine) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': mantine.colors.gray[7],
    '--mantine-color-placeholder': mantine.colors.gray[7],
    '--studio-original': '#868e96',
    '--studio-compressed': accent[6],
    '--studio-compressed-text': accent[8],
    '--studio-simulated': accent[2],
    '--studio-surface': '#ffffff',
    '--studio-ground': '#f4f6f7',
    '--studio-line': '#dde2e5',
    '--studio-threshold': '#c2410c',
    '--studio-weight-none': '#ffffff',
    '--studio-weight-zero': '#bec4ca',
    '--studio-weight-negative': '#1d4ed8',
    '--studio-weight-positive': '#c2410c',
  },
  dark: {
    '--mantine-color-dimmed': '#b3b8bd',
    '--mantine-color-placeholder': '#b3b8bd',
    '--studio-original': '#8b939b',
    '--studio-compressed': accent[4],
    '--studio-compressed-text': accent[3],
    '--studio-simulated': accent[8],
    '--studio-surface': '#1d2023',
    '--studio-ground': '#141618',
    '--studio-line': '#33383d',
    '--studio-threshold': '#fb923c',
    '--studio-weight-none': '#141618',
    '--studio-weight-zero': '#525960',
    '--studio-weight-negative': '#60a5fa',
    '--studio-weight-positive': '#fb923c',
  },
})
