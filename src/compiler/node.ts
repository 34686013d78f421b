import { type Complaint, userLocation } from '../errors.js'
import type { Dimension } from './dimension.js'

export type ElementType =
  | 'float32'
  | 'float16'
  | 'float64'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'int8'
  | 'bool'

/** What a quantized value is of: whole numbers. */
export type QuantizedType = 'uint8' | 'int8' | 'int32'

/** Element type and shape. Maps are [batch, channels, height, width], vectors [batch, channels]. */
export interface TensorType {
  readonly element: ElementType
  readonly shape: readonly Dimension[]
}

/** What a parameter is for: decides how it is initialised, and whether it counts as a parameter. */
export type ParameterRole =
  | 'weight'
  | 'bias'
  | 'normScale'
  | 'normShift'
  | 'normMean'
  | 'normVariance'
  | 'free'

/** Whether training fits it: running means and variances are kept beside what is trained. */
export function isTrained({ attributes: { role } }: NodeOf<'parameter'>): boolean {
  return role !== 'normMean' && role !== 'normVariance'
}

export type ActivationFunction =
  | { readonly name: 'relu' }
  | { readonly name: 'relu6' }
  | { readonly name: 'leakyRelu'; readonly slope: number }
  | { readonly name: 'sigmoid' }
  | { readonly name: 'tanh' }
  | { readonly name: 'hardSigmoid' }
  | { readonly name: 'hardSwish' }
  | { readonly name: 'silu' }
  | { readonly name: 'gelu' }

/** How a derived parameter is computed from others; each is a pure function, evaluated in float64. */
export type Derivation =
  /** (scale [C], variance [C]) → scale / sqrt(variance + epsilon), [C]. */
  | { readonly rule: 'normFactor'; readonly epsilon: number }
  /** (shift [C], mean [C], factor [C], bias [C]?) → shift + (bias − mean)·factor, [C]. */
  | { readonly rule: 'normOffset' }
  /**
   * (weight, factor [C]) → the weight, each channel along `axis` times its factor. Axis 0 has all of C.
   * Axis 1 has C / groups, row r those of group floor(r·groups / rows): w[r, c, …]·factor[group·(C / groups) + c].
   */
  | { readonly rule: 'scaleChannels'; readonly axis: 0 | 1; readonly groups: number }
  /** (weight [O, I/groups, …], offset [I], bias [O]?) → bias + Σ weight·offset, [O]; groups as above. */
  | { readonly rule: 'throughWeight'; readonly groups: number }
  /**
   * (weight) → max |weight| / steps for each place along `axis`, or of all; 1 / steps where all are 0. (weight, bias) → at least
   * |bias| / reach: a bias in steps of the scale is then a whole number up to `reach`.
   */
  | {
      readonly rule: 'channelScale'
      readonly axis: number | undefined
      readonly steps: number
      readonly reach: number
    }
  /** () → the numbers themselves, which are part of the network and no weights: `shape` of `element`. */
  | {
      readonly rule: 'literal'
      readonly element: ElementType
      readonly shape: readonly number[]
      readonly numbers: readonly number[]
    }
  /**
   * (constants that the expression reads, each once) → what `expression` computes from them. It is one
   * operation on constants, or a result of one: what it reads may be computed itself.
   */
  | { readonly rule: 'computed'; readonly expression: Value }

export type AttributeValue =
  | number
  | bigint
  | string
  | readonly number[]
  | readonly bigint[]
  | readonly string[]

/** One side of a foreign operator's result: a number, or that of an operand's axis by times/over. */
export type DeclaredDimension =
  | number
  | {
      readonly operand: number
      readonly axis: number
      readonly times: number
      readonly over: number
    }

export interface DeclaredResult {
  readonly element: ElementType
  readonly shape: readonly DeclaredDimension[]
}

/** Sides: [top, left, bottom, right], in elements. */
export type Padding = readonly [number, number, number, number]
export type Pair = readonly [number, number]
/** One number for each of left, top, right and bottom, or for each of x, y, width and height. */
export type Quad = readonly [number, number, number, number]
/** [left, top, right, bottom] in pixels, from edge to edge: its width is right − left. */
export type Box = Quad

type None = Readonly<Record<never, never>>

