/** Layers of a ResNet with weights, on its longest path: those of Table 14. */
export type ResNetDepth = 38 | 72 | 106 | 50 | 101 | 152

/** What the depth of a ResNet says of its layers 1 to 4. */
export interface ResNetPlan {
  readonly units: readonly [number, number, number, number]
  /** Of layers 2 to 4 (bottleneck). After basic ones there is one bottleneck unit to 2048 channels, `layer5`. */
  readonly unit?: 'basic' | 'bottleneck'
}

/** 38, 72 and 106 are the paper's own (appendix): as many parameters and multiply-accumulates as HRNets have. */
export const resnetPlans: Readonly<Record<ResNetDepth, ResNetPlan>> = {
  38: { units: [3, 4, 6, 3], unit: 'basic' },
  72: { units: [3, 4, 23, 3], unit: 'basic' },
  106: { units: [3, 8, 36, 3], unit: 'basic' },
  50: { units: [3, 4, 6, 3] },
  101: { units: [3, 4, 23, 3] },
  152: { units: [3, 8, 36, 3] },
}
