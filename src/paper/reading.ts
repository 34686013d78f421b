import { counted } from './counted.js'
import { lineOf, type Named } from './named.js'
import { cut, printed, scaled, type Way } from './ways.js'

/** What a figure would mean if something else had been counted, or otherwise. */
export interface Reading {
  /** As `heddle count` takes it. */
  readonly network: string
  readonly convention: string
  readonly computed: string
  readonly exact: boolean
  /** How many readings there were: each network that may be meant, counted in every way. */
  readonly tried: number
  /** How many of them print the very digits. */
  readonly agreeing: number
}

/**
 * The nearest of all readings of a figure: first those that print its very digits, of them the one that departs
 * least (the network before the way), then the least difference.
 */
export function nearestReading(networks: readonly Named[], way: Way, published: string): Reading {
  const others = way.others().filter(({ convention }) => convention !== way.convention)
  const ways = [way, ...(way.cut ? [] : [cut(way)]), ...others]
  const all = networks.flatMap((network, i) =>
    ways.map((each, j) => {
      const figures = counted(network)
      const computed = printed(each, figures, published)
      const off = Math.abs(scaled(each, figures) - Number(published))
      const departures = Number(i > 0) + Number(j > 0)
      const exact = computed === published
      return {
        network: lineOf(network),
        convention: each.convention,
        computed,
        exact,
        off,
        departures,
      }
    }),
  )
  const [nearest] = all.sort(
    (a, b) =>
      Number(b.exact) - Number(a.exact) ||
      (a.exact ? a.departures - b.departures : 0) ||
      a.off - b.off,
  )
  const { off: _, departures: __, ...reading } = nearest as (typeof all)[number]
  return { ...reading, tried: all.length, agreeing: all.filter(({ exact }) => exact).length }
}