/**
 * Every kind of node, with its named inputs and its attributes. To add one, add a line here: the complete
 * tables (shape, cost, print, interpret, emit) then do not compile until they know it.
 */
export interface Kinds {
  /** What the network is given. */
  input: { inputs: None; attributes: { name: string; type: TensorType } }
  /** A trained tensor: its name and shape; it has values once weights are bound. */
  parameter: {
    inputs: None
    attributes: { name: string; shape: readonly number[]; role: ParameterRole }
  }
  /** A tensor computed from parameters when the file is written. */
  derived: { inputs: { from: readonly Constant[] }; attributes: { derivation: Derivation } }
  /** Weight [O, I/groups, kh, kw]. */
  conv: {
    inputs: { input: Value; weight: Value; bias?: Value | undefined }
    attributes: {
      strides: Pair
      padding: Padding
      dilations: Pair
      groups: number
      /** Whether the padding follows from the size: it is another where that is (`same-padding.ts`). */
      same?: true
    }
  }
  /**
   * max(0, weight ∗ input + bias + addend): a convolution with what is added to it and the ReLU of that, as one. The
   * addend has the type of what comes out.
   */
  fusedConv: {
    inputs: { input: Value; weight: Value; bias?: Value | undefined; addend?: Value | undefined }
    attributes: Kinds['conv']['attributes']
  }
  /** Weight [I, O/groups, kh, kw]. */
  convTranspose: {
    inputs: { input: Value; weight: Value; bias?: Value | undefined }
    attributes: {
      strides: Pair
      padding: Padding
      outputPadding: Pair
      dilations: Pair
      groups: number
    }
  }
  /** scale·(input − mean)/sqrt(variance + epsilon) + shift, per channel (axis 1). */
  batchNorm: {
    inputs: { input: Value; scale: Value; shift: Value; mean: Value; variance: Value }
    attributes: { epsilon: number }
  }
  activation: { inputs: { input: Value }; attributes: { function: ActivationFunction } }
  /** Element by element; shapes broadcast from the right. */
  add: { inputs: { left: Value; right: Value }; attributes: None }
  multiply: { inputs: { left: Value; right: Value }; attributes: None }
  concat: { inputs: { parts: readonly Value[] }; attributes: { axis: number } }
  /** Several results, read through `result`. */
  split: { inputs: { input: Value }; attributes: { axis: number; sizes: readonly number[] } }
  /** To the size of `like`, or by times/over. Nearest is floor(x·in/out), as PyTorch has it. */
  resize: {
    inputs: { input: Value; like?: Value | undefined }
    attributes: {
      mode: 'nearest' | 'bilinear'
      alignCorners: boolean
      /** Where there is no `like`: the factor times/over. */
      times: number
      over: number
    }
  }
  pool: {
    inputs: { input: Value }
    attributes: {
      operator: 'average' | 'max'
      kernel: Pair
      strides: Pair
      padding: Padding
      /** Whether the average counts the zeros of the padding. */
      countPadding: boolean
    }
  }
  /** Over height and width, which become 1. */
  globalPool: { inputs: { input: Value }; attributes: { operator: 'average' | 'max' } }
  /**
   * The mean of each of h×w windows, to `size` or to the size of `like`: window i along a side is from
   * floor(i·in/out) until ceil((i + 1)·in/out), as torch.nn.AdaptiveAvgPool2d has it.
   */
  adaptivePool: {
    inputs: { input: Value; like?: Value | undefined }
    attributes: { size?: Pair | undefined }
  }
  /** Matrices of the last two axes, [M, K] × [K, N]; the axes before broadcast from the right. */
  matmul: { inputs: { left: Value; right: Value }; attributes: None }
  /** [batch, C·factor², H, W] → [batch, C, H·factor, W·factor], as torch.nn.PixelShuffle has it. */
  depthToSpace: { inputs: { input: Value }; attributes: { factor: number } }
  /** scale·(x − mean)/sqrt(variance + epsilon) + shift, mean and variance over the last axis: of each place by itself. */
  layerNorm: {
    inputs: { input: Value; scale: Value; shift: Value }
    attributes: { epsilon: number }
  }
  /**
   * A map in windows of size × size, zeros around its centre where they do not divide it:
   * [batch, C, H, W] → [batch·⌈H/size⌉·⌈W/size⌉, size², C].
   */
  windows: { inputs: { input: Value }; attributes: { size: number } }
  /** Windows back as a map of the size of `like`, without what was put around it. */
  fromWindows: { inputs: { input: Value; like: Value }; attributes: { size: number } }
  /** [..., I] × weight [O, I]ᵀ + bias [O]. */
  linear: {
    inputs: { input: Value; weight: Value; bias?: Value | undefined }
    attributes: None
  }
  /** Sides: a number, 'same' as the input's at that place, that of `like` there, or (once) what 'rest' is left. */
  reshape: {
    inputs: { input: Value; like?: Value | undefined }
    attributes: { sides: readonly (number | 'same' | 'like' | 'rest')[] }
  }
  identity: { inputs: { input: Value }; attributes: None }
  /** The same numbers as elements of another type; towards zero where that one is of whole numbers. */
  cast: { inputs: { input: Value }; attributes: { to: ElementType } }
  /**
   * clamp(round(input / scale) + zero) as elements of 8 or 32 bits, halves to the even neighbour. Scale and zero
   * are one number each, or one for each place along `axis`.
   */
  quantize: {
    inputs: { input: Value; scale: Value; zero: Value }
    attributes: { axis: number; to: QuantizedType }
  }
  /** (input − zero)·scale, as elements of the scale's type; scale and zero as above. */
  dequantize: { inputs: { input: Value; scale: Value; zero: Value }; attributes: { axis: number } }
  /** Zeros before and after, along one axis. */
  pad: { inputs: { input: Value }; attributes: { axis: number; before: number; after: number } }
  /** Axis i of what it makes is axis order[i] of what it reads. */
  transpose: { inputs: { input: Value }; attributes: { order: readonly number[] } }
  /** e^x / Σ e^x, the sum along an axis. */
  softmax: { inputs: { input: Value }; attributes: { axis: number } }
  /** Where along an axis, which goes, the largest value stands, the first of those: int64. */
  argMax: { inputs: { input: Value }; attributes: { axis: number } }
  /**
   * The largest of all elements, at most `most` of them, the largest first and of equal ones the first; and where they
   * stand, counted over all axes: [k] and int64 [k]. Read through `result`.
   */
  topK: { inputs: { input: Value }; attributes: { most: number } }
  /**
   * Rows of a value, all axes but the last taken as one: [..., C] at places [N] → [N, C]. Or of `each` entry along the
   * first axis the one at its place: [N, M, ...] at [N] → [N, ...].
   */
  gather: { inputs: { input: Value; places: Value }; attributes: { each: boolean } }
  /** How often `by` goes into whole numbers from 0, or what is left of them. */
  wholeDivide: {
    inputs: { input: Value }
    attributes: { by: number; gives: 'quotient' | 'remainder' }
  }
  /** Boxes repeated at every position of a map, `stride` pixels apart: [height, width, boxes, 4]. */
  anchors: { inputs: { like: Value }; attributes: { stride: number; boxes: readonly Box[] } }
  /**
   * Boxes [N, 4] moved and resized: by deltas [N, 4], or by M for each, [N, M, 4]. With (dx, dy, dw, dh) = delta·deviations
   * + means, the centre moves by (dx·width, dy·height), and the sides grow by e^dw and e^dh, at most by 1000 / 16. Then
   * cut at the picture's edges, so that a pixel of each is within.
   */
  decodeBoxes: {
    inputs: { boxes: Value; deltas: Value; picture: Value }
    attributes: { means: Quad; deviations: Quad }
  }
  /**
   * Each of the boxes [N, 4] cut out of one of the levels, [1, C, height, width] at `strides`, as side × side bins:
   * [N, C, side, side]. A bin is the mean of samples × samples values, bilinear between positions, of which the first
   * is at 0. The level is floor(log2(√area / finest + 1e-6)), counted from the first.
   */
  roiAlign: {
    inputs: { levels: readonly Value[]; boxes: Value }
    attributes: { strides: readonly number[]; side: number; samples: number; finest: number }
  }
  /**
   * Which of N boxes are kept, 1 or 0: [sets, N, 4] by scores [sets, classes, N], each class by itself. The one of the
   * largest score is, which is to be above `least`; none that shares more than `overlap` of its union with one that is.
   */
  nonMaxSuppression: {
    inputs: { boxes: Value; scores: Value }
    attributes: { overlap: number; least: number }
  }
  /** Any other ONNX operator: passed through as it is, its cost unknown. Results are read through `result`. */
  foreign: {
    inputs: { operands: readonly Value[] }
    attributes: {
      operator: string
      domain: string
      /** The opset of a foreign domain; 0 for ONNX's own, which has the model's. */
      version: number
      attributes: Readonly<Record<string, AttributeValue>>
      results: readonly DeclaredResult[]
    }
  }
  /** One result of a split, of a topK or of a foreign operator. */
  result: { inputs: { of: Multiple }; attributes: { index: number } }
}

