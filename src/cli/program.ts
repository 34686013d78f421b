import { Command, Option } from 'commander'
import { version } from '../version.js'
import type { CompareOptions } from './compare.js'
import type { InstallCommandOptions } from './cuda.js'
import type { DoctorOptions } from './doctor.js'
import { countedSize, opset, streams, takesCounted, takesModel, takesSwept } from './options.js'
import type { PaperOptions } from './paper.js'
import { takesPrecision } from './precision.js'
import { takesProvider } from './provider.js'
import type { RunCommandOptions } from './run-picture.js'
import type { SweepOptions } from './swept.js'
import { terminalWidth } from './terminal.js'
import {
  boxOf,
  conventionList,
  inputSides,
  namesOf,
  oneOf,
  outputPath,
  partOfOne,
  pathFor,
  publishedFigure,
  shardText,
  wholeNumber,
} from './values.js'
import { takesVerified, type VerifyCommandOptions } from './verify-options.js'
import { takesContainer, takesWeights } from './weights.js'

/** What a command does with its arguments; it returns the exit code. */
type Action<O> = (argument: string, options: O) => Promise<number>
/** A command with its arguments, to be run; it is given the words of the command line. */
export type Job = (words: readonly string[]) => Promise<number>

/**
 * The command line: every command, its options and examples. Parsing it yields a job, which imports what it
 * needs, and runs after commander has returned: commander is on no stack that is searched for the user's line.
 */
export function makeProgram(onJob: (job: Job) => void): Command {
  const program = described(
    new Command('heddle').version(version, '-V, --version', 'print the version'),
    'Multi-resolution networks: checked, counted, compiled to verified ONNX.',
    [
      ['heddle models', 'the networks that there are'],
      ['heddle count hrnet-v2-w48', 'parameters and MACs, by branch'],
      ['heddle compare hrnet-v2-w18 hrnet-v2-w48', 'two networks side by side'],
      ["heddle sweep 'hrnet-v2-w{8..64}'", 'a family, and the best of it'],
      ['heddle build hrnet-v2-w18 --input 512x1024 -o net.onnx', 'an ONNX file'],
      ['heddle verify hrnet-v2-w18', 'the passes, checked'],
      ['heddle run net.onnx photo.jpg -o out.png', 'a picture in, an answer out'],
      ['heddle check ./my-net.ts', 'mistakes in a network of your own'],
      ['heddle inspect small.pth', 'what is in a file of weights'],
      ['heddle paper', "the paper's figures, computed"],
      ['heddle doctor', 'whether networks run here, and on what'],
    ],
  )
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    // Errors are told by run.ts; what else goes there is help.
    .configureOutput({
      writeErr: (text) => {
        if (!text.startsWith('error:')) process.stderr.write(text)
      },
    })
  for (const add of [
    models,
    count,
    compare,
    sweep,
    build,
    verify,
    run,
    print,
    check,
    inspect,
    weights,
    paper,
    cuda,
    doctor,
  ])
    add(program, onJob)
  return program
}

type Add = (program: Command, onJob: (job: Job) => void) => void

const models: Add = (program, onJob) => {
  const command = described(
    program.command('models'),
    'List the networks of the zoo, their options and defaults.',
    [
      ['heddle models', ''],
      ['heddle models --json', 'the same for programs'],
    ],
  )
  common(command).action((options: { json?: true }) =>
    onJob(async () => (await import('./models.js')).listModels(options)),
  )
}

const count: Add = (program, onJob) => {
  const command = described(
    program.command('count'),
    'Count parameters and multiply-accumulates, by stage, branch or layer.',
    [
      ['heddle count hrnet-v2-w48 --classes 19 --input 1024x2048', ''],
      ['heddle count hrnet-v1-w32 --joints 21 --by layer', ''],
      ['heddle count hrnet-v2-w18 --convention all', 'as fvcore, thop and other tools count'],
      ['heddle count hrnet-w18-c --explain 3.99', 'what a published figure may be of'],
      ['heddle count ./my-net.ts#unet --json', 'for programs'],
    ],
  )
  takesModel(command, countedSize)
    .addOption(
      new Option(
        '--by <part>',
        'what the table lists: stage, branch or layer (default: branch)',
      ).argParser(oneOf('--by', ['stage', 'branch', 'layer'])),
    )
    .addOption(
      new Option(
        '--convention <names>',
        'the figures of tools that count operations, as a,b; or all',
      ).argParser(conventionList),
    )
    .addOption(
      new Option('--explain <figure>', 'what a published figure may be of, as 3.99').argParser(
        publishedFigure,
      ),
    )
  runs(common(command), onJob, async () => (await import('./count.js')).countModel)
}

