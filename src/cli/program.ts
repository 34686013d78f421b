import { Command, Option } from 'commander'
import { version } from '../version.js'
import { type ModelOptions, takesModel } from './options.js'
import { terminalWidth } from './terminal.js'
import { oneOf, wholeNumber } from './values.js'

/** What a command does with its arguments; it returns the exit code. */
type Action<O> = (argument: string, options: O) => Promise<number>

/** The command line: every command, its options and examples. Actions are imported when they are run. */
export function makeProgram(onExit: (code: number) => void): Command {
  const program = new Command('heddle')
    .description('Multi-resolution networks: checked, counted, compiled to verified ONNX.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    .configureHelp({ helpWidth: terminalWidth() })
    .configureOutput({ writeErr: () => {} })
    .addHelpText(
      'after',
      examples(
        ['heddle models', 'the networks that there are'],
        ['heddle count hrnet-v2-w48', 'parameters and MACs, by stage and branch'],
        ['heddle build hrnet-v2-w18 --input 512x1024 -o net.onnx', 'an ONNX file'],
        ['heddle verify hrnet-v2-w18', 'the passes against the network as written'],
        ['heddle check ./my-net.ts', 'mistakes in a network of your own'],
      ),
    )
  // Without a command there is nothing to do: help, as an error.
  program.action(() => program.help({ error: true }))
  program.configureOutput({
    writeErr: (text) => {
      if (!text.startsWith('error:')) process.stderr.write(text)
    },
  })

  const command = (name: string, summary: string): Command =>
    program
      .command(name)
      .description(summary)
      .helpOption('-h, --help', 'print help')
      .configureHelp({ helpWidth: terminalWidth() })
  const act =
    <O>(load: () => Promise<Action<O>>) =>
    async (argument: string, options: O): Promise<void> => {
      onExit(await (await load())(argument, options))
    }

  common(command('models', 'List the networks of the zoo, their options and defaults.'))
    .addHelpText('after', examples(['heddle models --json', 'the same for programs']))
    .action(async (options: { json?: true }) => {
      onExit((await import('./models.js')).listModels(options))
    })

  common(takesModel(command('count', 'Count parameters and multiply-accumulates.')))
    .addOption(
      new Option('--by <part>', 'what the table lists: stage, branch or layer').argParser(
        oneOf('--by', ['stage', 'branch', 'layer']),
      ),
    )
    .addHelpText(
      'after',
      examples(
        ['heddle count hrnet-v2-w48 --classes 19 --input 1024x2048', ''],
        ['heddle count hrnet-v1-w32 --joints 21 --by layer', ''],
        ['heddle count ./my-net.ts#unet --json', ''],
      ),
    )
    .action(act(async () => (await import('./count.js')).countModel))

  common(takesModel(command('build', 'Compile a network to an ONNX file.')))
    .option('-o, --output <file>', 'where the file goes (default: the name of the model)')
    .addOption(opset())
    .option('--external-data', 'put the weights into a file of their own, beside')
    .option('--no-external-data', 'keep the weights in the file')
    .option('--verify', 'then check the very bytes that were written')
    .addHelpText(
      'after',
      examples(
        ['heddle build hrnet-v2-w18 --input 512x1024 -o net.onnx', ''],
        ['heddle build hrnet-v2-w18 --input dynamic --batch dynamic --verify', ''],
        ['heddle build ./my-net.ts --seed 7 --no-passes', ''],
      ),
    )
    .action(act(async () => (await import('./build.js')).buildModel))

  common(
    takesModel(
      command('verify', 'Check in ONNX Runtime that the passes change nothing; or that a file runs.'),
      'a zoo name, a file: ./my-net.ts#name, or an ONNX file',
    ),
  )
    .addOption(opset())
    .option('--features', 'compare every feature on the way, not only the outputs')
    .addHelpText(
      'after',
      examples(
        ['heddle verify hrnet-v2-w18 --input 256x512', ''],
        ['heddle verify hrnet-v2-w18 --features', ''],
        ['heddle verify net.onnx', ''],
      ),
    )
    .action(act(async () => (await import('./verify.js')).verifyModel))

  common(takesModel(command('print', 'Print the network as heddle sees it, after the passes.')))
    .addHelpText(
      'after',
      examples(
        ['heddle print hrnet-w18-trunk', ''],
        ['heddle print ./my-net.ts --no-passes --input dynamic', ''],
      ),
    )
    .action(act(async () => (await import('./print.js')).printModel))

  common(takesModel(command('check', 'Type-check a network of your own, then write it.')))
    .addHelpText('after', examples(['heddle check ./my-net.ts', '']))
    .action(act(async () => (await import('./check.js')).checkModel))

  return program
}

/** What every command takes. */
function common(command: Command): Command {
  return command
    .option('--json', 'one JSON document on standard output')
    .option('--stack', 'show stack traces of errors')
}

function opset(): Option {
  return new Option('--opset <n>', "version of ONNX's operators, 13 to 21 (default: 17)").argParser(
    wholeNumber('--opset', 13, 21),
  )
}

function examples(...lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([line]) => line.length))
  const text = lines.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`.trimEnd())
  return `\nExamples:\n${text.join('\n')}`
}

export type { ModelOptions }
