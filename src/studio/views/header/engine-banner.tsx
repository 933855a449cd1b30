import { Alert, Button } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { ErrorText } from '../../words/problem-alert'
import { useErrorWords } from '../../words/use-error-words'
import { sentences } from '../../words/joining'

/** Everything is as it was: nobody has to take note of it for longer. */
const RECOVERED_MS = 30_000

/** What happened to the engine, for as long as it matters. */
export function EngineBanner() {
  const { t } = useTranslation('page')
  const say = useErrorWords()
  const banner = useStudio((state) => state.banner)
  const engine = useStudio((state) => state.engine)
  const setBanner = useStudio((state) => state.setBanner)
  const cancelWaits = useStudio((state) => state.cancelWaits)
  useEffect(() => {
    if (banner?.kind !== 'recovered') return
    const timer = setTimeout(() => {
      setBanner(null)
    }, RECOVERED_MS)
    return () => {
      clearTimeout(timer)
    }
  }, [banner, setBanner])
  if (engine.state === 'failed') {
    return (
      <ErrorText
        error={engine.error}
        {...(engine.gaveUp ? { fix: t('engine.gaveUp') } : {})}
        action={{
          label: t('engine.startAgain'),
          run: () => {
            commands.startEngine(null)
          },
        }}
      />
    )
  }
  if (engine.state === 'restarting') {
    return (
      <Alert color="yellow" variant="light" role="status" icon={<IconInfoCircle size={18} />}>
        {sentences(say('title', engine.error), t('engine.restarting'))}
      </Alert>
    )
  }
  if (cancelWaits) {
    return (
      <Alert color="yellow" variant="light" role="alert" icon={<IconInfoCircle size={18} />}>
        <div>{t('engine.cancelWaits')}</div>
        <Button size="xs" mt="xs" variant="default" onClick={commands.stopCancelled}>
          {t('engine.stopNow')}
        </Button>
      </Alert>
    )
  }
  if (banner === null) return null
  return (
    <Alert
      color={banner.kind === 'gpuGivenUp' ? 'yellow' : 'accent'}
      variant="light"
      role={banner.kind === 'gpuGivenUp' ? 'alert' : 'status'}
      icon={<IconInfoCircle size={18} />}
      withCloseButton
      closeButtonLabel={t('dismiss')}
      onClose={() => {
        setBanner(null)
      }}
    >
      {banner.kind === 'recovered'
        ? sentences(say('title', banner.error), t('engine.recovered'))
        : t('engine.gpuGivenUp', {
            lost: t(`engine.backends.${banner.lost}`),
            backend: banner.backend,
          })}
      {banner.kind === 'gpuGivenUp' && (
        <div>
          <Button
            size="xs"
            mt="xs"
            variant="default"
            onClick={() => {
              commands.startEngine(banner.lost)
            }}
          >
            {t('engine.tryAgain', { backend: t(`engine.backends.${banner.lost}`) })}
          </Button>
        </div>
      )}
    </Alert>
  )
}
