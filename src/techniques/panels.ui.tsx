import { Anchor, Text } from '@mantine/core'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { biasCorrectionFace } from './bias-correction/bias-correction.ui'
import { makeStep, metaOf } from './catalog'
import type { ConfigOf, StepOf, TechniqueId } from './catalog'
import { equalizeFace } from './equalize/equalize.ui'
import type { PanelFacts, TechniqueFace } from './panel.ui'
import { pruneFace } from './prune/prune.ui'
import { quantizeFace } from './quantize/quantize.ui'

type Faces = { readonly [Id in TechniqueId]: TechniqueFace<ConfigOf<Id>> }

/** What the page shows of each technique; one without a line here does not compile. */
const faces: Faces = {
  prune: pruneFace,
  equalize: equalizeFace,
  quantize: quantizeFace,
  'bias-correction': biasCorrectionFace,
}

export function faceOf<Id extends TechniqueId>(technique: Id): Faces[Id] {
  return faces[technique]
}

interface StepPanelProps<Id extends TechniqueId> {
  readonly step: {
    readonly technique: Id
    readonly enabled: boolean
    readonly config: ConfigOf<Id>
  }
  readonly facts: PanelFacts
  readonly onDrag: (step: StepOf<Id>) => void
  readonly onChange: (step: StepOf<Id>) => void
}

/** The panel of a step, and where its technique is from. */
export function StepPanel<Id extends TechniqueId>({
  step: { technique, enabled, config },
  facts,
  onDrag,
  onChange,
}: StepPanelProps<Id>): React.JSX.Element {
  const { Panel }: Pick<TechniqueFace<ConfigOf<Id>>, 'Panel'> = faceOf(technique)
  return (
    <>
      <Panel
        config={config}
        facts={facts}
        onDrag={(changed) => {
          onDrag(makeStep(technique, enabled, changed))
        }}
        onChange={(changed) => {
          onChange(makeStep(technique, enabled, changed))
        }}
      />
      <Sources technique={technique} />
    </>
  )
}

function Sources({ technique }: { readonly technique: TechniqueId }) {
  const { t } = useTranslation('techniques')
  return (
    <Text size="xs" c="dimmed" mt={14}>
      {t('sources')}
      {metaOf(technique).citations.map(({ label, url }, index) => (
        <Fragment key={url}>
          {index > 0 && '; '}
          <Anchor href={url} target="_blank" rel="noreferrer" size="xs" data-touch>
            {label}
          </Anchor>
        </Fragment>
      ))}
    </Text>
  )
}
