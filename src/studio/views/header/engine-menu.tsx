import { Badge, Menu, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { backendNames } from '../../../core/backend-name'
import type { EngineInfo, SkippedBackend } from '../../../protocol/engine-messages'
import { formatSignificant } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { sentences } from '../../words/joining'
import { useErrorWords } from '../../words/use-error-words'
import { EngineButton } from './engine-button'
import classes from './engine-status.module.css'

/** What the engine runs on, and another backend to force. It comes when somebody has asked for it, so it is open. */
export function EngineMenu() {
  const { t } = useTranslation('page')
  const engine = useStudio((state) => state.engine)
  const forced = useStudio((state) => state.forcedBackend)
  const info = engine.state === 'ready' ? engine.info : null
  return (
    <Menu defaultOpened width={340} position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <EngineButton />
      </Menu.Target>
      <Menu.Dropdown>
        {info !== null && <EngineFacts info={info} />}
        <Menu.Label>{t('engine.choose')}</Menu.Label>
        <Menu.Item
          leftSection={<Mark on={forced === null} />}
          onClick={() => {
            commands.startEngine(null)
          }}
        >
          {t('engine.automatic')}
        </Menu.Item>
        {backendNames.map((backend) => {
          const skipped = info?.skipped.find((entry) => entry.backend === backend)
          return (
            <Menu.Item
              key={backend}
              leftSection={<Mark on={forced === backend} />}
              onClick={() => {
                commands.startEngine(backend)
              }}
            >
              {t(`engine.backends.${backend}`)}
              {info?.backend === backend && (
                <Badge ml={8} size="xs" variant="light" component="span">
                  {t('engine.inUse')}
                </Badge>
              )}
              {skipped !== undefined && <Reason skipped={skipped} />}
            </Menu.Item>
          )
        })}
        {info !== null && isShared(info) && <Cores most={info.cores.of} />}
      </Menu.Dropdown>
    </Menu>
  )
}

function EngineFacts({ info }: { readonly info: EngineInfo }) {
  const { t } = useTranslation('page')
  return (
    <div className={classes['engineFacts']}>
      <Text size="sm">
        {t('engine.facts', {
          backend: t(`engine.backends.${info.backend}`),
          adapter: info.adapter,
          speed: formatSignificant(info.gigaflops, 2),
        })}
      </Text>
      {isShared(info) && (
        <Text size="xs" c="dimmed">
          {sentences(
            t('engine.cores', { count: info.cores.used, of: info.cores.of }),
            !info.crossOriginIsolated && t('engine.movedMemory'),
          )}
        </Text>
      )}
      {info.software && info.backend.startsWith('web') && (
        <Text size="xs" c="dimmed">
          {t('engine.software')}
        </Text>
      )}
    </div>
  )
}

/** Whether there are cores to choose from: a graphics device computes by itself. */
function isShared({ backend, cores }: EngineInfo): boolean {
  return (backend === 'wasm' || backend === 'cpu') && cores.of > 1
}

function Cores({ most }: { readonly most: number }) {
  const { t } = useTranslation('page')
  const chosen = useStudio((state) => state.cores)
  const runs = useStudio((state) => state.training.state === 'running')
  const fewer = [1, 2, 4].filter((count) => count < most)
  return (
    <>
      <Menu.Label>{t('engine.chooseCores')}</Menu.Label>
      {runs && (
        <Text size="xs" c="dimmed" className={classes['ofRun'] ?? ''}>
          {t('engine.runKeepsCores')}
        </Text>
      )}
      {[null, ...fewer].map((count) => (
        <Menu.Item
          key={count ?? 'all'}
          leftSection={<Mark on={(chosen !== null && chosen >= most ? null : chosen) === count} />}
          onClick={() => {
            commands.useCores(count)
          }}
        >
          {count === null
            ? t('engine.allCores', { count: most })
            : t('engine.someCores', { count })}
        </Menu.Item>
      ))}
    </>
  )
}

function Mark({ on }: { readonly on: boolean }) {
  const { t } = useTranslation('page')
  return on ? (
    <IconCheck size={14} aria-label={t('engine.chosen')} />
  ) : (
    <span className={classes['noMark']} />
  )
}

function Reason({ skipped }: { readonly skipped: SkippedBackend }) {
  const { t } = useTranslation('page')
  const say = useErrorWords()
  const { reason } = skipped
  return (
    <Text size="xs" c="dimmed">
      {reason.code === 'software-adapter'
        ? t('engine.softwareSkipped', { adapter: reason.adapter })
        : say('message', reason)}
    </Text>
  )
}
