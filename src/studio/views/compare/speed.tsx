import { Button, Group, Loader, Table, Text } from '@mantine/core'
import { IconClock } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StudioErrorData } from '../../../core/errors'
import { formatSignificant } from '../../../ui-kit/format-number'
import { readEngineError } from '../../engine-link/engine-error'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { ErrorText } from '../../words/problem-alert'
import classes from './compare.module.css'

const BATCHES = [1, 32]

type Status =
  | { readonly state: 'idle' | 'running' }
  | { readonly state: 'failed'; readonly error: StudioErrorData }

const ms = (value: number): string => `${formatSignificant(value, 3)}\u00A0ms`

/** Time of a forward pass on this device, when asked for. */
export function Speed() {
  const { t } = useTranslation('compare')
  const isBusy = useStudio(
    (state) => state.phase === 'measuring' || state.training.state === 'running',
  )
  const found = useStudio((state) => state.latencies)
  const [status, setStatus] = useState<Status>({ state: 'idle' })
  const abort = useRef<AbortController | null>(null)
  useEffect(
    () => () => {
      abort.current?.abort()
    },
    [],
  )

  async function measure(): Promise<void> {
    const controller = new AbortController()
    abort.current = controller
    setStatus({ state: 'running' })
    try {
      for (const batch of BATCHES) await commands.latency(batch, controller.signal)
      setStatus({ state: 'idle' })
    } catch (thrown) {
      const error = readEngineError(thrown)
      setStatus(
        error.code === 'engine/cancelled'
          ? { state: 'idle' }
          : { state: 'failed', error: error.toData() },
      )
    }
  }

  return (
    <section aria-label={t('speed.title')} className={classes['section']}>
      <Text component="h3" className={classes['heading'] ?? ''}>
        {t('speed.title')}
      </Text>
      <Text size="sm" c="dimmed">
        {t('speed.honest')}
      </Text>
      <Group gap="xs" mt={6}>
        {status.state === 'running' ? (
          <>
            <Loader size="xs" />
            <Button size="xs" variant="default" onClick={() => abort.current?.abort()}>
              {t('speed.cancel')}
            </Button>
          </>
        ) : (
          <Button
            size="xs"
            variant="default"
            disabled={isBusy}
            leftSection={<IconClock size={14} />}
            onClick={() => void measure()}
          >
            {t('speed.measure')}
          </Button>
        )}
      </Group>
      {status.state === 'failed' && <ErrorText error={status.error} />}
      {found.length > 0 && (
        <Table fz="xs" mt="xs" className={classes['speed'] ?? ''}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('speed.batch')}</Table.Th>
              <Table.Th scope="col">{t('speed.median')}</Table.Th>
              <Table.Th scope="col">{t('speed.p95')}</Table.Th>
              <Table.Th scope="col">{t('speed.first')}</Table.Th>
              <Table.Th scope="col">{t('speed.runs')}</Table.Th>
              <Table.Th scope="col">{t('speed.backend')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.map(({ backend, batch, first, median, p95, runs }) => (
              <Table.Tr key={batch}>
                <Table.Td>{batch}</Table.Td>
                <Table.Td>{ms(median)}</Table.Td>
                <Table.Td>{ms(p95)}</Table.Td>
                <Table.Td>{ms(first)}</Table.Td>
                <Table.Td>{runs}</Table.Td>
                <Table.Td>{backend}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </section>
  )
}
