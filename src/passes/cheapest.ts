import { type Costs, gainOf, weigh } from '../compiler/costs.js'
import type { Node, Value } from '../compiler/node.js'
import { Refusal, type Rule } from '../compiler/rewrite.js'
import { printCost } from '../figures.js'

/** What takes the place of a node where it surely costs less; else a refusal with both numbers. */
export function ifCheaper(node: Node, instead: Value, costs: Costs): Value | Refusal {
  return dearer([node], [instead], costs) ?? instead
}

/**
 * A rule that weighs costs, for one run: of what it made itself it does not say, too, that the other way round it
 * costs more.
 */
export function quietAboutOwn(rule: Rule): Rule {
  const own = new WeakSet<Node>()
  return (node, surroundings) => {
    const answer = rule(node, surroundings)
    if (answer instanceof Refusal) return own.has(node) ? undefined : answer
    if (answer) own.add(answer)
    return answer
  }
}

/**
 * Why values stay as they are rather than others in their place: with both numbers, where those cost no less, or less by
 * no more than costs are off what was measured.
 */
export function dearer(
  standing: readonly Node[],
  instead: readonly Node[],
  costs: Costs,
): Refusal | undefined {
  const { before, after } = weigh(standing, instead, costs)
  if (after < before * (1 - costs.misfit)) return undefined
  const print = (cost: number): string => printCost(cost, costs.unit)
  const within =
    after < before
      ? `, and costs are off by ${(100 * costs.misfit).toPrecision(2)} % in the middle`
      : ''
  return new Refusal(`it costs ${print(before)} as it stands, ${print(after)} so${within}`)
}

/** Of several forms of the same value, the first of those that cost least. */
export function cheapest(forms: readonly [Value, ...Value[]], costs: Costs): Value {
  return forms.reduce((best, form) => (gainOf([best], [form], costs) > 0 ? form : best))
}

/**
 * The form that costs least of those met when candidates are left out one by one, each time the one without which
 * it costs least, until it costs more without any. `form` of none of them is the value as it stands.
 */
export function leanest<T>(
  candidates: readonly T[],
  form: (chosen: readonly T[]) => Value,
  costs: Costs,
): Value {
  let [chosen, best] = [candidates, form(candidates)]
  for (;;) {
    const fewer = chosen.map((one) => chosen.filter((other) => other !== one))
    const forms = fewer.map(form)
    const next = cheapest([best, ...forms], costs)
    if (next === best) return best
    chosen = fewer[forms.indexOf(next)] as readonly T[]
    best = next
  }
}
