/** Objects that exist on the cluster, as far as `--live` gives them. */
import { fluxKindOf, isFluxKind } from "../flux/kinds.ts";
import { localKey, objectId } from "../flux/object-ref.ts";
import { textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import { parseManifest } from "../manifest/parse.ts";
import type { DataObject } from "../engine/protocol.ts";
import type { Problem } from "../records.ts";
import type { GivenFile } from "../simulator.ts";
import { addScope, readData, servedVersions } from "./objects.ts";
import type { Scope } from "./objects.ts";

export interface LiveObjects {
  /** True when `--live` was given: then what is neither rendered nor here does not exist. */
  readonly complete: boolean;
  readonly ids: ReadonlySet<string>;
  readonly data: ReadonlyMap<string, DataObject>;
  readonly sources: ReadonlyMap<string, JsonObject>;
  readonly scopes: ReadonlyMap<string, Scope>;
  readonly apiVersions: readonly string[];
  readonly providers: readonly JsonObject[];
  /** Objects by `objectId`. */
  readonly objects: ReadonlyMap<string, JsonObject>;
  readonly problems: readonly Problem[];
}

const read = new WeakMap<readonly GivenFile[], LiveObjects>();

export function liveObjects(files: readonly GivenFile[]): LiveObjects {
  const known = read.get(files);
  if (known !== undefined) return known;
  const live = readAll(files);
  read.set(files, live);
  return live;
}

function readAll(files: readonly GivenFile[]): LiveObjects {
  const ids = new Set<string>();
  const data = new Map<string, DataObject>();
  const sources = new Map<string, JsonObject>();
  const scopes = new Map<string, Scope>();
  const apiVersions: string[] = [];
  const providers: JsonObject[] = [];
  const objects = new Map<string, JsonObject>();
  const problems: Problem[] = [];
  for (const file of files) {
    const parsed = parseManifest(file.text, file.name);
    problems.push(...parsed.problems);
    for (const { object } of parsed.objects) {
      const ref = {
        apiVersion: textAt(object, "apiVersion") ?? "",
        kind: textAt(object, "kind") ?? "",
        namespace: textAt(object, "metadata", "namespace") ?? "",
        name: textAt(object, "metadata", "name") ?? "",
      };
      const key = localKey(ref.kind, ref.namespace, ref.name);
      ids.add(objectId(ref));
      objects.set(objectId(ref), object);
      if (isFluxKind(ref, "ResourceSetInputProvider")) providers.push(object);
      const values = readData(object);
      if (values !== undefined) data.set(key, values);
      if (fluxKindOf(ref)?.role === "source") sources.set(key, object);
      addScope(object, scopes);
      if (ref.kind === "CustomResourceDefinition") apiVersions.push(...servedVersions(object));
    }
  }
  const complete = files.length > 0;
  return { complete, ids, objects, data, sources, scopes, apiVersions, providers, problems };
}
