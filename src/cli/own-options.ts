import { Command, CommanderError } from 'commander'
import { InputError } from '../errors.js'
import type { Family, ZooOptions } from '../models/family.js'
import { zooOptions } from './options.js'

/** A network of several on one command line, with what was asked of it. */
export interface Asked<O> {
  readonly argument: string
  readonly options: O
}

/**
 * `hrnet-v2-w18 --input 512x512`, an argument in quotes: a network and options of its own.
 * @throws {InputError} where they are none that networks take.
 */
export function ownOptions<O extends object>(
  written: string,
  takes: (command: Command) => Command,
): Asked<Partial<O>> {
  const [argument = '', ...rest] = written.trim().split(/\s+(?=-)/)
  if (rest.length === 0) return { argument: written, options: {} }
  const command = takes(new Command(argument).exitOverride().helpOption(false))
    .configureOutput({ writeErr: () => {} })
    .allowExcessArguments(false)
  try {
    command.parse(
      rest.flatMap((option) => option.split(/\s+/)),
      { from: 'user' },
    )
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const [, said = '', nearest] =
      /^(?:error: )?(.*?)\s*(?:\(Did you mean (.*?)\?\))?$/s.exec(error.message) ?? []
    throw new InputError({
      problem: `“${written}”: ${said}`,
      remedy: nearest
        ? `Did you mean ${nearest}?`
        : 'Behind a network stand options of its own, such as --input 512x1024 or --classes 2.',
    })
  }
  return { argument, options: command.opts<Partial<O>>() }
}

/**
 * Those of the options for all networks that one of them has: `--classes 2` is for each that tells classes apart. One
 * that no network has is given to all, which refuse it.
 */
export function sharedOptions<O extends ZooOptions>(
  families: readonly (Family | undefined)[],
  options: O,
): readonly O[] {
  const names = Object.keys(zooOptions(options)) as (keyof ZooOptions)[]
  const applies = (name: keyof ZooOptions, family: Family | undefined): boolean =>
    family?.options.includes(name) ?? false
  const idle = names.filter((name) => !families.some((family) => applies(name, family)))
  return families.map((family) => {
    const others = names.filter((name) => !applies(name, family) && !idle.includes(name))
    return { ...options, ...Object.fromEntries(others.map((name) => [name, undefined])) }
  })
}
