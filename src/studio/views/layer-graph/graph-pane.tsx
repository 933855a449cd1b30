import { ActionIcon, Group, Text } from '@mantine/core'
import { IconMinus, IconPlus, IconZoomScan } from '@tabler/icons-react'
import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'react'
import type { KeyboardEvent, MouseEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { LayerSummary, ModelSummary } from '../../../core/model-summary'
import { sharedPrefix, withoutPrefix } from '../../../core/short-names'
import { box } from '../../../layout/drawing'
import type { Drawing } from '../../../layout/drawing'
import { formatPercent } from '../../../ui-kit/format-number'
import { GraphLines } from './graph-lines'
import { GraphNode } from './graph-node'
import type { Strength } from './graph-values'
import classes from './layer-graph.module.css'
import { MARGIN, READABLE, usePane } from './use-pane'
import { useGestures } from './use-gestures'
import { walked, ways } from './walk'

/** One press of a button or a key. */
const ZOOM = 1.3

/** What a finger needs, in CSS pixels. */
const FINGER = 44

/** What a layer is coloured by, as it is shown. */
export interface ShownFigure {
  readonly figure: string | null
  readonly strength: Strength | null
  readonly label: string
}

interface GraphPaneProps {
  readonly model: ModelSummary
  readonly drawing: Drawing
  readonly figures: ReadonlyMap<string, ShownFigure>
  readonly focus: readonly string[]
  readonly onChoose: (layer: string, event: MouseEvent) => void
  /** Beside the buttons that zoom. */
  readonly more: ReactNode
}

/** The drawing, of which only what is in view is mounted. */
export function GraphPane({ model, drawing, figures, focus, onChoose, more }: GraphPaneProps) {
  const { t } = useTranslation('graph')
  const pane = useRef<HTMLDivElement>(null)
  const { scale, seen, edge, zoomTo, fit, reveal } = usePane(pane, drawing)
  const gestures = useGestures(pane, scale, zoomTo)
  const help = useId()
  const chosen = useMemo(() => new Set(focus), [focus])
  const prefix = useMemo(() => sharedPrefix(model.layers.map(({ name }) => name)), [model])
  const layers = useMemo(() => new Map(model.layers.map((layer) => [layer.name, layer])), [model])
  const [first = ''] = drawing.layers.map(({ name }) => name)
  const [at, setAt] = useState(focus[0] ?? first)
  const reached = layers.has(at) ? at : first
  const [walks, setWalks] = useState(false)
  const show = useCallback(
    (name: string | undefined) => {
      const place = drawing.layers.find((layer) => layer.name === name)
      if (place !== undefined) reveal(place)
    },
    [drawing, reveal],
  )
  // Where it begins, and what is chosen elsewhere.
  const [only] = focus
  useEffect(() => {
    show(only ?? first)
  }, [only, first, show])

  const keys = (event: KeyboardEvent): void => {
    const way = ways[event.key]
    const zoom = { '+': scale * ZOOM, '=': scale * ZOOM, '-': scale / ZOOM }[event.key]
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (way === undefined && zoom === undefined && event.key !== '0') return
    event.preventDefault()
    if (way !== undefined) {
      const next = walked(drawing, reached, way)
      if (next === null) return
      setAt(next)
      setWalks(true)
      show(next)
    } else if (zoom === undefined) fit()
    else zoomTo(zoom)
  }
  const reach = useCallback((name: string) => {
    setAt(name)
    setWalks(false)
  }, [])
  const isSmall = scale * box.height < FINGER
  const choose = useCallback(
    (name: string, event: MouseEvent) => {
      setAt(name)
      // A finger hits one of many small boxes by chance: it comes nearer first.
      if (isSmall && isTouch(event.nativeEvent)) {
        const { left, top } = pane.current?.getBoundingClientRect() ?? { left: 0, top: 0 }
        zoomTo(1, { x: event.clientX - left, y: event.clientY - top })
        return
      }
      onChoose(name, event)
    },
    [isSmall, onChoose, zoomTo],
  )
  const shown = drawing.layers.filter(
    ({ name, x, y }) =>
      name === reached ||
      (x + box.width >= seen.left &&
        x <= seen.right &&
        y + box.height >= seen.top &&
        y <= seen.bottom),
  )
  return (
    <div className={classes['frame']}>
      <Group gap={4} className={classes['zoom'] ?? ''}>
        <ActionIcon
          variant="default"
          aria-label={t('zoomOut')}
          onClick={() => {
            zoomTo(scale / ZOOM)
          }}
        >
          <IconMinus size={16} />
        </ActionIcon>
        <Text
          size="xs"
          className={classes['scale'] ?? ''}
          role="status"
          aria-label={t('scale', { percent: formatPercent(scale, 0) })}
        >
          {formatPercent(scale, 0)}
        </Text>
        <ActionIcon
          variant="default"
          aria-label={t('zoomIn')}
          onClick={() => {
            zoomTo(scale * ZOOM)
          }}
        >
          <IconPlus size={16} />
        </ActionIcon>
        <ActionIcon variant="default" aria-label={t('fit')} title={t('fit')} onClick={fit}>
          <IconZoomScan size={16} />
        </ActionIcon>
        <span className={classes['gap']} />
        {more}
      </Group>
      <div
        ref={pane}
        role="application"
        aria-label={t('title', { model: model.name })}
        aria-describedby={help}
        className={classes['pane']}
        onKeyDown={keys}
        {...gestures}
      >
        <div
          style={{
            width: drawing.width * scale + edge + MARGIN,
            height: drawing.height * scale + 2 * MARGIN,
          }}
          className={classes['sheet']}
        >
          <div
            className={classes['world']}
            data-small={scale < READABLE || undefined}
            style={{ transform: `translate(${edge}px, ${MARGIN}px) scale(${scale})` }}
          >
            <GraphLines drawing={drawing} seen={seen} chosen={chosen} />
            {shown.map(({ name, x, y }) => {
              const figure = figures.get(name)
              const layer: LayerSummary | undefined = layers.get(name)
              if (figure === undefined || layer === undefined) return null
              return (
                <GraphNode
                  key={name}
                  name={name}
                  x={x}
                  y={y}
                  shown={withoutPrefix(name, prefix)}
                  className={layer.className}
                  isOpaque={layer.opaque}
                  figure={figure.figure}
                  strength={figure.strength}
                  label={figure.label}
                  chosen={chosen.has(name)}
                  isReached={name === reached}
                  takesFocus={walks && name === reached}
                  onReach={reach}
                  onChoose={choose}
                />
              )
            })}
          </div>
        </div>
      </div>
      <p id={help} className={classes['unseen']}>
        {t('help')}
      </p>
    </div>
  )
}

function isTouch(event: Event): boolean {
  return event instanceof PointerEvent && event.pointerType === 'touch'
}
