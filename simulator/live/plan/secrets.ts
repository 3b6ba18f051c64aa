/**
 * What may be shown of an object on a cluster. A value stays hidden where the render has one that came from a Secret, and wherever it is
 * one of the secret values that are known, however it came there: what is live may be from another time than what is rendered.
 */
import { digest, maskSecret } from "../../diff/mask.ts";
import { canonicalJson, isObject, objectAt } from "../../manifest/json.ts";
import type { Json, JsonObject } from "../../manifest/json.ts";
import type { LiveAnswer } from "../question.ts";

/** Shorter values are found only where the render says that they are secret: they are words of any text. */
const minLength = 8;

export interface SecretValues {
  readonly values: ReadonlySet<string>;
}

export function secretValues(texts: Iterable<string>): SecretValues {
  return { values: new Set([...texts].filter((text) => text.length >= minLength)) };
}

/** The values of a Secret, as text and as they stand in its data. */
export function valuesOfSecret(object: JsonObject): readonly string[] {
  if (object["kind"] !== "Secret" || object["apiVersion"] !== "v1") return [];
  const data = Object.values(objectAt(object, "data")).flatMap((value) =>
    typeof value === "string" ? [value, decoded(value)] : [],
  );
  const plain = Object.values(objectAt(object, "stringData")).flatMap((value) =>
    typeof value === "string" ? [value] : [],
  );
  return [...data, ...plain].flatMap((text) => [text, ...lines(text)]);
}

/** The values of Secrets that an answer shows. */
export function secretsOf(answer: LiveAnswer): readonly string[] {
  if (answer.outcome !== "compared") return [];
  return [...valuesOfSecret(answer.live), ...valuesOfSecret(answer.applied)];
}

/** Files hold more than one secret; each line may be one. */
function lines(text: string): readonly string[] {
  return text.includes("\n") ? text.split("\n").map((line) => line.trim()) : [];
}

function decoded(value: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(value), (one) => one.charCodeAt(0)));
  } catch {
    return "";
  }
}

/** The render of an object: as it is sent, and as it may be shown. */
export interface Render {
  readonly exact: JsonObject;
  readonly shown: JsonObject;
}

/** An object of the cluster for showing. */
export async function shownLive(
  object: JsonObject,
  render: Render | undefined,
  secrets: SecretValues,
): Promise<JsonObject> {
  const bare = withoutCopies(object);
  const masked = await mask(bare, render?.exact, render?.shown, secrets);
  const whole = isObject(masked) ? masked : {};
  // Values of a Secret are digested from what they are.
  return isSecret(object) ? { ...(await maskSecret(bare)), metadata: whole["metadata"] } : whole;
}

function isSecret(object: JsonObject): boolean {
  return object["kind"] === "Secret" && object["apiVersion"] === "v1";
}

const copy = "kubectl.kubernetes.io/last-applied-configuration";

/** `kubectl apply` keeps a copy of the whole object in an annotation. */
function withoutCopies(object: JsonObject): JsonObject {
  const annotations = objectAt(object, "metadata", "annotations");
  if (annotations[copy] === undefined) return object;
  const metadata = {
    ...objectAt(object, "metadata"),
    annotations: { ...annotations, [copy]: "(left out)" },
  };
  return { ...object, metadata };
}

async function mask(
  value: Json | undefined,
  exact: Json | undefined,
  shown: Json | undefined,
  secrets: SecretValues,
): Promise<Json | undefined> {
  if (isObject(value)) {
    const [a, b] = [isObject(exact) ? exact : {}, isObject(shown) ? shown : {}];
    const entries = Object.entries(value).map(
      async ([key, item]) => [key, await mask(item, a[key], b[key], secrets)] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  }
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const items = list.map(async (item, index) => {
      const [a, b] = [likeItem(exact, item, index), likeItem(shown, item, index)];
      return (await mask(item, a, b, secrets)) ?? null;
    });
    return Promise.all(items);
  }
  return maskLeaf(value, exact, shown, secrets);
}

/** The item of a render's list that this one is: by name where there are names. */
function likeItem(list: Json | undefined, item: Json, index: number): Json | undefined {
  if (!Array.isArray(list)) return undefined;
  const items = list as readonly Json[];
  const name = isObject(item) ? item["name"] : undefined;
  if (name === undefined) return items[index];
  return items.find((other) => isObject(other) && other["name"] === name);
}

async function maskLeaf(
  value: Json | undefined,
  exact: Json | undefined,
  shown: Json | undefined,
  secrets: SecretValues,
): Promise<Json | undefined> {
  if (value === undefined || value === null || typeof value === "boolean") return value;
  // What the repository says in the open is no secret.
  if (exact !== undefined && value === exact) return shown;
  if (exact !== undefined && exact !== shown)
    return digest(typeof value === "string" ? value : canonicalJson(value));
  return typeof value === "string" ? withoutSecrets(value, secrets) : value;
}

/** A text with digests in place of the secret values in it. */
export async function withoutSecrets(text: string, { values }: SecretValues): Promise<string> {
  let rest = text;
  for (const value of values)
    if (rest.includes(value)) rest = rest.replaceAll(value, await digest(value));
  return rest;
}