const compare: Add = (program, onJob) => {
  const command = described(
    program.command('compare'),
    'Set two networks side by side: what each has and costs, by stage, branch or layer.',
    [
      ['heddle compare hrnet-v2-w18 hrnet-v2-w48 --input 512x1024', ''],
      ['heddle compare hrnet-v1-w32 hrnet-v2-w32 --by branch', ''],
      ["heddle compare ./my-net.ts 'hrnet-v2-w18 --classes 2'", 'each with options of its own'],
    ],
  )
    .argument('<a>', 'a zoo name or your file; in quotes, with options of its own')
    .argument('<b>', 'the other')
  takesCounted(command).addOption(
    new Option(
      '--by <part>',
      'what is set side by side: stage, branch or layer (default: stage)',
    ).argParser(oneOf('--by', ['stage', 'branch', 'layer'])),
  )
  common(command).action((a: string, b: string, options: CompareOptions) =>
    onJob(async () => (await import('./compare.js')).compareNetworks(a, b, options)),
  )
}

const sweep: Add = (program, onJob) => {
  const command = described(
    program.command('sweep'),
    'Count a family of networks, and find those that no other beats: a table, CSV, a plot.',
    [
      ["heddle sweep 'hrnet-v2-w{8..64}' --input 512x1024", ''],
      ["heddle sweep 'hrnet-v2-w{8..64}' --least macs --most parameters", 'two axes'],
      ["heddle sweep 'hrnet-w{8..64..8}-c{,i,ii}' --plot front.svg", 'three families, drawn'],
      ["heddle sweep 'hrnet-v2-w{8..64}' -o 3.csv --shard 3/16", 'a part, kept in a file'],
      ['heddle sweep 3.csv --plot front.svg', 'of files that sweeps have written'],
    ],
  ).argument(
    '<networks...>',
    'names, patterns of names, CSV files of sweeps; in quotes, with options of their own',
  )
  takesSwept(command)
    .addOption(
      new Option(
        '--convention <names>',
        'count as these tools do too, as authors,fvcore; or all',
      ).argParser(conventionList),
    )
    .addOption(
      new Option(
        '--least <names>',
        'the front: what less of is better (default: macs,parameters,activations)',
      ).argParser(namesOf),
    )
    .addOption(new Option('--most <names>', 'and what more of is better').argParser(namesOf))
    .option('--measured <file>', 'a CSV file: a column network, and others of what was measured')
    .addOption(
      new Option(
        '-o, --out <file>',
        'a CSV file: every network once it is counted; what is there already is not counted again',
      ).argParser(pathFor('--out', '-o', 'sweep.csv')),
    )
    .addOption(
      new Option('--plot <file>', 'an SVG file: the first two axes of the front').argParser(
        pathFor('--plot', '--plot', 'front.svg'),
      ),
    )
    .addOption(
      new Option('--shard <part/of>', 'a part of the networks, as 3/16 (default: all)').argParser(
        shardText,
      ),
    )
  common(command).action((networks: readonly string[], options: SweepOptions) =>
    onJob(async () => (await import('./sweep.js')).sweepNetworks(networks, options)),
  )
}

const build: Add = (program, onJob) => {
  const command = described(program.command('build'), 'Compile a network to an ONNX file.', [
    ['heddle build hrnet-v2-w18 --input 512x1024 -o net.onnx', ''],
    ['heddle build hrnet-v2-w18 --input dynamic --batch dynamic', 'any size, any batch'],
    [
      'heddle build hrnet-v2-w18 --input-format uint8-nhwc --output argmax',
      'pixels in, labels out',
    ],
    ['heddle build ./my-net.ts --seed 7 --verify', 'and check what was written'],
    ['heddle build hrnet-v2-w48 --target ort-cpu --explain', 'for one runtime, with reasons'],
    ['heddle build hrnet-small-v1-c --precision int8 --calibrate photos', 'in 8 bits'],
    ['heddle build hrnet-v2-small-v1 --weights small.pth -o small.onnx', 'with trained weights'],
  ])
  takesProvider(takesPrecision(takesWeights(takesModel(command))))
    .addOption(
      new Option(
        '-o, --out <file>',
        'where the file goes (default: the name of the model, .onnx)',
      ).argParser(outputPath),
    )
    .option('--labels <file>', 'the names of the classes or joints, one a line, written into it')
    .addOption(opset())
    .addOption(streams())
    .option('--external-data', 'put the weights into a file beside, as is done past 1.5 GiB')
    .option('--weights-in-place', 'refer to the weights in their safetensors file, beside')
    .option('--explain', 'tell where each pass fired, where it declined and why, and what it gains')
    .option('--verify', 'then check the very bytes that were written')
  runs(common(command), onJob, async () => (await import('./build.js')).buildModel)
}

