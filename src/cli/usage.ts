import { type Command, CommanderError } from 'commander'
import { InputError } from '../errors.js'

/** What commander refuses in a command line, told as every other mistake. */
export function usageError(
  { code, message }: CommanderError,
  program: Command,
  words: readonly string[],
): InputError {
  const [, said = message, nearest] =
    /^(?:error: )?(.*?)\.?\s*(?:\(Did you mean (.*?)\?\))?$/s.exec(message) ?? []
  // After `heddle help nosuch`, for which commander has printed all that there is.
  if (code === 'commander.help')
    return usageError(
      new CommanderError(2, 'commander.unknownCommand', `unknown command '${words[1]}'`),
      program,
      words,
    )
  const outer = program.commands.find((one) => one.name() === words[0])
  const inner = outer?.commands.find((one) => one.name() === words[1])
  const command = inner ?? outer
  const line = ['heddle', outer?.name(), inner?.name()].filter(Boolean).join(' ')
  const [, option] = /^unknown option '(--?[^'=]*)/.exec(said) ?? []
  if (command && option) {
    const takes = `${line} takes ${optionsOf(command).join(', ')}.`
    if (program.commands.some((one) => optionsOf(one).includes(option)))
      return new InputError({ problem: `${option} does not apply to ${line}`, remedy: takes })
    if (!nearest) return new InputError({ problem: said, remedy: takes })
  }
  return new InputError({ problem: said, remedy: remedyOf(code, program, command, line, nearest) })
}

function remedyOf(
  code: string,
  program: Command,
  command: Command | undefined,
  line: string,
  nearest?: string,
): string {
  if (nearest) return `Did you mean ${nearest}?`
  if (code === 'commander.unknownCommand')
    return `The commands are ${(command ?? program).commands.map((one) => one.name()).join(', ')}.`
  if (code === 'commander.missingArgument' && line === 'heddle run')
    return `Give an ONNX file and a picture: ${line} net.onnx photo.jpg.`
  if (code === 'commander.missingArgument' && line === 'heddle compare')
    return `Name two networks: ${line} hrnet-v2-w18 hrnet-v2-w48.`
  const [first] = command?.registeredArguments ?? []
  if (code === 'commander.missingArgument' && first?.name() === 'model')
    return `Name a network (heddle models lists those of the zoo) or a file of your own: ${line} ./my-net.ts.`
  return `${line} --help tells what there is.`
}

function optionsOf(command: Command): readonly string[] {
  return command.options.map(({ long, short }) => long ?? short ?? '')
}
