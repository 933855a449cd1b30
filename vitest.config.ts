import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        // Pure code: no tfjs, no DOM.
        test: {
          name: 'pure',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['src/**/*.engine.test.ts', 'src/engine/**', 'src/studio/**', 'src/ui-kit/**'],
          environment: 'node',
        },
      },
      {
        test: {
          name: 'engine',
          include: ['src/**/*.engine.test.ts', 'src/engine/**/*.test.ts'],
          environment: 'node',
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'studio',
          include: [
            'src/studio/**/*.test.{ts,tsx}',
            'src/ui-kit/**/*.test.{ts,tsx}',
            'src/**/*.ui.test.tsx',
          ],
          environment: 'happy-dom',
        },
      },
    ],
  },
})