const verify: Add = (program, onJob) => {
  const command = described(
    program.command('verify'),
    'Prove that the passes change nothing, or check that an ONNX file runs.',
    [
      ['heddle verify hrnet-v2-w18 --input 256x512', ''],
      ['heddle verify hrnet-v2-w18 --thorough', 'all that can be proved'],
      ['heddle verify hrnet-v2-small-v1 --weights small.pth', 'with trained weights'],
      ['heddle verify hrnet-v2-w18 --input 512x1024 --certificate c.json', 'a certificate'],
      ['heddle verify net.onnx --check c.json', 'proved again, of that file'],
      ['heddle verify net.onnx', 'any ONNX file'],
    ],
  )
  common(takesVerified(command)).action(
    (argument: string | undefined, options: VerifyCommandOptions) =>
      onJob(async (words) =>
        (await import('./verify.js')).verifyModel(argument, options, words.slice(1)),
      ),
  )
}

const run: Add = (program, onJob) => {
  const command = described(
    program.command('run'),
    'Ask a network about a picture: classes of its pixels, joints, landmarks, or what it shows.',
    [
      ['heddle run net.onnx photo.jpg -o out.png', 'the answer, also drawn'],
      ['heddle run pose.onnx photo.jpg --box 120,40,200,380', 'one person of several'],
      ['heddle run net.onnx photo.png --labels names.txt --json', 'for programs'],
      ['heddle run other.onnx photo.jpg --as segmentation', 'a file that does not say what it is'],
    ],
  )
    .argument('<network>', 'an ONNX file that says how it is asked, as heddle build writes it')
    .argument('<picture>', 'a JPEG or PNG file')
    .option('-o, --out <file>', 'where the drawn answer goes, a .png', outputPath)
    .addOption(
      new Option('--box <x,y,w,h>', 'the person or the face, in pixels (default: all)').argParser(
        boxOf,
      ),
    )
    .addOption(
      new Option('--top <n>', 'classes of a classification that are told (default: 5)').argParser(
        wholeNumber('--top', 1),
      ),
    )
    .option('--labels <file>', 'a text file with a name a line, for the classes or points')
    .addOption(
      new Option(
        '--opacity <part>',
        'how much of the picture the classes cover, 0 to 1 (default: 0.5)',
      ).argParser(partOfOne('--opacity')),
    )
    .addOption(
      new Option(
        '--input <size>',
        "height x width at which it is run, where the file leaves it open (default: the picture's own, or the task's)",
      ).argParser(inputSides),
    )
    .addOption(
      new Option('--as <kind>', 'what the file answers, where it does not say').argParser(
        oneOf('--as', ['segmentation', 'pose', 'landmarks', 'classification']),
      ),
    )
  common(takesProvider(command)).action(
    (network: string, picture: string, options: RunCommandOptions) =>
      onJob(async () => (await import('./run-picture.js')).runOnPicture(network, picture, options)),
  )
}

const print: Add = (program, onJob) => {
  const command = described(
    program.command('print'),
    'Print a network as heddle sees it, after the passes.',
    [
      ['heddle print hrnet-w18-trunk', ''],
      ['heddle print ./my-net.ts --no-passes --input dynamic', 'as written, for any size'],
    ],
  )
  runs(common(takesModel(command)), onJob, async () => (await import('./print.js')).printModel)
}

const check: Add = (program, onJob) => {
  const command = described(
    program.command('check'),
    'Find the mistakes in a network of your own: in its types, then by writing it.',
    [
      ['heddle check ./my-net.ts', ''],
      ['heddle check ./my-net.ts --input 512x1024', 'also whether it takes that size'],
    ],
  )
  runs(common(takesModel(command)), onJob, async () => (await import('./check.js')).checkModel)
}

const inspect: Add = (program, onJob) => {
  const command = described(
    program.command('inspect'),
    'List what is in a file of weights, and the networks of the zoo that it fits.',
    [
      ['heddle inspect small.pth', ''],
      ['heddle inspect small.pth --json', 'with every tensor'],
      ['heddle inspect training.pth --ema', 'of the averaged weights'],
    ],
  ).argument('<file>', 'a .pth or .pt file of PyTorch, or safetensors')
  const taking = common(takesContainer(command))
  runs(taking, onJob, async () => (await import('./inspect.js')).inspectFile)
}

