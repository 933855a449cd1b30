/** Who may import whom: the rooms are in `scripts/floors/floors.json`; ARCHITECTURE.md explains why. */
const { TESTS, floorRules, libraryRules } = require('./scripts/floors/floors.cjs')

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'imports of types count: two files that need each other are one',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...floorRules,
    ...libraryRules,
    {
      name: 'tests-are-imported-by-nobody',
      severity: 'error',
      from: {},
      to: { path: TESTS },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/engine/wasm-kernels/assembly/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
}
