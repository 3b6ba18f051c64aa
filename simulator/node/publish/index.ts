/** Publishing a folder as an OCI artifact: the door for those who ask a person first. */
export {
  makePublication,
  type MadeArtifact,
  type Published,
  type PublishRequest,
} from "./publish.ts";