const weights: Add = (program, onJob) => {
  const command = described(program.command('weights'), 'Work on files of weights.', [
    ['heddle weights convert net.pth net.safetensors', 'the same tensors as safetensors'],
  ])
  const converting = described(
    command.command('convert'),
    'Write the tensors of a file of weights as safetensors, under their names.',
    [
      ['heddle weights convert net.pth net.safetensors', ''],
      ['heddle weights convert half.pth net.safetensors --dtype float32', ''],
      ['heddle weights convert checkpoint.pth.tar net.safetensors --ema', ''],
    ],
  )
    .argument('<input>', 'a .pth or .pt file of PyTorch, or safetensors')
    .argument('<output>', 'where the safetensors file goes')
    .addOption(
      new Option('--dtype <type>', 'float32 for all floats (default: as they are)').argParser(
        oneOf('--dtype', ['float32']),
      ),
    )
  common(takesContainer(converting)).action(
    (input: string, output: string, options: { dtype?: 'float32' }) =>
      onJob(async () => (await import('./convert.js')).convertWeights(input, output, options)),
  )
}

const paper: Add = (program, onJob) => {
  const command = described(
    program.command('paper'),
    'Set the figures that were published of networks beside those that are computed.',
    [
      ['heddle paper', "every parameter count and GFLOPs of the paper's tables"],
      ['heddle paper --source authors', 'of the README files of its authors'],
      ['heddle paper --source all --json', 'all of them, for programs'],
      ['heddle paper --source all --markdown', 'as a page'],
    ],
  )
    .addOption(
      new Option(
        '--source <name>',
        'who published them: paper, authors, timm or all (default: paper)',
      ).argParser(oneOf('--source', ['paper', 'authors', 'timm', 'all'])),
    )
    .option('--markdown', 'print a page of Markdown')
  common(command).action((options: PaperOptions) =>
    onJob(async () => (await import('./paper.js')).showPaper(options)),
  )
}

const doctor: Add = (program, onJob) => {
  const command = described(
    program.command('doctor'),
    'Tell what networks run on here: the runtime, each provider tried, and what is missing.',
    [
      ['heddle doctor', ''],
      ['heddle doctor --json', 'for programs'],
    ],
  ).option('--cuda-folder <folder>', "where CUDA's libraries are looked for first")
  common(command).action((options: DoctorOptions) =>
    onJob(async () => (await import('./doctor.js')).doctor(options)),
  )
}

const cuda: Add = (program, onJob) => {
  const command = described(program.command('cuda'), 'What networks need to run on CUDA.', [
    ['heddle cuda install', 'the CUDA provider of ONNX Runtime, fetched'],
    ['heddle cuda remove', 'taken away again'],
  ])
  const installing = described(
    command.command('install'),
    'Put the CUDA provider of exactly the installed ONNX Runtime beside it, in onnxruntime-node.',
    [
      ['heddle cuda install', 'fetched: some 250 MB'],
      ['heddle cuda install --libraries', "and what is missing of CUDA's libraries: up to 1.1 GB"],
      ['heddle cuda install --wheel onnxruntime_gpu-1.30.0-….whl', 'one that is there'],
    ],
  )
    .option('--wheel <file>', 'a wheel of onnxruntime-gpu, of the same version (default: fetched)')
    .option(
      '--index <url>',
      'the Python package index it is fetched from (default: PIP_INDEX_URL, or the public one)',
    )
    .option('--libraries', "fetch what is missing of CUDA's libraries too, of NVIDIA, for CUDA 13")
    .option('--replace', 'replace a provider of another CUDA that has all that it needs')
    .option('--cuda-folder <folder>', "where CUDA's libraries are looked for first")
  common(installing).action((options: InstallCommandOptions) =>
    onJob(async () => (await import('./cuda.js')).installCuda(options)),
  )
  const removing = described(
    command.command('remove'),
    "Take the CUDA provider out of onnxruntime-node again, and CUDA's libraries that were fetched.",
    [
      ['heddle cuda remove', ''],
      ['heddle cuda remove --keep-libraries', 'the provider alone'],
    ],
  ).option('--keep-libraries', 'leave the libraries: all projects of yours find them')
  common(removing).action((options: { keepLibraries?: true; json?: true }) =>
    onJob(async () => (await import('./cuda.js')).removeCuda(options)),
  )
}

function runs<O>(
  command: Command,
  onJob: (job: Job) => void,
  load: () => Promise<Action<O>>,
): void {
  command.action((argument: string, options: O) =>
    onJob(async () => (await load())(argument, options)),
  )
}

/** What every command takes. */
function common(command: Command): Command {
  return command
    .option('--json', 'one JSON document on standard output')
    .option('--stack', 'show the stack traces of errors')
}

function described(
  command: Command,
  summary: string,
  examples: readonly (readonly [line: string, what: string])[],
): Command {
  const width = Math.max(...examples.map(([line]) => line.length))
  const lines = examples.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`.trimEnd())
  return command
    .description(summary)
    .helpOption('-h, --help', 'print help')
    .configureHelp({ helpWidth: Math.min(terminalWidth(), 100) })
    .addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}
