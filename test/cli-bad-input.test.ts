import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { heddle, heddleInTurn, netFile, scratch } from './support/heddle.js'
import { metadataOf } from './support/onnx-faults.js'
import type { Ended } from './support/plain-node.js'
import { type SmallDisk, smallDisk } from './support/small-disk.js'

type Refusal = readonly [words: string | readonly string[], problem: RegExp, remedy: RegExp]

/** One clear error for each line, exit code 2, nothing on standard output, and no file. */
function refused(t: Test, ...lines: readonly Refusal[]): void {
  const cwd = scratch(t, { 'net.ts': netFile() })
  const all = heddleInTurn(
    lines.map(([words]) => words),
    { cwd },
  )
  for (const [i, [words, problem, remedy]] of lines.entries()) {
    const { code, stdout, stderr } = all[i] as Ended
    const shown = typeof words === 'string' ? words : words.join(' ')
    t.equal(code, 2, shown)
    t.equal(stdout, '', shown)
    const [first = '', ...rest] = stderr.split('\n')
    t.match(first, /^error: /, shown)
    t.match(first, problem)
    t.match(rest.join('\n'), remedy)
    t.notMatch(stderr, /^ {4}at /m, 'no stack trace')
  }
  t.same(readdirSync(cwd), ['net.ts'], 'no file')
}

t.test('an unknown name suggests the nearest', async (t) => {
  refused(
    t,
    ['coutn hrnet-v2-w18', /unknown command 'coutn'/, /Did you mean count\?/],
    [
      'nothing',
      /unknown command/,
      /models, count, compare, sweep, build, verify, run, print, check/,
    ],
    ['count hrnet-v2-w18 --clases 3', /unknown option '--clases'/, /--classes\?/],
    ['count hrnet-w32-v2', /no network “hrnet-w32-v2”/, /Did you mean hrnet-\S*w32\S*\?/],
    ['count HRNet-V2-W48', /no network/, /Did you mean hrnet-v2-w48\?/],
    [['count', ''], /no network “”/, /heddle models/],
  )
})

t.test('a target or a pass that is not there, and a rule that is broken', async (t) => {
  refused(
    t,
    ['build ./net.ts --target ort-cup', /no target ort-cup/, /mean ort-cpu\? There are portable/],
    [
      'build ./net.ts --passes fold-batchnorm',
      /no pass fold-batchnorm/,
      /Did you mean fold-batch-norm\? There are remove-identities,/,
    ],
    ['build ./net.ts --passes fold-batch-norm,', /no pass without a name/, /There are /],
    ['build ./net.ts --target tensorrt --opset 21', /takes 13 to 20/, /17 is usual/],
    ['build ./net.ts --target opencv --precision int8', /takes float32 and float16/, /Take one/],
    [
      'build ./net.ts --target opencv --batch dynamic',
      /does not go to opencv/,
      /in image\n.*--batch 1/,
    ],
  )
})

t.test('an option that does not apply names those that do', async (t) => {
  refused(
    t,
    ['build hrnet-v2-w18 --joints 3', /--joints does not apply/, /--classes, --upsample/],
    ['verify hrnet-v2p-w18 --classes 3', /--classes does not/, /takes --upsample/],
    ['count ./net.ts --classes 3', /--classes does not apply to .\/net.ts/, /--input, --b/],
    ['print net.ts --align-corners', /--align-corners does not apply/, /--input, --batch/],
    ['verify net.onnx --opset 13', /--opset does not apply to net.onnx/, /--input, --batch/],
    ['models --input 3x3', /--input does not apply to heddle models/, /takes --json/],
    ['count hrnet-v2-w18 --features', /--features does not apply/, /takes --classes.*--by/],
    ['count hrnet-v2-w18 --zzz', /unknown option '--zzz'/, /heddle count takes --classes/],
    ['count hrnet-v1-w9 --align-corners', /--align-corners says how/, /--upsample bilinear/],
  )
})

