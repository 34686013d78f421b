import { type Pairs, ratio, type Spread, spread, type Used } from './harness.js'

/** One thing that was measured. */
export interface Finding {
  readonly what: string
  /** `×` for a ratio; nothing for a plain number. */
  readonly unit: '×' | 'MB' | 'ms' | ''
  readonly value: number
  /** What half of the values lie between. */
  readonly between?: readonly [number, number]
  /** At most this. */
  readonly aim?: number
  /** At least this. */
  readonly least?: number
  /** What the value comes from: `174 ms over 46 ms`. */
  readonly from?: string
}

export interface Bench {
  readonly name: string
  readonly summary: string
  /** How many rounds are taken unless said. */
  readonly rounds: number
  run(rounds: number): Promise<readonly Finding[]> | readonly Finding[]
}

/** A finding that is the middle of several. */
export function finding(
  what: string,
  unit: Finding['unit'],
  { median, low, high }: Spread,
  more: Pick<Finding, 'aim' | 'least' | 'from'> = {},
): Finding {
  return { what, unit, value: median, between: [low, high], ...more }
}

/** The time of A over that of B: of the processor, and by the clock. */
export function times(what: string, pairs: Pairs<Used>, aim: number): readonly Finding[] {
  return (['cpu', 'wall'] as const).map((time) => {
    const [a, b] = [pairs.a, pairs.b].map((runs) => figure(spread(runs.map((r) => r[time])).median))
    const over = ratio(pairs, (r) => r[time])
    return finding(`${what}, ${time} time`, '×', over, { aim, from: `${a} ms over ${b} ms` })
  })
}

/** Whether the aim is met; nothing where there is none. */
export function verdict({ value, aim, least }: Finding): 'met' | 'missed' | '' {
  if (aim === undefined && least === undefined) return ''
  return value <= (aim ?? value) && value >= (least ?? value) ? 'met' : 'missed'
}

export const columns = ['what', 'value', 'half lie in', 'aim', '', 'from'] as const

/** The cells of a finding. */
export function cells(one: Finding): readonly string[] {
  const { what, unit, value, between, aim, least, from = '' } = one
  const shown = (n: number): string => `${figure(n)}${unit && ` ${unit}`}`
  return [
    what,
    shown(value),
    between ? between.map(figure).join('–') : '',
    aim !== undefined ? `≤ ${shown(aim)}` : least !== undefined ? `≥ ${shown(least)}` : '',
    verdict(one),
    from,
  ]
}

/** Three digits, or all of a whole number. */
export function figure(n: number): string {
  return Number.isInteger(n) ? n.toLocaleString('en') : String(Number(n.toPrecision(3)))
}
