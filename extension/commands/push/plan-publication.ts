/** The plan of an artifact: what its tag leads to now, against what was made of the folder. */
import type { CancellationToken, Progress } from "vscode";
import { Uri } from "vscode";

import type { Plan } from "#simulator";
import type { CurrentArtifact, MadeArtifact } from "#simulator/node/publish";

import type { PublicationBase, PublicationFacts } from "../../model/push/publish-words.ts";
import { UserError } from "../../platform/notify.ts";
import type { Live } from "../live/live.ts";
import type { Services } from "../services.ts";
import { unlessCancelled } from "./cancellation.ts";
import type { GitRepository } from "./git-extension.ts";
import { urlsOf } from "./git-extension.ts";
import { inOurWords } from "./run-push.ts";

export interface PublicationWish {
  readonly repository: GitRepository;
  readonly commit: string;
  readonly address: string;
  /** Folder of the repository. */
  readonly path: string;
}

export interface PlannedPublication extends Pick<PublicationFacts, "base" | "followers"> {
  readonly made: MadeArtifact;
  readonly current: CurrentArtifact;
  readonly plan: Plan;
}

/** Throws a `UserError` when there can't be a plan: then nothing is published. */
export async function planPublication(
  services: Services,
  live: Live,
  wish: PublicationWish,
  progress: Progress<{ readonly message: string }>,
  token: CancellationToken,
): Promise<PlannedPublication> {
  const { makePublication } = await live.publish();
  const made = await unlessCancelled(token, (signal) =>
    makePublication(requestOf(services, wish), signal),
  ).catch(inOurWords);
  const { repository, tag } = made.published;
  progress.report({ message: `reading ${repository}:${tag}` });
  const { allowPrivateNetwork } = services.settings;
  const current = await unlessCancelled(token, (signal) =>
    made.current({ insecure: false, allowPrivateNetwork, signal }),
  );
  progress.report({ message: "simulating" });
  await unlessCancelled(token, () => services.link.refresh());
  const compared = await compare(services, live, wish, { made, current }, token);
  return { made, current, ...compared };
}

function requestOf({ extensionUri }: Services, wish: PublicationWish) {
  const { repository, commit, address, path } = wish;
  const branch = repository.state.HEAD?.name;
  return {
    address,
    path: Uri.joinPath(repository.rootUri, path).fsPath,
    source: withoutUser(urlsOf(repository)[0] ?? repository.rootUri.fsPath),
    revision: `${branch === undefined ? "" : `${branch}@`}sha1:${commit}`,
    annotations: {},
    created: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    wasm: Uri.joinPath(extensionUri, "dist", "engine.wasm").fsPath,
  };
}

function withoutUser(url: string): string {
  return url.replace(/^(\w+:\/\/)[^@/]*@/, "$1");
}

async function compare(
  { link, store }: Services,
  live: Live,
  { repository, path }: PublicationWish,
  { made, current }: Pick<PlannedPublication, "made" | "current">,
  token: CancellationToken,
): Promise<Pick<PlannedPublication, "plan" | "base" | "followers">> {
  const view = viewOf([...store.views.values()], repository.rootUri);
  if (view === undefined) throw withoutPlan("Sluice does not simulate this repository.");
  const { published } = made;
  const place = { url: `oci://${published.repository}`, tag: published.tag, path };
  const { withStagedLayers } = await live.publish();
  const answer = await withStagedLayers(made, current, ({ before: file, after }) => {
    const label = `${place.url}:${place.tag}`;
    const params = { folder: view.folder, ...place, after };
    const before = file === undefined ? {} : { before: { file, label } };
    const old = current.state === "unreadable" ? ({ before: "base" } as const) : before;
    return unlessCancelled(token, () => link.planPublication({ ...params, ...old }, token));
  });
  if (answer.plan === undefined)
    throw withoutPlan(answer.failure ?? "The language server is not running.");
  const { plan, followers = [] } = answer;
  return { plan, followers, base: baseOf(made, current) };
}

function baseOf({ published }: MadeArtifact, current: CurrentArtifact): PublicationBase {
  switch (current.state) {
    case "none":
      return { kind: "nothing" };
    case "unreadable":
      return { kind: "instead", why: current.message };
    case "there": {
      const { layer, revision } = current;
      const isSame = layer.digest === published.layer.digest;
      return { kind: "artifact", isSame, ...(revision !== undefined && { revision }) };
    }
  }
}

function withoutPlan(why: string): UserError {
  return new UserError(`Nothing was published, because there is no plan: ${why}`);
}

/** Folders are written as the server spells them, which may keep a symbolic link. */
function viewOf<View extends { readonly folder: string }>(
  views: readonly View[],
  root: Uri,
): View | undefined {
  const path = (uri: Uri): string => uri.path.replace(/\/$/, "");
  return views.find(({ folder }) => path(Uri.parse(folder, true)) === path(root));
}
