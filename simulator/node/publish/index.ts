/** Publishing a folder as an OCI artifact: the door for those who ask a person first. */
export {
  makePublication,
  type MadeArtifact,
  type Published,
  type PublishRequest,
} from "./publish.ts";
export type { CurrentArtifact } from "./current-artifact.ts";
export type { UploadOptions, UploadOutcome } from "./artifact-upload.ts";
export { withStagedLayers } from "./staged-layers.ts";
