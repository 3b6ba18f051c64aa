/** Applies the kustomize patches of a FluxInstance to its own sync Kustomization, with the real kustomize. */
import type { KustomizeRequest } from "../engine/protocol.ts";
import { objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { FileTree, TreeFile } from "../ports.ts";
import type { RenderContext } from "../render/context.ts";
import type { Seed, SeedKustomization } from "./seeds.ts";

export async function patchSeed(seed: Seed, context: RenderContext): Promise<Seed> {
  if (seed.kustomizations.every(({ patches }) => patches.length === 0)) return seed;
  const kustomizations = await Promise.all(
    seed.kustomizations.map((root) => patchRoot(root, context)),
  );
  return { ...seed, kustomizations };
}

async function patchRoot(
  root: SeedKustomization,
  context: RenderContext,
): Promise<SeedKustomization> {
  if (root.patches.length === 0) return root;
  const artifact = context.memory.artifactId("flux-instance");
  const tree = treeOf({
    "kustomization.yaml": { resources: ["sync.yaml"], patches: root.patches },
    "sync.yaml": root.object,
  });
  const request: KustomizeRequest = {
    artifact,
    kustomization: { ...root.object, spec: { path: "" } },
    flux: context.options.flux,
    strict: false,
    objects: [],
    assumed: [],
    ageIdentities: [],
    undecryptable: "placeholder",
    remotes: [],
    mode: "exact",
  };
  const result = await context.memory.engine.call(
    "kustomize",
    request,
    new Map([[artifact, tree]]),
    context.signal,
  );
  const patched = result.objects.find(
    ({ name }) => name === textAt(root.object, "metadata", "name"),
  );
  if (patched === undefined) return root;
  const spec = objectAt(JSON.parse(patched.json), "spec");
  return { ...root, object: { ...root.object, spec } };
}

function treeOf(contents: Readonly<Record<string, JsonObject>>): FileTree {
  const files = new Map<string, TreeFile>();
  for (const [path, value] of Object.entries(contents)) {
    const text = JSON.stringify(value);
    const bytes = new TextEncoder().encode(text);
    // The content itself is the identity: this artifact is small and never compared with Git.
    files.set(path, { id: text, size: bytes.length, kind: "file", bytes });
  }
  return { label: "FluxInstance", revision: "", files };
}
