import { MantineProvider, VisuallyHidden } from '@mantine/core'
import { useEffect } from 'react'
import { I18nextProvider } from 'react-i18next'
import { backendNames } from '../core/backend-name'
import type { BackendName } from '../core/backend-name'
import { cssVariables, theme } from '../ui-kit/theme'
import { inTurn } from '../ui-kit/in-turn'
import { i18n } from './i18n/i18n'
import type { Sample } from './files/samples'
import { isAnythingKept } from './keeping/is-anything-kept'
import {
  loadCaseLimits,
  loadReportPlace,
  loadWantedVariants,
  loadSmallWish,
  loadTrainingSettings,
} from './keeping/kept-settings'
import { pageStorage } from './keeping/page-storage'
import { takeTabMark } from './keeping/tab-mark'
import { commands } from './commands/page-commands'
import { useStudio } from './store/store'
import { laterPart } from './words/later-part'
import { Walls } from './words/walls'
import { FirstVisit } from './views/opening/first-visit'
import { KnownSamples } from './views/opening/known-samples'
import { useShortcuts } from './views/use-shortcuts'
import { WindowDrop, usePickers } from './views/opening/window-drop'

const loadStudio = () => import('./views/studio-page')

/** Not needed for the first screen; it comes while a model is read. */
const StudioPage = laterPart(async () => (await loadStudio()).StudioPage, FirstVisit)

const Shortcuts = laterPart(async () => (await import('./views/shortcuts')).Shortcuts)

interface StudioAppProps {
  /** null: they are fetched. */
  readonly samples?: readonly Sample[] | null
  /** For a page that is drawn without a browser, which would know. */
  readonly scheme?: 'light' | 'dark'
}

/** The whole page. */
export function StudioApp({ samples = null, scheme }: StudioAppProps) {
  useEffect(() => {
    const stopWatching = loadStudioInTime()
    const stopStarting = inTurn([
      takeRemembered,
      () => {
        if (useStudio.getState().engine.state === 'starting') commands.startEngine(backendFromUrl())
      },
      openAgain,
      () => {
        void findInterrupted()
      },
    ])
    window.addEventListener('hashchange', followLink)
    return () => {
      stopWatching()
      stopStarting()
      window.removeEventListener('hashchange', followLink)
    }
  }, [])
  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        {...(scheme !== undefined && { forceColorScheme: scheme })}
      >
        <KnownSamples value={samples}>
          <Walls>
            <WindowDrop>
              <Content />
            </WindowDrop>
          </Walls>
        </KnownSamples>
        <ShortcutList />
        <Announcer />
      </MantineProvider>
    </I18nextProvider>
  )
}

/** What was chosen on an earlier visit. */
function takeRemembered(): void {
  const state = useStudio.getState()
  const remembered = loadTrainingSettings(pageStorage)
  if (remembered !== null) state.setTrainingSettings(remembered)
  state.setCaseSettings({ ...state.caseSettings, limits: loadCaseLimits(pageStorage) })
  const wish = loadSmallWish(pageStorage)
  if (wish !== null) state.setSmallWish(wish)
  const place = loadReportPlace(pageStorage)
  if (place !== null) state.setReportPlace(place)
  const variants = loadWantedVariants(pageStorage)
  if (variants === null) return
  state.setWantsVariants(variants.wants)
  state.setChosenVariants(variants.chosen)
}

/** A run that an earlier visit left. */
async function findInterrupted(): Promise<void> {
  if (await isAnythingKept()) await commands.findInterrupted()
}

/** A model takes longer to be read than the page that shows it; nobody else has to wait for either. */
function loadStudioInTime(): () => void {
  const stop = useStudio.subscribe(({ opening }) => {
    if (opening.state === 'idle') return
    stop()
    // If it fails now, it is asked for again when the model is there.
    loadStudio().catch(() => undefined)
  })
  return stop
}

/** What was open in this tab before a reload, or else what the address names. */
function openAgain(): void {
  const mark = takeTabMark()
  // An address that somebody has changed meanwhile goes first.
  if (mark !== null && mark.hash === location.hash) void commands.restoreTab(mark)
  else followLink()
}

/** @returns whether the address names anything */
function followLink(): boolean {
  const names = location.hash.includes('sample=')
  if (names) void commands.openLink(location.hash)
  return names
}

function Content() {
  const pickers = usePickers()
  const open = useStudio((state) => state.model !== null)
  useShortcuts(pickers)
  return open ? <StudioPage pickers={pickers} /> : <FirstVisit pickers={pickers} />
}

/** Loaded when somebody asks for it. */
function ShortcutList() {
  const open = useStudio((state) => state.shortcutsOpen)
  return open ? <Shortcuts /> : null
}

/** Reads settled results and events to screen readers. */
function Announcer() {
  const announcement = useStudio((state) => state.announcement)
  return <VisuallyHidden aria-live="polite">{announcement}</VisuallyHidden>
}

/** `?backend=wasm` forces a backend; anything else is the automatic choice. */
function backendFromUrl(): BackendName | null {
  const asked = new URLSearchParams(location.search).get('backend')
  return backendNames.find((name) => name === asked) ?? null
}