t.test('a number that is none, or absurd, tells what it may be', async (t) => {
  refused(
    t,
    ...['0', '-3', '1.5', '1048577', '007'].map(
      (width): Refusal => [
        `build hrnet-v2-w${width}`,
        new RegExp(`a width of ${width}`),
        /from 1 to 1048576/,
      ],
    ),
    ['build hrnet-w6-c --unit bottleneck', /a width of 6/, /4 or 8/],
    ...['0', '-1', '1.5', '1e3', 'many', '99999999999'].map(
      (classes): Refusal => [
        `build hrnet-v2-w1 --classes ${classes}`,
        /--classes is /,
        /from 1 to 2,147,483,647/,
      ],
    ),
    ...['0x32', '-32x32', '32x1.5', '32x2000000'].map(
      (side): Refusal => [
        `build hrnet-v2-w1 --input ${side}`,
        /a side of --input/,
        /from 1 to 1,048,576/,
      ],
    ),
    ['build hrnet-v2-w1 --input 512', /--input is 512/, /height x width.*512x512/],
    ['build hrnet-v2-w1 --input 512,512', /--input is 512,512/, /as 512x1024/],
    ['build hrnet-v2-w1 --input dynamic/0', /the multiple of --input is 0/, /1 to 4,096/],
    ...['0', '-1', '2.5', '9999999'].map(
      (batch): Refusal => [
        `build hrnet-v2-w1 --batch ${batch}`,
        /--batch is/,
        /1,048,576, or dynamic/,
      ],
    ),
    ...['12', '22', '17.5'].map(
      (opset): Refusal => [`build hrnet-v2-w1 --opset ${opset}`, /--opset is/, /from 13 to 21/],
    ),
    ...['-1', '0.5', '4294967296'].map(
      (seed): Refusal => [
        `build hrnet-v2-w1 --seed ${seed}`,
        /--seed is/,
        /from 0 to 4,294,967,295/,
      ],
    ),
    ['count hrnet-v2-w1 --by block', /--by is block/, /stage, branch or layer\./],
    ['count hrnet-v2-w1 --upsample cubic', /--upsample is cubic/, /nearest or bilinear\./],
  )
})

t.test('what would not fit memory tells how large it would be', async (t) => {
  refused(
    t,
    ['build hrnet-v2-w1048576', /124 PB of weights/, /narrower/],
    ['verify hrnet-v2-w1 --input 65536x65536', /needs 825 GB to run/, /--input/],
    ['build hrnet-v2-w1 --input 1048576x1048576', /needs 211 TB to run/, /--input/],
    ['build hrnet-v2-w1 --batch 1048576 --verify', /needs .* TB to run/, /--batch/],
    ['count hrnet-v2-w1048576 --input 1048576x1048576', /past 2\^53/, /narrower/],
    ['count hrnet-v2-w18 --input 1048576x1048576', /past 2\^53/, /smaller/],
  )
})

t.test('a size that no level survives tells those that do', async (t) => {
  const line = 'build hrnet-v2-w1 --upsample nearest --input 65x64'
  refused(
    t,
    [line, /does not take an input of 65x64/, /64x64.*--fuse-to-size/],
    ['count hrnet-v2-w1 --batch dynamic', /--batch is dynamic/, /--batch 1/],
    ...['verify hrnet-v1-w1', 'build hrnet-v1-w1 --verify'].map(
      (line): Refusal => [
        `${line} --input dynamic`,
        /does not take an input of dynamic:/,
        /This works: dynamic/,
      ],
    ),
    ['count hrnet-v2-w1 --input dynamic', /--input is dynamic/, /--input 1024x2048/],
  )
})

