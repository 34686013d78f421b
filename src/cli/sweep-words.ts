import type { Axis } from '../sweep/front.js'
import { listedAnd } from './words.js'

/** What a column of results is called in tables and plots. */
export function figureTitle(name: string): string {
  return titles[name] ?? name
}

const titles: Readonly<Record<string, string>> = {
  macs: 'MACs',
  weight_bytes: 'bytes of weights',
  activation_bytes: 'bytes of activations',
}

/** `less MACs and more miou`: what a network would have to have to beat others. */
export function betterText(axes: readonly Pick<Axis<never>, 'name' | 'prefer'>[]): string {
  return listedAnd(
    axes.map(({ name, prefer }) => `${prefer === 'least' ? 'less' : 'more'} ${figureTitle(name)}`),
  )
}
