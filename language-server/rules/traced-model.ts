/**
 * A model that remembers what was asked of it, so that findings which come from many files can be kept until one of these answers is
 * another. Whoever asks for the files themselves depends on all of them.
 */
import type { ManifestFile } from "../manifest/manifest-file.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";

export interface TracedModel {
  readonly model: WorkspaceModel;
  /** Whether another model would have answered the same. */
  readonly holdsFor: (other: WorkspaceModel) => boolean;
}

type Asked = "index" | "graph" | "files" | "lockdown";

export function traceModel(model: WorkspaceModel): TracedModel {
  const answers: Answers = { asked: new Map(), manifests: new Map() };
  const { catalog, flux, fluxIsKnown, strictVariables, truth } = model;
  const same = { catalog, flux, fluxIsKnown, strictVariables, truth };
  return { model: tracing(model, answers), holdsFor: comparison(same, answers) };
}

interface Answers {
  readonly asked: Map<Asked, unknown>;
  readonly manifests: Map<string, ManifestFile | undefined>;
}

function tracing(model: WorkspaceModel, { asked, manifests }: Answers): WorkspaceModel {
  const ask = <Key extends Asked>(key: Key): WorkspaceModel[Key] => {
    const answer = model[key];
    asked.set(key, answer);
    return answer;
  };
  const { catalog, flux, fluxIsKnown, strictVariables, truth } = model;
  return {
    catalog,
    flux,
    fluxIsKnown,
    strictVariables,
    truth,
    get index() {
      return ask("index");
    },
    get graph() {
      return ask("graph");
    },
    get files() {
      return ask("files");
    },
    get lockdown() {
      return ask("lockdown");
    },
    manifest(path) {
      const found = model.manifest(path);
      manifests.set(path, found);
      return found;
    },
  };
}

type Same = Pick<WorkspaceModel, "catalog" | "flux" | "fluxIsKnown" | "strictVariables" | "truth">;

/** Apart from the model, which would be kept with all of its files otherwise. */
function comparison(same: Same, { asked, manifests }: Answers): TracedModel["holdsFor"] {
  return (other) =>
    other.catalog === same.catalog &&
    other.flux === same.flux &&
    other.fluxIsKnown === same.fluxIsKnown &&
    other.strictVariables === same.strictVariables &&
    other.truth === same.truth &&
    [...asked].every(([key, answer]) => other[key] === answer) &&
    [...manifests].every(([path, found]) => other.manifest(path) === found);
}
