import { Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconFileUpload, IconFolderOpen } from '@tabler/icons-react'
import { useContext, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readEngineError } from '../../engine-link/engine-error'
import { fetchSamples } from '../../files/samples'
import type { Sample } from '../../files/samples'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { About } from '../header/about'
import { EngineBanner } from '../header/engine-banner'
import { RenewalOffer } from '../header/renewal-offer'
import { LanguageToggle } from '../header/language-toggle'
import { ContinueList } from './continue-list'
import { KnownSamples } from './known-samples'
import { InterruptedRun } from './interrupted-run'
import { LeftOut } from './left-out'
import { EngineStatus } from '../header/engine-status'
import { NotKept } from '../header/not-kept'
import classes from './first-visit.module.css'
import { MissingFiles } from './missing-files'
import { OpeningProgress } from './opening-progress'
import type { Pickers } from '../../files/pickers'
import { laterPart } from '../../words/later-part'
import { ErrorText, ProblemAlert } from '../../words/problem-alert'
import { SampleCard } from './sample-card'
import { SchemeToggle } from '../header/scheme-toggle'
import type { SampleList } from './what-comes-out'
import { WhatComesOut } from './what-comes-out'
import { Wordmark } from '../header/wordmark'

/** Comes with data that is dropped before its model. */
const ReadingPanel = laterPart(
  async () => (await import('../data/reading/reading-panel')).ReadingPanel,
)

/** What a newcomer meets: one sentence, what comes out, a place to drop, models to try. */
export function FirstVisit({ pickers }: { readonly pickers: Pickers }) {
  const { t } = useTranslation('page')
  const list = useSamples()
  const busy = useStudio((state) => state.opening.state !== 'idle')
  const isReading = useStudio((state) => state.reading !== null)
  return (
    <div className={classes['page']}>
      <header className={classes['top']}>
        <Wordmark />
        <Group gap={4} wrap="nowrap">
          <EngineStatus />
          <LanguageToggle />
          <SchemeToggle />
        </Group>
      </header>
      <main className={classes['main']}>
        <Title order={1} className={classes['title'] ?? ''}>
          <ByHand mouse={t('first.sentence')} touch={t('first.sentenceTouch')} />
        </Title>
        <WhatComesOut busy={busy} list={list} />
        <ContinueList busy={busy} />
        <div className={classes['drop']}>
          <Text fw={600} size="lg" ta="center">
            <ByHand mouse={t('first.drop')} touch={t('first.choose')} />
          </Text>
          <Text size="sm" c="dimmed" ta="center" maw={560} className={classes['formats'] ?? ''}>
            {t('first.formats')}
          </Text>
          <Group gap="sm" mt="xs" justify="center">
            {/* What is picked before the studio is there: early-page.js. */}
            <Button
              data-picks="files"
              leftSection={<IconFileUpload size={18} />}
              onClick={pickers.openFiles}
              disabled={busy}
            >
              {t('first.chooseFiles')}
            </Button>
            <Button
              variant="default"
              data-picks="folder"
              leftSection={<IconFolderOpen size={18} />}
              onClick={pickers.openFolder}
              disabled={busy}
            >
              {t('first.chooseFolder')}
            </Button>
          </Group>
        </div>
        <Stack gap="sm" mt="md">
          <EngineBanner />
          <RenewalOffer />
          <ProblemAlert />
          <LeftOut />
          <NotKept />
          <InterruptedRun />
          <OpeningProgress />
          <MissingFiles onAdd={pickers.openFiles} />
          {isReading && <ReadingPanel />}
        </Stack>
        <Samples busy={busy} list={list} />
      </main>
      <footer className={classes['foot']}>
        <About />
      </footer>
    </div>
  )
}

/** Nothing is dropped with a finger: the style sheet shows one of the two. */
function ByHand({ mouse, touch }: { readonly mouse: string; readonly touch: string }) {
  return (
    <>
      <span className={classes['mouse']}>{mouse}</span>
      <span className={classes['touch']}>{touch}</span>
    </>
  )
}

function useSamples(): SampleList {
  const known = useContext(KnownSamples)
  const [list, setList] = useState<SampleList>(
    known === null ? { state: 'loading' } : offered(known),
  )
  useEffect(() => {
    if (known !== null) return undefined
    const abort = new AbortController()
    fetchSamples(abort.signal).then(
      (samples) => {
        setList(offered(samples))
      },
      (thrown: unknown) => {
        if (!abort.signal.aborted) {
          setList({ state: 'failed', error: readEngineError(thrown).toData() })
        }
      },
    )
    return () => {
      abort.abort()
    }
  }, [known])
  return list
}

function offered(samples: readonly Sample[]): SampleList {
  return { state: 'loaded', samples: samples.filter(({ role }) => role === 'model') }
}

function Samples({ busy, list }: { readonly busy: boolean; readonly list: SampleList }) {
  const { t } = useTranslation('page')
  return (
    <section aria-labelledby="samples">
      <Title order={2} id="samples" size="h5" mt="xl" mb="sm">
        {t('samples.title')}
      </Title>
      {list.state === 'failed' && <ErrorText error={list.error} />}
      <div className={classes['cards']}>
        {list.state === 'loading' &&
          [0, 1, 2].map((index) => <Skeleton key={index} h={252} aria-hidden />)}
        {list.state === 'loaded' &&
          list.samples.map((sample, index) => (
            <SampleCard
              key={sample.id}
              sample={sample}
              busy={busy}
              second={index % 2 === 1}
              onOpen={() => {
                void commands.openSample(sample)
              }}
            />
          ))}
      </div>
    </section>
  )
}
