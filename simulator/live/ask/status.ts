/** What a response of an API server says: the object, or the `Status` of a refusal sorted by what it means for a question. */
import { isObject, objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { LiveResponse } from "../../ports.ts";

export type Refusal =
  /** The user has no right to ask; says nothing about what a controller may do. */
  | "not-allowed"
  | "namespace-missing"
  /** 404 for anything else: the object, or the kind. */
  | "not-found"
  /** What is there can't become what is wanted. */
  | "immutable"
  /** Invalid or in conflict. */
  | "invalid"
  /** A webhook that can't be asked without consequences. */
  | "no-dry-run"
  /** No answer, or none that can be trusted: broken connection, expired credentials. */
  | "lost"
  /** Too much to do, or what stands behind the API server does not answer: others may be luckier. */
  | "busy"
  | "other";

export type Reply = { readonly ok: true; readonly object: JsonObject } | Refused;

export interface Refused {
  readonly ok: false;
  readonly refusal: Refusal;
  readonly message: string;
  /** Where force is on, kustomize-controller deletes the object for it. */
  readonly isForceable: boolean;
}

/** Nothing but rights stands in the way of a read, whatever words the authorizer has for it. */
export function readReplyOf(response: LiveResponse): Reply {
  const reply = replyOf(response);
  return reply.ok || response.status !== 403 ? reply : { ...reply, refusal: "not-allowed" };
}

export function replyOf(response: LiveResponse): Reply {
  const body = parsed(response.body);
  if (response.status >= 200 && response.status < 300)
    return body === undefined
      ? {
          ok: false,
          refusal: "lost",
          message: "The API server answered with no JSON.",
          isForceable: false,
        }
      : { ok: true, object: body };
  const message = textAt(body, "message") ?? plainMessage(response);
  const refusal = refusalOf(response.status, body ?? {}, message);
  return { ok: false, refusal, message, isForceable: isForceable(response.status, body, message) };
}

const fluxWords = /is\simmutable|immutable\sfield/;

/**
 * `IsImmutableError` of `fluxcd/pkg ssa/errors/immutable.go`: whatever is invalid or in conflict, immutable or not, and two wordings.
 * A status says which it is by its reason, and only without one by its number (`apimachinery pkg/api/errors`).
 */
function isForceable(status: number, body: JsonObject | undefined, message: string): boolean {
  if (fluxWords.test(message)) return true;
  const reason = textAt(body, "reason") ?? "";
  if (reason === "") return status === 409 || status === 422;
  return reason === "Conflict" || reason === "Invalid";
}

/** `message` of the API server, which may repeat values of the object that was sent. */
function refusalOf(status: number, body: JsonObject, message: string): Refusal {
  if (status === 0 || status === 401) return "lost";
  if (status === 429 || (status >= 502 && status <= 504)) return "busy";
  if (/does not support dry ?run/.test(message)) return "no-dry-run";
  if (status === 404) {
    const details = objectAt(body, "details");
    const isNamespace = textAt(details, "kind") === "namespaces";
    return isNamespace ? "namespace-missing" : "not-found";
  }
  if (status === 403) {
    if (isAboutRights(message)) return "not-allowed";
    return fluxWords.test(message) ? "immutable" : "other";
  }
  if (immutableWords.test(message)) return "immutable";
  return status === 409 || status === 422 ? "invalid" : "other";
}

/** RBAC and its escalation check; admission says 403 as well, but that would meet the controller too. */
function isAboutRights(message: string): boolean {
  return (
    /\bcannot \w+ resource\b/.test(message) ||
    message.includes("is attempting to grant RBAC permissions not currently held")
  );
}

/**
 * The words of `apimachinery/pkg/api/validation/objectmeta.go` and of the validations of built-in kinds; CustomResourceDefinitions
 * say it in the `messageExpression` of a rule that compares with `oldSelf`.
 */
const immutableWords =
  /immutable|may not change once set|cannot change roleRef|updates? to .* (is|are) forbidden|pod updates may not change|may not be changed|cannot be changed|can not be changed|oldSelf/i;

function plainMessage({ status, body }: LiveResponse): string {
  const text = body.trim().split("\n")[0] ?? "";
  const words = text.startsWith("{") || text.startsWith("<") ? "" : text.slice(0, 300);
  return words === "" ? `HTTP ${status}` : words;
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
