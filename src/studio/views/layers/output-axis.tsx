import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { outputAxis } from '../../../core/group-layout'
import { isCompressible } from '../../../core/tensor-spec'
import type { TensorSpec } from '../../../core/tensor-spec'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'

/** Along which axis of a kernel its outputs lie, where names and shapes alone have told that: it can be put right. */
export function OutputAxis({ spec }: { readonly spec: TensorSpec }) {
  const { t } = useTranslation('page')
  const isTold = useStudio(({ model }) => model?.obstacles.run?.code === 'open/weights-alone')
  const busy = useStudio((state) => state.opening.state !== 'idle')
  const axis = outputAxis(spec)
  if (!isTold || axis === null || spec.shape.length < 2 || !isCompressible(spec)) return null
  return (
    <NativeSelect
      size="xs"
      mt={6}
      label={t('layers.outputsOf', { tensor: spec.name })}
      value={String(axis)}
      disabled={busy}
      data={spec.shape.map((side, at) => ({
        value: String(at),
        label: t('layers.outputAxis', { number: at + 1, count: side }),
      }))}
      onChange={(event) => {
        void commands.setOutputAxis(spec.name, Number(event.currentTarget.value))
      }}
    />
  )
}