export type Kind = keyof Kinds

/** Kinds with several results. */
export type MultipleKind = 'split' | 'topK' | 'foreign'

/** Where a node comes from: its scope and name, and the place in the user's program. */
export interface Origin {
  /** As parameter names spell it: `stage3.2.branches.1.0.conv1`. */
  readonly path: string
  readonly place: Error | undefined
}

/** Where a node comes from, as an error tells it. */
export function placeOf({ path, place }: Origin): Pick<Complaint, 'scope' | 'location'> {
  return { scope: path, location: place && userLocation(place) }
}

export interface NodeOf<K extends Kind> {
  readonly kind: K
  readonly inputs: Kinds[K]['inputs']
  readonly attributes: Readonly<Kinds[K]['attributes']>
  readonly type: K extends MultipleKind ? readonly TensorType[] : TensorType
  readonly origin: Origin
}

/** A node of the graph: immutable, holding the nodes it reads. */
export type Node = { readonly [K in Kind]: NodeOf<K> }[Kind]
/** A node with one result, which is its value. */
export type Value = { readonly [K in Exclude<Kind, MultipleKind>]: NodeOf<K> }[Exclude<
  Kind,
  MultipleKind
>]
export type Multiple = { readonly [K in MultipleKind]: NodeOf<K> }[MultipleKind]
/** A layer: an operation with a weight, and perhaps a bias. */
export type Weighted = NodeOf<'conv'> | NodeOf<'convTranspose'> | NodeOf<'linear'>
/** A convolution, and one that takes in what follows it. */
export type Convolution = NodeOf<'conv'> | NodeOf<'fusedConv'>
/** A value known before the network runs. */
export type Constant = NodeOf<'parameter'> | NodeOf<'derived'>

