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
  say: (key, params) => i18n.t(key, { ...params }),
})