t.test('a command line that lacks something, or has too much of it, says so', async (t) => {
  refused(
    t,
    ['build -o net.onnx', /missing required argument 'model'/, /heddle models.*my-net\.ts/],
    ['build hrnet-v2-w1 hrnet-v2-w2', /too many arguments/, /heddle build --help/],
    ['count hrnet-v2-w1 --input', /'--input <size>' argument missing/, /count --help/],
    ['verify missing.onnx', /there is no file missing\.onnx/, /ONNX file/],
    ['build missing.ts', /there is no file missing\.ts/, /net\.ts/],
  )
  const nothing = heddle('help nothing')
  t.equal(nothing.code, 2)
  t.match(nothing.stderr, /error: unknown command 'nothing'\n.*models, count/)
  const none = heddle([])
  t.equal(none.code, 2)
  t.match(none.stderr, /Usage: heddle/)
})

t.test('a place where no file can be is told before anything is written', async (t) => {
  const build = ['build', './net.ts', '-o']
  refused(
    t,
    [[...build, 'missing/net.onnx'], /its folder does not exist/, /Make the folder/],
    [[...build, 'net.ts/net.onnx'], /a part of the path is a file/, /elsewhere/],
    [[...build, '.'], /\. is a folder/, /path of a file/],
    [[...build, 'missing/'], /missing\/ is a folder/, /path of a file/],
    [[...build, '/dev/null'], /\/dev\/null is a device/, /path of a file/],
    [[...build, `${'x'.repeat(260)}.onnx`], /its name is too long/, /shorter/],
    [[...build, ''], /--out is empty/, /-o net\.onnx/],
    [[...build, '-net.onnx'], /looks like an option/, /-o \.\/-net\.onnx/],
    [[...build, '--verify'], /looks like an option/, /-o net\.onnx/],
    [[...build, 'net.ts'], /net\.ts is the file that the network is written in/, /another/],
  )
})

t.test('labels are as many as the channels, and --output is no path', async (t) => {
  const cwd = scratch(t, { 'names.txt': 'ground\nsky\n', 'odd.txt': 'ground\n\nsky\n' })
  const line = (labels: string, classes: number): string =>
    `build hrnet-v2-w1 --classes ${classes} --input 64x64 --labels ${labels} -o net.onnx`
  const cases: readonly (readonly [line: string, said: RegExp])[] = [
    [line('names.txt', 3), /2 labels for logits of hrnet-v2-w1, which has 3 channels/],
    [line('odd.txt', 3), /line 2 of odd\.txt is empty/],
    [line('none.txt', 3), /none\.txt cannot be read: there is no such file/],
    ['build hrnet-v2p-w1 --labels names.txt', /does not say which of its outputs/],
    ['build hrnet-v2-w1 --output net.onnx', /looks like a path.*\n.*-o net\.onnx/],
    ['build hrnet-v2-w1 --output best', /It is logits, softmax or argmax/],
    ['verify net.onnx --output argmax', /--output does not apply to net\.onnx/],
  ]
  const all = heddleInTurn(
    cases.map(([line]) => line),
    { cwd },
  )
  for (const [i, [line, said]] of cases.entries()) t.match(all[i], { code: 2, stderr: said }, line)
  t.same(readdirSync(cwd).sort(), ['names.txt', 'odd.txt'])
  t.equal(heddle(line('names.txt', 2), { cwd }).code, 0)
  const { answer = '' } = metadataOf(readFileSync(join(cwd, 'net.onnx')))
  t.same(JSON.parse(answer).labels, ['ground', 'sky'])
})

const disk = smallDisk(t, 200)
const skip = disk === undefined && 'no small disk can be mounted here'
t.test('a full or read-only disk is told, and nothing stays on it', { skip }, async (t) => {
  const { folder: cwd, lock } = disk as SmallDisk
  const line = 'build hrnet-v2-w1 --input 64x64 -o net.onnx'
  const { code, stderr } = heddle(line, { cwd })
  t.equal(code, 2)
  t.match(stderr, /net\.onnx takes 1\.64 MB, and \d+ kB are free there/)
  t.same(readdirSync(cwd), [])
  lock()
  const readonly = heddle(line, { cwd })
  t.equal(readonly.code, 2)
  t.match(readonly.stderr, /read-only|takes/)
})
