import { defineConfig } from 'vitest/config'

/** Ends what hangs. No test is decided by time, so a machine with other work on it has enough. */
const testTimeout = 120_000
/** As long as tests of the page wait for what comes by itself. */
const expect = { poll: { timeout: 60_000 } }

export default defineConfig({
  test: {
    // By default one processor is left to others, which is half of a small machine.
    maxWorkers: '100%',
    projects: [
      {
        // Pure code: no tfjs, no DOM, nothing global, so one thread may run file after file.
        test: {
          name: 'pure',
          pool: 'threads',
          isolate: false,
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['src/**/*.engine.test.ts', 'src/engine/**', 'src/studio/**', 'src/ui-kit/**'],
          environment: 'node',
          testTimeout,
          hookTimeout: testTimeout,
          expect,
        },
      },
      {
        // One process runs file after file: TensorFlow.js is read once in each, and what a test counts of its
        // memory is a difference.
        test: {
          name: 'engine',
          pool: 'forks',
          isolate: false,
          include: ['src/**/*.engine.test.ts', 'src/engine/**/*.test.ts'],
          environment: 'node',
          testTimeout,
          hookTimeout: testTimeout,
          expect,
        },
      },
      {
        // As for the engine, with one page in each process.
        test: {
          name: 'studio',
          include: [
            'src/studio/**/*.test.{ts,tsx}',
            'src/ui-kit/**/*.test.{ts,tsx}',
            'src/**/*.ui.test.tsx',
          ],
          pool: 'forks',
          isolate: false,
          setupFiles: ['testing/studio/fresh-file.ts'],
          // It remembers the first database that it was given.
          server: { deps: { inline: ['idb-keyval'] } },
          environment: 'happy-dom',
          testTimeout,
          hookTimeout: testTimeout,
          expect,
        },
      },
    ],
  },
})