/** One function for each kind of node: a complete table. */
export type PerKind<Result, Rest extends readonly unknown[] = []> = {
  readonly [K in Kind]: (node: NodeOf<K>, ...rest: Rest) => Result
}

/** Looks a node up in a complete table. */
export function dispatch<Result, Rest extends readonly unknown[]>(
  table: PerKind<Result, Rest>,
  node: Node,
  ...rest: Rest
): Result {
  const entry = table[node.kind] as (node: Node, ...rest: Rest) => Result
  return entry(node, ...rest)
}

export function isMultiple(node: Node): node is Multiple {
  return node.kind === 'split' || node.kind === 'topK' || node.kind === 'foreign'
}

export function isValue(node: Node): node is Value {
  return !isMultiple(node)
}

/** Whether a node is a layer. */
export function isLayer(node: Node): node is Weighted {
  return node.kind === 'conv' || node.kind === 'convTranspose' || node.kind === 'linear'
}

/** Whether a node is a layer that makes its channels on axis 1, as all but linear layers over tokens do. */
export function isWeighted(node: Node): node is Weighted {
  return isLayer(node) && (node.kind !== 'linear' || node.type.shape.length === 2)
}

export function isConstant(node: Node): node is Constant {
  return node.kind === 'parameter' || node.kind === 'derived'
}

/** The nodes that a node reads, in the order of its named inputs. */
export function operandsOf(node: Node): readonly Node[] {
  const operands: Node[] = []
  for (const input of Object.values(node.inputs) as (Node | readonly Node[] | undefined)[]) {
    if (Array.isArray(input)) operands.push(...input)
    else if (input) operands.push(input as Node)
  }
  return operands
}
