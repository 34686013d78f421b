import { expectOptions, type OptionNames } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { convHead } from '../../dsl/heads.js'
import type { Model } from '../../dsl/model.js'
import type { UpPath } from '../../dsl/path.js'
import { scope } from '../../dsl/scope.js'
import { type JointOptions, jointOptions, pose } from '../defaults.js'
import { ofPhotograph } from '../photograph.js'
import { trunk } from './trunk.js'

export interface HRFormerPoseOptions extends JointOptions {
  /**
   * Whether scores have their bias of relative positions (true), as the paper, the authors' code for classification and
   * mmpose have it. In the authors' code for poses the sum is commented out: its checkpoints store the tables unread.
   */
  readonly positionBias?: boolean
}

const hrformerPoseOptions: OptionNames<HRFormerPoseOptions> = {
  positionBias: true,
  ...jointOptions,
}

const upward: UpPath = { interpolation: { mode: 'bilinear' }, toSize: 'twice' }

/** HRFormer (Yuan et al. 2021) for human pose: one heatmap for each joint, of the finest branch, at 1/4 of the input. */
export function hrformerPose(
  version: 's' | 'b',
  options: HRFormerPoseOptions = {},
): Model<{ heatmaps: Feature<number, 4> }> {
  expectOptions(options, hrformerPoseOptions, 'hrformerPose')
  const { joints = pose.joints, positionBias } = options
  return ofPhotograph(`hrformer-${version}-pose`, pose, (x) => {
    const made = { ...upward, outputs: 'finest', positionBias } as const
    const [finest] = scope('backbone', () => trunk(x, version, made))
    return { heatmaps: scope('keypoint_head', () => convHead(finest, joints)) }
  })
}
