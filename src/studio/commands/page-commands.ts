import { createCommands } from './create-commands'
import { once } from './deferred-commands'
import { i18n } from '../i18n/i18n'
import { isAnythingKept } from '../keeping/is-anything-kept'
import { showInAddress } from '../keeping/page-address'
import {
  keepCaseLimits,
  keepSmallWish,
  keepReportPlace,
  keepWantedVariants,
  keepTrainingSettings,
} from '../keeping/kept-settings'
import { pageStorage } from '../keeping/page-storage'
import {
  holdSearch,
  holdSession,
  isSearchHeld,
  letSessionGo,
  whenSearchIsOver,
} from '../keeping/tab-locks'
import { fetchSampleFiles } from '../files/samples'
import { saveFile } from '../files/save-file'
import { spawnEngine } from '../engine-link/spawn-engine'
import { useStudio } from '../store/store'

const loadKeeping = () => import('../keeping/kept-session')

/** Once, before anything is looked for; whatever happens to it, this page goes on. */
const takeOver = once(async () => {
  try {
    const { takeOver: take } = await import('../keeping/older-studio')
    if (await take(pageStorage)) useStudio.getState().tellLeftOut({ run: true })
  } catch {
    // There is no room, or storage is forbidden: it stays where it is.
  }
})

/** The commands of this page, on its store and its engine. */
export const commands = createCommands({
  store: useStudio,
  spawn: () => spawnEngine(),
  now: () => Date.now(),
  // The first screen is drawn where there is no page.
  presence: async () => (await import('./page-presence')).pagePresence(document, navigator),
  fetchSampleFiles,
  saveFile,
  remember: showInAddress,
  leaveAddress: () => {
    showInAddress(null)
  },
  sessions: {
    hold: holdSession,
    letGo: letSessionGo,
    keep: async (id, mark, session) => {
      const kept = await (await loadKeeping()).keepSession(id, mark, session)
      // The next first screen leaves room for it.
      import('../keeping/kept-list').then(
        ({ leaveRoom }) => leaveRoom(id, pageStorage),
        () => undefined,
      )
      return kept
    },
    load: async (id, loadSample) => (await loadKeeping()).loadSession(id, loadSample),
    list: async () => {
      if (!(await isAnythingKept())) return []
      await takeOver()
      return (await import('../keeping/kept-list')).listSessions()
    },
    forget: async (id) => (await import('../keeping/kept-list')).forgetSession(id),
    forgetAll: async () => (await import('../keeping/kept-list')).forgetSessions(),
    onForgotten: (tell) => {
      import('../keeping/kept-list').then(
        ({ onForgotten }) => {
          onForgotten(tell)
        },
        () => undefined,
      )
    },
  },
  history: {
    load: async (key) => (await import('../keeping/kept-history')).loadHistory(key),
    save: async (key, found) => (await import('../keeping/kept-history')).saveHistory(key, found),
    forget: async (key) => (await import('../keeping/kept-history')).forgetHistory(key),
  },
  sensitivities: {
    load: async (place) => (await import('../keeping/kept-sensitivity')).loadSensitivity(place),
    keep: async (place, table) =>
      (await import('../keeping/kept-sensitivity')).keepSensitivity(place, table),
  },
  searches: { hold: holdSearch, isHeld: isSearchHeld, whenOver: whenSearchIsOver },
  // Loaded when data is first attached or offered, not with the page.
  storage: {
    keep: async (data, model) => (await import('../keeping/kept-data')).keepData(data, model),
    load: async (model) => {
      await takeOver()
      return (await import('../keeping/kept-data')).loadKeptData(model)
    },
    forget: async (model, attached) =>
      (await import('../keeping/kept-data')).forgetKeptData(model, attached),
    holds: async (files) => (await import('../keeping/kept-data')).holdsData(files),
  },
  runs: {
    keepGround: async (ground) => (await import('../keeping/kept-run')).keepRunGround(ground),
    keepCheckpoint: async (checkpoint) =>
      (await import('../keeping/kept-run')).keepCheckpoint(checkpoint),
    loadInterrupted: async () => (await import('../keeping/kept-run')).loadInterruptedRun(),
    forget: async () => (await import('../keeping/kept-run')).forgetRun(),
    dismiss: async () => (await import('../keeping/kept-run')).dismissRun(),
    takeUp: async () => {
      ;(await import('../keeping/kept-run')).takeRunUp()
    },
    keepTrained: async (trained) => (await import('../keeping/kept-trained')).keepTrained(trained),
    loadTrained: async (id) => (await import('../keeping/kept-trained')).loadTrained(id),
    whileTraining: async (work) => (await import('../keeping/kept-run')).whileTraining(work),
  },
  rememberLimits: (limits) => {
    keepCaseLimits(pageStorage, limits)
  },
  rememberWish: (wish) => {
    keepSmallWish(pageStorage, wish)
  },
  rememberTraining: (settings) => {
    keepTrainingSettings(pageStorage, settings)
  },
  rememberReportPlace: (place) => {
    keepReportPlace(pageStorage, place)
  },
  rememberVariants: (wanted) => {
    keepWantedVariants(pageStorage, wanted)
  },
  say: (key, params) => i18n.t(key, { ...params }),
})

export type Commands = typeof commands
