import { InputError } from '../errors.js'
import { findFamily } from '../models/zoo.js'
import { type Mark, scatter } from '../plot/scatter.js'
import type { Counted } from '../sweep/point.js'
import { counted as howMany } from './figures.js'
import { betterText, figureTitle } from './sweep-words.js'
import type { Swept } from './swept.js'

/**
 * The networks of a sweep on the first two axes of its front: of what is to be least the first, against the first of what
 * is to be most, or else the second.
 * @throws {InputError} where there are no two axes, or no network has a place on both.
 */
export function frontPlot(path: string, { axes, networks, front }: Swept): string {
  const [x, second] = axes
  const y = axes.find(({ prefer }) => prefer !== x?.prefer) ?? second
  if (!x || !y)
    throw new InputError({
      problem: `${path} would have one axis, ${axes.map(({ name }) => name).join()}`,
      remedy:
        'Name two by --least and --most: --least macs,parameters, or --least macs --most miou.',
    })
  const best = new Set(front)
  const several = [...new Set(networks.map(({ input }) => input))]
  const marks = networks.flatMap((one): readonly Mark[] => {
    const [across, up] = [x.of(one), y.of(one)]
    if (across === undefined || up === undefined) return []
    const series = seriesOf(one, several.length > 1)
    return [
      { x: across, y: up, series, label: labelOf(one, several.length > 1), marked: best.has(one) },
    ]
  })
  if (marks.length === 0)
    throw new InputError({
      problem: `${path} would be empty: no network has both ${x.name} and ${y.name}`,
      remedy: 'Look at the networks and the file of measurements: their names have to be the same.',
    })
  return scatter({
    title: `${figureTitle(y.name)} by ${figureTitle(x.name)}`,
    subtitle: [
      `${howMany(networks.length, 'network')}${several.length === 1 ? ` at ${several[0]}` : ''}`,
      `ringed: no other is better (${betterText(axes)})`,
    ].join('; '),
    x: figureTitle(x.name),
    y: figureTitle(y.name),
    marks,
    ...(axes.length === 2 ? { steps: x.prefer === 'least' ? 'across' : 'up' } : {}),
  })
}

function seriesOf({ network, options, input }: Counted, sized: boolean): string {
  const name = findFamily(network)?.family.name ?? network
  return [name, options, ...(sized ? [`at ${input}`] : [])].filter(Boolean).join(' ')
}

function labelOf({ network, options, input, batch }: Counted, sized: boolean): string {
  const size = sized ? [`at ${input}`] : []
  return [network, options, ...size, ...(batch > 1 ? [`x ${batch}`] : [])].filter(Boolean).join(' ')
}
