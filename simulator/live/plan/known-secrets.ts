/** Every value of a Secret that is known: what renders took in, what they give, what was read of the cluster. */
import type { Question } from "../../render/node.ts";
import { inventoryOf } from "../../render/inventory.ts";
import { parsed } from "../../render/objects.ts";
import type { ClusterFacts } from "../facts.ts";
import { secretValues, valuesOfSecret } from "./secrets.ts";
import type { SecretValues } from "./secrets.ts";
import type { Survey } from "./survey.ts";

export function knownSecrets(
  { cluster, secrets }: Survey,
  facts: ClusterFacts | undefined,
): SecretValues {
  const built = cluster.nodes.flatMap((node) =>
    node.built.outcome === "built" ? [node.built] : [],
  );
  const rendered = built.flatMap(({ result }) =>
    inventoryOf(result, cluster.scopes)
      .filter(({ ref }) => ref.kind === "Secret" && ref.apiVersion === "v1")
      .flatMap(({ object }) => valuesOfSecret(parsed(object))),
  );
  const read = [...(facts?.objects.values() ?? [])].flatMap((object) =>
    object === null ? [] : valuesOfSecret(object),
  );
  const taken = built.flatMap(({ question }) => inputSecrets(question));
  return secretValues([...secrets, ...rendered, ...read, ...taken]);
}

function inputSecrets(question: Question): readonly string[] {
  const { request } = question;
  if (!("objects" in request)) return [];
  return request.objects
    .filter(({ kind }) => kind === "Secret")
    .flatMap(({ data }) => Object.values(data));
}
