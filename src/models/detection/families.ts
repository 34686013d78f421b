import { detection, withoutFusion } from '../defaults.js'
import { type Family, family } from '../family.js'
import { hrnetDetector, resnetDetector } from './detector.js'
import { chosen, type Detector } from './r-cnn.js'

const found = ['boxes', 'scores', 'labels']

interface Plan {
  readonly title: string
  readonly outputs: readonly string[]
  /** The ResNets that it is set over in the paper, and whether a ResNeXt is too. */
  readonly depths: readonly (50 | 101 | 152)[]
  readonly resnext: boolean
}

/** The detectors of Tables 5 to 8. */
const plans: Readonly<Record<Detector, Plan>> = {
  faster: { title: 'Faster R-CNN', outputs: found, depths: [50, 101, 152], resnext: true },
  mask: { title: 'Mask R-CNN', outputs: [...found, 'masks'], depths: [50, 101], resnext: false },
  cascade: { title: 'Cascade R-CNN', outputs: found, depths: [101], resnext: false },
}

export const detectorFamilies: readonly Family[] = (Object.keys(plans) as Detector[]).flatMap(
  (detector) => {
    const { title, outputs, depths, resnext } = plans[detector]
    return [
      family(`${detector}-rcnn-hrnet-v2p-w{C}`, `${title} over HRNetV2p`, {
        task: detection,
        also: { ...chosen({}), pooling: 'average', shareConv: false },
        outputs,
        network: (width, options) => hrnetDetector(detector, width, options),
      }),
      ...depths.map((depth) =>
        family(`${detector}-rcnn-resnet-${depth}-fpn`, `${title} over ResNet-${depth}-FPN`, {
          task: withoutFusion(detection),
          also: { ...chosen({}), stem: '7x7', strideFirst: true },
          outputs,
          network: (_, options) => resnetDetector(detector, depth, options),
        }),
      ),
      ...(resnext ? [ofResNeXt(detector, title, outputs)] : []),
    ]
  },
)

function ofResNeXt(detector: Detector, title: string, outputs: readonly string[]): Family {
  return family(`${detector}-rcnn-resnext-101-64x4d-fpn`, `${title} over ResNeXt-101-64×4d-FPN`, {
    task: withoutFusion(detection),
    also: { ...chosen({}), stem: '7x7', strideFirst: false },
    outputs,
    network: (_, options) =>
      resnetDetector(detector, 101, { groups: 64, groupWidth: 4, ...options }),
  })
}
