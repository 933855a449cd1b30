import { createCommands } from './commands'
import { i18n } from './i18n/i18n'
import { saveSession } from './persistence'
import { fetchSampleFiles } from './samples'
import { saveFile } from './save-file'
import { spawnEngine } from './spawn-engine'
import { useStudio } from './store/store'

/** The commands of this page, on its store and its engine. */
export const commands = createCommands({
  store: useStudio,
  spawn: () => spawnEngine(),
  now: () => Date.now(),
  fetchSampleFiles,
  saveFile,
  remember: (session) => {
    saveSession(localStorage, session)
  },
  // Loaded when data is first attached or offered, not with the page.
  storage: {
    keep: async (data) => (await import('./kept-data')).keepData(data),
    load: async () => (await import('./kept-data')).loadKeptData(),
    forget: async () => (await import('./kept-data')).forgetKeptData(),
  },
  say: (key, params) => i18n.t(key, { ...params }),
})
